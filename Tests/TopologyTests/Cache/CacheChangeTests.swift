import Testing
import Topology

@Suite struct CacheChangeTests {
    private let folder: TemporaryFolder
    private let cache: TopologyCache

    init() throws {
        folder = try TemporaryFolder()
        cache = try TopologyCache(path: folder.file(), access: .writer)
    }

    @Test func everyKindOfChangeIsStored() throws {
        let topology = fullTopology()
        let node = Node(name: "node-0", rack: "elsewhere", storage: [StorageState(engine: .linstor, health: .unknown)])
        let volume = Volume(name: "pvc-1", engine: .local, size: 5, replicas: [Replica(node: "node-4", state: .failed)])
        let claim = Claim(namespace: "db", name: "data", volume: "pvc-7")
        let storageClass = StorageClass(name: "Immediate", provisioner: "other")
        let pod = Pod(namespace: "db", name: "pg-0", claims: ["a"], ephemeral: [EphemeralVolume(name: "y")])
        let attachment = VolumeAttachment(name: "csi-1", volume: "pvc-1", node: "node-4", attached: false)
        try cache.apply(ClusterTopology().changes(to: topology), at: .someTime)
        #expect(try cache.topology() == topology)

        try cache.apply(
            [
                .node(node), .volume(volume), .claim(claim), .storageClass(storageClass), .pod(pod),
                .volumeAttachment(attachment),
            ], at: .someTime)
        var expected = topology
        expected.nodes = expected.nodes.map { $0.name == node.name ? node : $0 }
        expected.volumes = expected.volumes.map { $0.name == volume.name ? volume : $0 }
        expected.claims = expected.claims.map { $0.name == claim.name ? claim : $0 }
        expected.storageClasses = expected.storageClasses.map { $0.name == storageClass.name ? storageClass : $0 }
        expected.pods = expected.pods.map { $0.namespace == pod.namespace ? pod : $0 }
        expected.volumeAttachments = expected.volumeAttachments.map { $0.name == attachment.name ? attachment : $0 }
        #expect(try cache.topology() == expected)

        try cache.apply(
            [
                .nodeRemoved(name: "node-0"), .volumeRemoved(name: "pvc-1"),
                .claimRemoved(namespace: "db", name: "data"), .storageClassRemoved(name: "Immediate"),
                .podRemoved(namespace: "db", name: "pg-0"), .volumeAttachmentRemoved(name: "csi-1"),
            ], at: .someTime)
        expected.nodes.removeAll { $0.name == "node-0" }
        expected.volumes.removeAll { $0.name == "pvc-1" }
        expected.claims.removeAll { $0.name == "data" }
        expected.storageClasses.removeAll { $0.name == "Immediate" }
        expected.pods.removeAll { $0.namespace == "db" }
        expected.volumeAttachments.removeAll { $0.name == "csi-1" }
        #expect(try cache.topology() == expected)
        // Children went with their parents: `verify` finds those left behind.
        try cache.verify()
    }

    @Test func theLastOfSeveralChangesToOneObjectHolds() throws {
        try cache.apply(
            [
                .node(Node(name: "a", rack: "1")), .nodeRemoved(name: "a"), .node(Node(name: "a", rack: "2")),
                .node(Node(name: "b")), .nodeRemoved(name: "b"), .nodeRemoved(name: "never-there"),
            ], at: .someTime)
        #expect(try cache.topology().nodes == [Node(name: "a", rack: "2")])
    }

