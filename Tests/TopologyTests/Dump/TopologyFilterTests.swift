import Testing
import Topology

@Suite struct TopologyFilterTests {
    /// The names that are left, kind by kind.
    struct Names: Equatable {
        var nodes: [String] = []
        var volumes: [String] = []
        var claims: [String] = []
        var classes: [String] = []
        var pods: [String] = []
        var attachments: [String] = []

        init(_ topology: ClusterTopology) {
            nodes = topology.nodes.map(\.name)
            volumes = topology.volumes.map(\.name)
            claims = topology.claims.map(\.name)
            classes = topology.storageClasses.map(\.name)
            pods = topology.pods.map(\.name)
            attachments = topology.volumeAttachments.map(\.name)
        }

        init(
            _ nodes: [String], _ volumes: [String], _ claims: [String], _ classes: [String], _ pods: [String],
            _ attachments: [String]
        ) {
            self.nodes = nodes
            self.volumes = volumes
            self.claims = claims
            self.classes = classes
            self.pods = pods
            self.attachments = attachments
        }
    }

    @Test(arguments: [
        // A replica, a pod, and the claims of what is there.
        (
            TopologyFilter(node: "node-a"),
            Names(
                ["node-a"], ["pvc-1", "pvc-4"], ["data-1", "cache"], ["fast", "other"], ["pg-0", "cache-0"], ["csi-1"])
        ),
        // Attached without a replica, and a pod's claim without a volume.
        (
            TopologyFilter(node: "node-c"),
            Names(
                ["node-c"], ["pvc-1", "pvc-2"], ["data-1", "data-2", "late"], ["fast"], ["pg-0", "pg-1"],
                ["csi-1", "csi-2"])
        ),
        (TopologyFilter(node: "node-d"), Names(["node-d"], [], [], [], [], [])),
        (TopologyFilter(node: "nowhere"), Names([], [], [], [], [], [])),
        // A node that is gone but still named by a replica.
        (TopologyFilter(node: "gone"), Names([], ["pvc-2"], ["data-2", "late"], ["fast"], ["pg-1"], ["csi-2"])),
        (
            TopologyFilter(zone: "eu-a"),
            Names(
                ["node-a", "node-d"], ["pvc-1", "pvc-4"], ["data-1", "cache"], ["fast", "other"], ["pg-0", "cache-0"],
                ["csi-1"])
        ),
        (TopologyFilter(node: "node-a", zone: "eu-b"), Names([], [], [], [], [], [])),
        (
            TopologyFilter(volume: "pvc-1"),
            Names(["node-a", "node-b", "node-c"], ["pvc-1"], ["data-1"], ["fast"], ["pg-0"], ["csi-1"])
        ),
        (
            TopologyFilter(node: "node-b", volume: "pvc-1"),
            Names(["node-b"], ["pvc-1"], ["data-1"], ["fast"], ["pg-0"], ["csi-1"])
        ),
        (TopologyFilter(node: "node-b", volume: "pvc-4"), Names([], [], [], [], [], [])),
        (TopologyFilter(volume: "pvc-3"), Names([], ["pvc-3"], [], [], [], [])),
        (
            TopologyFilter(unhealthyOnly: true),
            Names(
                ["node-a", "node-b", "node-c"], ["pvc-1", "pvc-2"], ["data-1", "data-2", "late"], ["fast"],
                ["pg-0", "pg-1"], ["csi-1", "csi-2"])
        ),
        (
            TopologyFilter(zone: "eu-b", unhealthyOnly: true),
            Names(
                ["node-b"], ["pvc-1", "pvc-2"], ["data-1", "data-2", "late"], ["fast"], ["pg-0", "pg-1"],
                ["csi-1", "csi-2"])
        ),
        (TopologyFilter(volume: "pvc-4", unhealthyOnly: true), Names([], [], [], [], [], [])),
    ])
    func keeps(_ filter: TopologyFilter, _ names: Names) {
        #expect(Names(filter.apply(to: DumpExample.topology)) == names)
    }

