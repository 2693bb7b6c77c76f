import Placement
import Testing
import Topology

/// Replicas on nodes that the topology does not have: losing sight of a node strands no pod.
@Suite struct UnknownNodeTests {
    private func plan(annotations: [String: String] = [:]) -> PlacementPlan {
        let topology = ClusterTopology(
            nodes: [Node(name: "a", storage: [StorageState(engine: .longhorn, health: .online)])],
            volumes: [Volume(name: "v", engine: .longhorn, size: 1, replicas: [Replica(node: "x")])],
            claims: [Claim(namespace: "default", name: "c", volume: "v")])
        return PlacementPlan(
            pod: Pod(namespace: "default", name: "p", annotations: annotations, claims: ["c"]),
            snapshot: .of(topology))
    }

    @Test func itsReplicaCountsAsUsable() {
        var plan = plan()
        #expect(plan.podRejection == nil)
        #expect(plan.rejection(at: plan.snapshot.nodes.index.find("a")) == nil)
        #expect(plan.rejection(at: plan.snapshot.nodes.index.find("x")) == nil)
        #expect(plan.rejection(at: nil) == nil)
    }

    @Test func aPodThatRequiresLocalMayRunThereAndNowhereElse() {
        var plan = plan(annotations: [AnnotationKey.locality: "require-local"])
        #expect(plan.rejection(at: plan.snapshot.nodes.index.find("x")) == nil)
        #expect(plan.rejection(at: plan.snapshot.nodes.index.find("a")) == .notLocal)
        #expect(plan.rejection(at: nil) == .notLocal)
    }
}
