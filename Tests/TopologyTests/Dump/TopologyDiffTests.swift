import Testing
import Topology

@Suite struct TopologyDiffTests {
    @Test func equalTopologiesHaveNone() {
        var shuffled = DumpExample.topology
        shuffled.nodes.reverse()
        shuffled.volumes[0].replicas.reverse()
        #expect(TopologyDiff(from: DumpExample.topology, to: shuffled).lines.isEmpty)
        #expect(TopologyDiff(from: DumpExample.topology, to: shuffled).text.isEmpty)
    }

    @Test func everyKindOfChange() {
        let old = DumpExample.topology
        var new = old
        new.nodes.removeLast()
        new.nodes.append(Node(name: "node-z", zone: "eu-c"))
        new.nodes[0].schedulable = false
        new.nodes[0].rack = nil
        new.nodes[0].pools[1].available = 300 << 30
        new.nodes[0].annotations = ["jabiru.dev/x": "2"]
        new.nodes[1].storage[0] = StorageState(engine: .embedded, health: .online)
        new.volumes[0].replicas[2].state = .inSync
        new.volumes[0].attachedTo = nil
        new.volumes[1].replicas = [Replica(node: "node-c", state: .stale(bytes: nil, seconds: 9))]
        new.claims[2].volume = "pvc-3"
        new.claims[2].phase = .bound
        new.claims.remove(at: 3)
        new.storageClasses[0].binding = .immediate
        new.pods[1].claims = ["data-2"]
        new.pods[1].ephemeral[0].requested = 1 << 30
        new.volumeAttachments[1].attached = true
        #expect(
            TopologyDiff(from: old, to: new).text == """
                ~ node node-a: annotations[jabiru.dev/x]: "1" → "2"
                ~ node node-a: pools[embedded/ssd].available: 320Gi → 300Gi
                ~ node node-a: rack: r1 → (none)
                ~ node node-a: schedulable: true → false
                ~ node node-b: storage[embedded].health: offline → online
                ~ node node-b: storage[embedded].reason: "lease, \\"agent\\" lost" → (none)
                ~ node node-b: storage[embedded].since: 2026-11-21T03:05:18Z → (none)
                - node node-d {name: node-d, region: eu, zone: eu-a}
                + node node-z {name: node-z, zone: eu-c}
                ~ volume pvc-1: attachedTo: node-a → (none)
                ~ volume pvc-1: replicas[node-c].state: syncing(0.409) → inSync
                ~ volume pvc-2: replicas[gone].state: failed → (none)
                ~ volume pvc-2: replicas[node-b].pool: disk-1 → (none)
                ~ volume pvc-2: replicas[node-b].state: stale(12Mi, 300s) → (none)
                ~ volume pvc-2: replicas[node-c].state: (none) → stale(9s)
                ~ claim db/late: phase: Pending → Bound
                ~ claim db/late: volume: (none) → pvc-3
                - claim db/lost {namespace: db, name: lost, volume: pvc-9, phase: Lost}
                ~ storageClass fast: binding: WaitForFirstConsumer → Immediate
                ~ pod db/pg-1: claims: [data-2, late] → [data-2]
                ~ pod db/pg-1: ephemeral[tmp].requested: (none) → 1Gi
                ~ volumeAttachment csi-2: attached: false → true

                """)
    }

    /// Two topologies that differ have a line that says so, in either direction.
    @Test(arguments: 0..<20)
    func noDifferenceGoesUnsaid(_ run: UInt64) {
        let seed = SeededGenerator.seed() &+ run
        var random = RandomTopology(seed: seed)
        let (one, two) = (random.make(), random.make())
        #expect(!TopologyDiff(from: one, to: two).lines.isEmpty, "seed \(seed)")
        for (index, node) in one.nodes.enumerated() {
            guard let other = two.nodes.first(where: { $0.name == node.name && $0 != node }) else { continue }
            var changed = one
            changed.nodes[index] = other
            let forth = TopologyDiff(from: one, to: changed).lines
            let back = TopologyDiff(from: changed, to: one).lines
            #expect(forth.isEmpty == (one.canonical() == changed.canonical()), "seed \(seed)")
            #expect(forth.count == back.count, "seed \(seed)")
        }
    }

    @Test func linesStayLines() {
        let old = ClusterTopology(nodes: [Node(name: "a", rack: "r")])
        let new = ClusterTopology(nodes: [Node(name: "a", rack: "two\nlines\u{1B}[0m")])
        #expect(TopologyDiff(from: old, to: new).lines == ["~ node a: rack: r → \"two\\nlines\\u001B[0m\""])
    }
}