    @Test func withoutConditionsEverythingIsKept() {
        #expect(TopologyFilter().apply(to: DumpExample.topology) == DumpExample.topology)
    }

    /// A volume whose pod runs elsewhere than any replica belongs to the pod's node too.
    @Test func aVolumeBelongsToTheNodeOfItsPod() {
        let topology = ClusterTopology(
            nodes: [Node(name: "a"), Node(name: "b")],
            volumes: [Volume(name: "v", engine: .longhorn, size: 1, replicas: [Replica(node: "a")])],
            claims: [Claim(namespace: "x", name: "p-data", volume: "v")],
            pods: [Pod(namespace: "x", name: "p", node: "b", ephemeral: [EphemeralVolume(name: "data")])])
        let names = Names(TopologyFilter(node: "b").apply(to: topology))
        #expect(names == Names(["b"], ["v"], ["p-data"], [], ["p"], []))
    }

    @Test(arguments: [
        (Node(name: "a"), false), (Node(name: "a", schedulable: false), false),
        (Node(name: "a", kubelet: .notReady), true), (Node(name: "a", kubelet: .unknown), true),
        (Node(name: "a", storage: [StorageState(engine: .local, health: .online)]), false),
        (Node(name: "a", storage: [StorageState(engine: .local, health: .unknown)]), true),
        (Node(name: "a", pools: [Pool(engine: .local, name: "p")]), false),
        (Node(name: "a", pools: [Pool(engine: .local, name: "p", health: .degraded)]), true),
    ])
    func unhealthyNodes(_ node: Node, _ isUnhealthy: Bool) {
        #expect(node.isUnhealthy == isUnhealthy)
    }

    @Test(
        arguments: [
            ([], nil, false), ([], 1, true), ([Replica(node: "good")], nil, false), ([Replica(node: "good")], 2, true),
            ([Replica(node: "good"), Replica(node: "down")], 2, true),
            ([Replica(node: "good"), Replica(node: "good2"), Replica(node: "down")], 2, true),
            ([Replica(node: "good", state: .failed)], nil, true),
            ([Replica(node: "good"), Replica(node: "good2", state: .syncing(progress: 0.9))], 1, true),
            ([Replica(node: "good"), Replica(node: "good2")], 2, false), ([Replica(node: "unknown")], 1, false),
        ] as [([Replica], Int?, Bool)])
    func unhealthyVolumes(_ replicas: [Replica], _ desired: Int?, _ isUnhealthy: Bool) {
        let states: [(String, StorageHealth)] = [
            ("good", .online), ("good2", .degraded), ("unknown", .unknown), ("down", .storageDown),
        ]
        let topology = ClusterTopology(
            nodes: states.map { Node(name: $0.0, storage: [StorageState(engine: .local, health: $0.1)]) },
            volumes: [Volume(name: "v", engine: .local, size: 1, desiredReplicas: desired, replicas: replicas)])
        let kept = TopologyFilter(unhealthyOnly: true).apply(to: topology).volumes
        #expect(kept.isEmpty != isUnhealthy)
    }

    @Test func namesThatAreNotThereAreSaid() {
        let filter = TopologyFilter(node: "x", zone: "y", volume: "z")
        #expect(
            filter.unknownNames(in: DumpExample.topology) == [
                "no node is named \"x\"", "no node is in zone \"y\"", "no volume is named \"z\"",
            ])
        let known = TopologyFilter(node: "node-a", zone: "eu-c", volume: "pvc-3", unhealthyOnly: true)
        #expect(known.unknownNames(in: DumpExample.topology).isEmpty)
    }

    /// Whatever is left can be written and read back.
    @Test func whatIsLeftReadsBack() throws {
        let seed = SeededGenerator.seed()
        var random = RandomTopology(seed: seed)
        let topology = random.make()
        for filter in topology.nodes.map({ TopologyFilter(node: $0.name) }) + [TopologyFilter(unhealthyOnly: true)] {
            let part = filter.apply(to: topology)
            #expect(try TopologyFile.parse(TopologyFile.yaml(part), name: "part") == part.canonical(), "seed \(seed)")
        }
    }
}
