import Testing
import Topology

/// A snapshot advanced change by change equals the one built at once of what is there in the end.
@Suite struct IncrementalSnapshotTests {
    /// What a snapshot says, free of the numbers that differ with the order things were first seen in.
    private struct View: Equatable {
        struct NodeView: Equatable {
            var closed: Bool
            var health: [Engine: HealthCode]
            var pools: [String]
            /// The nodes that share its region, its zone and its rack.
            var near: [[String]]
        }

        var nodes: [String: NodeView] = [:]
        var volumes: [String: [String]] = [:]
        var claims: [String: [String?]] = [:]
        var pods: [String: [String?]] = [:]
        var classes: [String: StorageClass]
        var committed: [String: String] = [:]
        var engineNodes: [Engine: Int] = [:]
        var space: [Engine: EngineSpace] = [:]

        init(_ snapshot: TopologySnapshot, names: Names) {
            let table = snapshot.nodes
            classes = snapshot.storageClasses
            for name in snapshot.knownNodes {
                guard let node = table.index.find(name) else { continue }
                var health: [Engine: HealthCode] = [:]
                for (number, engine) in snapshot.engines.enumerated()
                where table.health(engine: number, at: node) != .absent {
                    health[engine] = table.health(engine: number, at: node)
                }
                let here = table.locations[node]
                let near = [\NodeLocation.region, \.zone, \.rack].map { level in
                    snapshot.knownNodes.filter { other in
                        guard let other = table.index.find(other) else { return false }
                        return here[keyPath: level] >= 0
                            && table.locations[other][keyPath: level] == here[keyPath: level]
                    }.sorted()
                }
                nodes[name] = NodeView(
                    closed: table.closed[node], health: health,
                    pools: table.pools[node].map { pool in
                        var pool = pool
                        let engine = snapshot.engines[pool.engine]
                        pool.engine = 0
                        return "\(engine) \(pool)"
                    }, near: near)
            }
            for name in names.volumes {
                guard let volume = snapshot.volume(name) else { continue }
                volumes[name] =
                    [
                        "\(snapshot.engines[volume.engine]) \(volume.size) \(volume.parameters.sorted { $0.key < $1.key })"
                    ]
                    + volume.replicas.map { "\(table.names[Int($0.node)]) \($0.state) \($0.progress)" }
            }
            for name in names.claims {
                guard let claim = snapshot.claim(ObjectKey(namespace: "n", name: name)) else { continue }
                claims[name] = [
                    claim.volume, claim.storageClass, claim.requested.map { "\($0)" },
                    claim.selectedNode.map { table.names[$0] }, "\(claim.annotations)",
                ]
            }
            for name in names.pods {
                guard let pod = snapshot.pod(ObjectKey(namespace: "n", name: name)) else { continue }
                pods[name] = [pod.uid, pod.node.map { table.names[$0] }]
            }
            for (key, space) in snapshot.committed {
                committed[key.description] = "\(table.names[space.node]) \(space.pool) \(space.bytes)"
            }
            for (number, engine) in snapshot.engines.enumerated() {
                if table.engineNodes[number] > 0 { engineNodes[engine] = table.engineNodes[number] }
                if table.space[number].isReported { space[engine] = table.space[number] }
            }
        }
    }

    private struct Names {
        var nodes = (0..<6).map { "node-\($0)" }
        var volumes = (0..<5).map { "pv-\($0)" }
        var claims = (0..<6).map { "claim-\($0)" }
        var pods = (0..<3).map { "pod-\($0)" }
        var classes = ["late", "other"]
    }

    private struct Changer {
        var random: SeededGenerator
        let names = Names()
        let engines: [Engine] = [.embedded, .longhorn, .linstor, .portworx, .local, .hwameistor]

        mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }
        mutating func pick<Element>(_ elements: [Element]) -> Element {
            elements[Int.random(in: elements.indices, using: &random)]
        }

