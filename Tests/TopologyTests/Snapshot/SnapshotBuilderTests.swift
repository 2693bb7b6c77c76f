import Testing
import Topology

@Suite struct SnapshotBuilderTests {
    private static func snapshot(_ nodes: Node...) -> TopologySnapshot { .of(ClusterTopology(nodes: nodes)) }

    private static func health(_ snapshot: TopologySnapshot, _ engine: Engine, on name: String) -> HealthCode? {
        guard let node = snapshot.nodes.index.find(name), let number = snapshot.number(of: engine) else { return nil }
        return snapshot.nodes.health(engine: number, at: node)
    }

    private static func pool(_ name: String, available: Int64?, engine: Engine = .embedded) -> Pool {
        Pool(engine: engine, name: name, media: "ssd", capacity: 100, available: available)
    }

    // MARK: Locations

    @Test func placesAreKnownByAllThatIsAboveThem() {
        let snapshot = Self.snapshot(
            Node(name: "a", region: "r", zone: "z1", rack: "1"), Node(name: "b", region: "r", zone: "z1", rack: "1"),
            Node(name: "c", region: "r", zone: "z2", rack: "1"), Node(name: "d", region: "s", zone: "z1", rack: "1"),
            Node(name: "e", zone: "z1", rack: "1"))
        let places = snapshot.nodes.locations
        #expect(places[0] == places[1])
        #expect(places[2].rack != places[0].rack)
        #expect(places[2].region == places[0].region)
        #expect(places[2].zone != places[0].zone)
        #expect(places[3].zone != places[0].zone)
        #expect(places[3].rack != places[0].rack)
        #expect(places[4].zone != places[0].zone)
        #expect(places[4].region == -1)
    }

    @Test(arguments: [nil, ""] as [String?])
    func missingAndEmptyLabelsArePlacesOfNothing(label: String?) {
        let snapshot = Self.snapshot(
            Node(name: "a", region: label, zone: label, rack: label),
            Node(name: "b", region: "r", zone: label, rack: "1"))
        #expect(snapshot.nodes.locations[0] == .nowhere)
        #expect(snapshot.nodes.locations[1].zone == -1)
        #expect(snapshot.nodes.locations[1].rack >= 0)
    }

    @Test func namesOfDifferentKindsDoNotMeet() {
        let snapshot = Self.snapshot(Node(name: "a", region: "x", zone: "x", rack: "x"))
        let place = snapshot.nodes.locations[0]
        #expect(Set([place.region, place.zone, place.rack]).count == 3)
    }

    // MARK: Engines

    @Test func moreEnginesThanAStrideHolds() {
        let engines = (0..<19).map { Engine(rawValue: "engine-\($0)") }
        var builder = SnapshotBuilder()
        let words: [StorageHealth] = StorageHealth.allCases
        for node in 0..<7 {
            // Each node brings engines that the ones before did not have.
            let storage = engines.prefix(node * 3 + 1).enumerated().map { index, engine in
                StorageState(engine: engine, health: words[(index + node) % words.count])
            }
            builder.apply(.node(Node(name: "node-\(node)", storage: storage)))
        }
        let snapshot = builder.snapshot(generation: 1)
        #expect(snapshot.engines.sorted() == engines.sorted())
        for node in 0..<7 {
            for (index, engine) in engines.enumerated() {
                let expected = index <= node * 3 ? HealthCode(words[(index + node) % words.count]) : .absent
                #expect(Self.health(snapshot, engine, on: "node-\(node)") == expected)
            }
        }
        for (index, engine) in engines.enumerated() {
            let number = snapshot.number(of: engine) ?? -1
            #expect(snapshot.nodes.engineNodes[number] == (0..<7).count { index <= $0 * 3 })
        }
    }

    @Test func engineIsSeenWhileANodeRunsIt() throws {
        var builder = SnapshotBuilder()
        builder.apply(.volume(Volume(name: "v", engine: .longhorn, size: 1)))
        let number = try #require(builder.snapshot(generation: 1).number(of: .longhorn))
        #expect(!builder.snapshot(generation: 1).isSeen(engine: number))
        let storage = [StorageState(engine: .longhorn, health: .offline)]
        builder.apply(.node(Node(name: "a", storage: storage)))
        builder.apply(.node(Node(name: "b", storage: storage)))
        builder.apply(.node(Node(name: "b", storage: storage)))
        builder.apply(.nodeRemoved(name: "a"))
        #expect(builder.snapshot(generation: 2).isSeen(engine: number))
        builder.apply(.node(Node(name: "b")))
        #expect(!builder.snapshot(generation: 3).isSeen(engine: number))
    }