    @Test func replacingWritesOnlyWhatDiffers() throws {
        let topology = fullTopology()
        let first = try cache.replace(with: topology, source: "file:a", at: .someTime)
        #expect(first.count == ClusterTopology().changes(to: topology).count)

        var reordered = topology
        reordered.nodes.reverse()
        reordered.nodes[0].pools.reverse()
        reordered.volumes[0].replicas.reverse()
        #expect(try cache.replace(with: reordered, source: "file:b", at: Timestamp(milliseconds: 7)) == [])
        let state = try cache.state
        #expect(state.generation == 1)
        #expect(state.source == "file:b")
        #expect(state.savedAt == Timestamp(milliseconds: 7))

        var changed = topology
        changed.volumes[0].replicas[1].state = .inSync
        let gone = changed.claims.removeLast()
        changed.pods.append(Pod(namespace: "zz", name: "new", claims: ["data"]))
        let changes = try cache.replace(with: changed, source: "file:b", at: .someTime)
        #expect(
            Set(changes) == [
                .volume(changed.volumes[0]), .claimRemoved(namespace: gone.namespace, name: gone.name),
                .pod(Pod(namespace: "zz", name: "new", claims: ["data"])),
            ])
        #expect(changes.count == 3)
        #expect(try cache.topology() == changed)
    }

    @Test func theStateFollowsTheBatches() throws {
        #expect(try cache.state == CacheState(generation: 0, schemaVersion: 1))
        #expect(try cache.apply([.node(Node(name: "a"))], source: "cluster:x", at: Timestamp(milliseconds: 1)) == 1)
        #expect(try cache.apply([.nodeRemoved(name: "a")], at: Timestamp(milliseconds: 2)) == 2)
        #expect(
            try cache.state
                == CacheState(
                    generation: 2, source: "cluster:x", savedAt: Timestamp(milliseconds: 2), schemaVersion: 1))
        // Nothing new, but known to be so as of now.
        #expect(try cache.apply([], at: Timestamp(milliseconds: 3)) == 2)
        #expect(try cache.state.savedAt == Timestamp(milliseconds: 3))
    }

    @Test(arguments: [
        (TopologyChange.volume(Volume(name: "v", engine: .embedded, size: -1)), "volume v", "size"),
        (.volume(Volume(name: "v", engine: .embedded, size: 1, desiredReplicas: -1)), "volume v", "desired replicas"),
        (.volume(volume(replicas(.syncing(progress: 1.5)))), "volume v", "progress"),
        (.volume(volume(replicas(.syncing(progress: .nan)))), "volume v", "progress"),
        (.volume(volume(replicas(.stale(bytes: -1, seconds: 0)))), "volume v", "lag"),
        (
            .volume(volume(replicas(.inSync) + replicas(.failed))),
            "volume v", "twice"
        ),
        (.claim(Claim(namespace: "n", name: "c", requested: -1)), "claim n/c", "requested"),
        (.node(Node(name: "n", pools: [Pool(engine: .local, name: "p", capacity: -1)])), "node n", "capacity"),
        (.node(Node(name: "n", pools: [Pool(engine: .local, name: "p", available: -1)])), "node n", "available"),
        (
            .pod(Pod(namespace: "n", name: "p", ephemeral: [EphemeralVolume(name: "e", requested: -1)])), "pod n/p",
            "requested"
        ),
    ])
    func aChangeThatCannotBeStoredKeepsItsWholeBatchOut(
        _ change: TopologyChange, subject: String, rule: String
    ) throws {
        try cache.apply([.node(Node(name: "before"))], at: .someTime)
        let error = #expect(throws: CacheError.self) {
            try cache.apply([.node(Node(name: "good")), change, .node(Node(name: "later"))], at: .someTime)
        }
        #expect(error?.code == .invalid)
        #expect(error?.message.contains(subject) == true)
        #expect(error?.message.contains(rule) == true)
        #expect(try cache.topology() == ClusterTopology(nodes: [Node(name: "before")]))
        #expect(try cache.state.generation == 1)
        #expect(try cache.apply([.node(Node(name: "after"))], at: .someTime) == 2)
    }
}

private func replicas(_ state: ReplicaState) -> [Replica] { [Replica(node: "a", state: state)] }

private func volume(_ replicas: [Replica]) -> Volume {
    Volume(name: "v", engine: .local, size: 1, replicas: replicas)
}