        mutating func next() -> TopologyChange {
            switch Int.random(in: 0..<14, using: &random) {
            case 0: return .nodeRemoved(name: pick(names.nodes))
            case 1, 2, 3, 4: return .node(node())
            case 5: return .volumeRemoved(name: pick(names.volumes))
            case 6, 7: return .volume(volume())
            case 8: return .claimRemoved(namespace: "n", name: pick(names.claims))
            case 9, 10: return .claim(claim())
            case 11:
                let name = pick(names.classes)
                if chance(3) { return .storageClassRemoved(name: name) }
                return .storageClass(
                    StorageClass(
                        name: name, provisioner: pick(["csi.jabiru.dev", "driver.longhorn.io"]),
                        binding: .waitForFirstConsumer, parameters: chance(3) ? [AnnotationKey.media: "ssd"] : [:]))
            case 12: return .podRemoved(namespace: "n", name: pick(names.pods))
            default:
                return .pod(
                    Pod(
                        namespace: "n", name: pick(names.pods), uid: pick(["u1", "u2"]),
                        node: pick(names.nodes + [nil])))
            }
        }

        private mutating func node() -> Node {
            var node = Node(name: pick(names.nodes), region: pick(["r", "s", nil]), zone: pick(["a", "b", nil]))
            node.rack = pick(["1", "2", nil])
            if chance(4) { node.annotations[AnnotationKey.storkUnschedulable] = pick(["true", "false", "odd"]) }
            for engine in engines where chance(2) {
                node.storage.append(StorageState(engine: engine, health: pick(StorageHealth.allCases)))
            }
            for engine in engines where chance(3) {
                node.pools.append(
                    Pool(
                        engine: engine, name: "pool", media: pick(["ssd", nil]), capacity: pick([100, nil]),
                        available: pick([0, 40, 90, nil]), health: pick(PoolHealth.allCases)))
            }
            return node
        }

        private mutating func volume() -> Volume {
            var volume = Volume(name: pick(names.volumes), engine: pick(engines), size: 10)
            for node in names.nodes.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)) {
                volume.replicas.append(Replica(node: node, state: pick([.inSync, .failed, .syncing(progress: 0.5)])))
            }
            return volume
        }

        private mutating func claim() -> Claim {
            var claim = Claim(namespace: "n", name: pick(names.claims), storageClass: pick(names.classes + [nil]))
            claim.requested = pick([10, 20, nil])
            if chance(3) { claim.volume = pick(names.volumes) }
            if chance(2) { claim.annotations[AnnotationKey.selectedNode] = pick(names.nodes) }
            return claim
        }
    }

    @Test(arguments: 0..<100)
    func advancedSnapshotEqualsTheWhole(run: Int) {
        // `JABIRU_TEST_SEED` repeats a run; one seed then drives them all.
        let seed = SeededGenerator.seed()
        var changer = Changer(random: SeededGenerator(seed: seed))
        var builder = SnapshotBuilder()
        var topology = ClusterTopology()
        var kept: [(TopologySnapshot, View)] = []
        for generation in 0..<12 {
            for _ in 0..<Int.random(in: 1...12, using: &changer.random) {
                let change = changer.next()
                builder.apply(change)
                topology.take(change)
            }
            let advanced = builder.snapshot(generation: Int64(generation))
            let view = View(advanced, names: changer.names)
            #expect(view == View(.of(topology), names: changer.names), "JABIRU_TEST_SEED=\(seed)")
            #expect(advanced.volumeCount == topology.volumes.count, "JABIRU_TEST_SEED=\(seed)")
            kept.append((advanced, view))
        }
        // None of the snapshots changed under those that came later.
        for (snapshot, view) in kept {
            #expect(View(snapshot, names: changer.names) == view, "JABIRU_TEST_SEED=\(seed)")
        }
    }
}

extension ClusterTopology {
    /// Takes a change in, the plain way.
    fileprivate mutating func take(_ change: TopologyChange) {
        switch change {
        case .node(let node):
            nodes.removeAll { $0.name == node.name }
            nodes.append(node)
        case .nodeRemoved(let name): nodes.removeAll { $0.name == name }
        case .volume(let volume):
            volumes.removeAll { $0.name == volume.name }
            volumes.append(volume)
        case .volumeRemoved(let name): volumes.removeAll { $0.name == name }
        case .claim(let claim):
            claims.removeAll { $0.name == claim.name }
            claims.append(claim)
        case .claimRemoved(_, let name): claims.removeAll { $0.name == name }
        case .storageClass(let storageClass):
            storageClasses.removeAll { $0.name == storageClass.name }
            storageClasses.append(storageClass)
        case .storageClassRemoved(let name): storageClasses.removeAll { $0.name == name }
        case .pod(let pod):
            pods.removeAll { $0.name == pod.name }
            pods.append(pod)
        case .podRemoved(_, let name): pods.removeAll { $0.name == name }
        case .volumeAttachment, .volumeAttachmentRemoved: break
        }
    }
}