    // MARK: Nodes

    @Test func nodeThatIsRemovedAndComesBackKeepsItsOrdinal() {
        var builder = SnapshotBuilder()
        let node = Node(
            name: "a", region: "r", annotations: [AnnotationKey.storkUnschedulable: "true"],
            storage: [StorageState(engine: .embedded, health: .online)], pools: [Self.pool("p", available: 10)])
        builder.apply(.node(node))
        builder.apply(.node(Node(name: "b")))
        let before = builder.snapshot(generation: 1)
        builder.apply(.nodeRemoved(name: "a"))
        builder.apply(.nodeRemoved(name: "never there"))
        let without = builder.snapshot(generation: 2)
        builder.apply(.node(node))
        let after = builder.snapshot(generation: 3)

        #expect(before.knownNodes == ["a", "b"])
        #expect(without.knownNodes == ["b"])
        #expect(without.knownNodeCount == 1)
        #expect(without.nodes.index.find("a") == 0)
        #expect(without.nodes.index.find("never there") == nil)
        #expect(!without.nodes.known[0] && !without.nodes.closed[0])
        #expect(without.nodes.pools[0].isEmpty)
        #expect(without.nodes.locations[0] == .nowhere)
        #expect(Self.health(without, .embedded, on: "a") == .absent)

        #expect(after.knownNodes == ["a", "b"])
        #expect(after.nodes.closed[0])
        #expect(after.nodes.pools[0] == before.nodes.pools[0])
        #expect(after.nodes.locations[0] == before.nodes.locations[0])
        #expect(Self.health(after, .embedded, on: "a") == .online)
    }

    @Test func nameThatOnlyAReplicaHasIsNoKnownNode() {
        var builder = SnapshotBuilder()
        builder.apply(.volume(Volume(name: "v", engine: .longhorn, size: 1, replicas: [Replica(node: "a")])))
        builder.apply(.pod(Pod(namespace: "n", name: "p", node: "b")))
        let snapshot = builder.snapshot(generation: 1)
        #expect(snapshot.nodes.names == ["a", "b"])
        #expect(snapshot.knownNodes.isEmpty)
        #expect(snapshot.pod(ObjectKey(namespace: "n", name: "p"))?.node == 1)
    }

    // MARK: Snapshots

    @Test func snapshotIsUnaffectedByLaterChanges() {
        var builder = SnapshotBuilder()
        builder.apply(
            .node(
                Node(
                    name: "a", storage: [StorageState(engine: .embedded, health: .online)],
                    pools: [Self.pool("p", available: 100)])))
        builder.apply(.volume(Volume(name: "v", engine: .embedded, size: 1, replicas: [Replica(node: "a")])))
        builder.apply(.claim(Claim(namespace: "n", name: "c", volume: "v")))
        builder.apply(.pod(Pod(namespace: "n", name: "p", uid: "u", node: "a", claims: ["c"])))
        builder.apply(.storageClass(StorageClass(name: "s", provisioner: "csi.jabiru.dev")))
        let snapshot = builder.snapshot(generation: 1)

        let others = (0..<9).map { StorageState(engine: Engine(rawValue: "e\($0)"), health: .offline) }
        builder.apply(.node(Node(name: "a", storage: others)))
        for index in 0..<100 { builder.apply(.node(Node(name: "other-\(index)"))) }
        builder.apply(.volumeRemoved(name: "v"))
        builder.apply(.claimRemoved(namespace: "n", name: "c"))
        builder.apply(.podRemoved(namespace: "n", name: "p"))
        builder.apply(.storageClassRemoved(name: "s"))
        let later = builder.snapshot(generation: 2)

        #expect(snapshot.generation == 1)
        #expect(snapshot.knownNodes == ["a"])
        #expect(snapshot.nodes.index.find("other-0") == nil)
        #expect(Self.health(snapshot, .embedded, on: "a") == .online)
        #expect(snapshot.nodes.pools[0].map(\.available) == [100])
        #expect(snapshot.volume("v")?.replicas.count == 1)
        #expect(snapshot.claim(ObjectKey(namespace: "n", name: "c"))?.volume == "v")
        #expect(snapshot.pod(ObjectKey(namespace: "n", name: "p"))?.uid == "u")
        #expect(snapshot.storageClasses.keys.sorted() == ["s"])
        #expect((snapshot.volumeCount, snapshot.claimCount, snapshot.podCount) == (1, 1, 1))

        #expect(later.knownNodeCount == 101)
        #expect(later.volume("v") == nil)
        #expect(later.claim(ObjectKey(namespace: "n", name: "c")) == nil)
        #expect(later.pod(ObjectKey(namespace: "n", name: "p")) == nil)
        #expect(later.storageClasses.isEmpty)
        #expect((later.volumeCount, later.claimCount, later.podCount) == (0, 0, 0))
    }

    @Test func replicasAreOrderedByNodeAndTheirProgressIsAFraction() {
        var builder = SnapshotBuilder()
        let progress: [(String, Double)] = [("d", 0.5), ("c", 7), ("b", -1), ("a", .nan), ("e", .infinity)]
        let replicas = progress.map { Replica(node: $0.0, state: .syncing(progress: $0.1)) }
        builder.apply(.volume(Volume(name: "v", engine: .embedded, size: 1, replicas: replicas)))
        let snapshot = builder.snapshot(generation: 1)
        let entries = snapshot.volume("v")?.replicas ?? []
        #expect(entries.map { snapshot.nodes.names[Int($0.node)] } == ["a", "b", "c", "d", "e"])
        #expect(entries.map(\.progress) == [0, 0, 1, 0.5, 1])
    }

    // MARK: Committed space

    private static func withPending() -> SnapshotBuilder {
        var builder = SnapshotBuilder()
        for name in ["a", "b"] {
            builder.apply(
                .node(Node(name: name, pools: [Self.pool("p1", available: 50), Self.pool("p2", available: 40)])))
        }
        builder.apply(
            .storageClass(StorageClass(name: "late", provisioner: "csi.jabiru.dev", binding: .waitForFirstConsumer)))
        return builder
    }

    private static func pending(_ name: String, _ bytes: Int64, on node: String, volume: String? = nil)
        -> TopologyChange
    {
        .claim(
            Claim(
                namespace: "n", name: name, volume: volume, storageClass: "late", requested: bytes,
                annotations: [AnnotationKey.selectedNode: node]))
    }

    private static func committed(_ builder: inout SnapshotBuilder) -> [[Int64]] {
        builder.snapshot(generation: 0).nodes.pools.map { $0.map(\.committed) }
    }

    @Test func committedSpaceFollowsItsClaims() {
        var builder = Self.withPending()
        builder.apply(Self.pending("one", 30, on: "a"))
        builder.apply(Self.pending("two", 10, on: "a"))
        // The largest into the emptiest: 30 of 50, then 10 of 40.
        #expect(Self.committed(&builder) == [[30, 10], [0, 0]])
        builder.apply(Self.pending("one", 30, on: "b"))
        #expect(Self.committed(&builder) == [[10, 0], [30, 0]])
        builder.apply(Self.pending("one", 30, on: "b", volume: "pv"))
        #expect(Self.committed(&builder) == [[10, 0], [0, 0]])
        builder.apply(.claimRemoved(namespace: "n", name: "two"))
        #expect(Self.committed(&builder) == [[0, 0], [0, 0]])
        #expect(builder.snapshot(generation: 0).committed.isEmpty)
    }

    @Test func committedSpaceFollowsItsNodeAndItsClass() {
        var builder = Self.withPending()
        builder.apply(Self.pending("one", 30, on: "a"))
        builder.apply(.nodeRemoved(name: "a"))
        #expect(builder.snapshot(generation: 0).committed.isEmpty)
        builder.apply(.node(Node(name: "a", pools: [Self.pool("p9", available: 5)])))
        #expect(Self.committed(&builder) == [[30], [0, 0]])
        builder.apply(.storageClassRemoved(name: "late"))
        #expect(Self.committed(&builder) == [[0], [0, 0]])
        builder.apply(
            .storageClass(
                StorageClass(
                    name: "late", provisioner: "csi.jabiru.dev", binding: .waitForFirstConsumer,
                    parameters: [AnnotationKey.media: "hdd"])))
        #expect(Self.committed(&builder) == [[0], [0, 0]])
    }

    @Test func committedSpaceStopsAtTheEndOfTheRange() {
        var builder = Self.withPending()
        for index in 0..<5 { builder.apply(Self.pending("huge-\(index)", .max, on: "a")) }
        builder.apply(Self.pending("least", .min, on: "a"))
        let pools = Self.committed(&builder)
        #expect(pools[0].allSatisfy { $0 == .max })
    }
}
