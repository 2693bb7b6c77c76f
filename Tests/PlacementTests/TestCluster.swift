import Foundation
import Placement
import Topology

let gi: Int64 = 1 << 30

/// A topology put together step by step, and the questions that tests ask of it.
struct TestCluster {
    var topology = ClusterTopology()

    /// Adds a node. Without health it runs Longhorn, online, which has no say in space.
    mutating func node(
        _ name: String, region: String? = nil, zone: String? = nil, rack: String? = nil,
        _ health: [Engine: StorageHealth] = [.longhorn: .online], pools: [Pool] = [],
        annotations: [String: String] = [:]
    ) {
        topology.nodes.append(
            Node(
                name: name, region: region, zone: zone, rack: rack, annotations: annotations,
                storage: health.sorted { $0.key < $1.key }.map { StorageState(engine: $0.key, health: $0.value) },
                pools: pools))
    }

    /// Adds a volume and a claim of the same name that is bound to it.
    mutating func volume(
        _ name: String, engine: Engine = .longhorn, size: Int64 = 10 * gi, parameters: [String: String] = [:],
        claimAnnotations: [String: String] = [:], storageClass: String? = nil, on replicas: [Replica]
    ) {
        topology.volumes.append(
            Volume(name: "pv-\(name)", engine: engine, size: size, parameters: parameters, replicas: replicas))
        topology.claims.append(
            Claim(
                namespace: "default", name: name, volume: "pv-\(name)", storageClass: storageClass,
                annotations: claimAnnotations))
    }

    mutating func volume(
        _ name: String, engine: Engine = .longhorn, size: Int64 = 10 * gi, parameters: [String: String] = [:],
        claimAnnotations: [String: String] = [:], on nodes: [String]
    ) {
        volume(
            name, engine: engine, size: size, parameters: parameters, claimAnnotations: claimAnnotations,
            on: nodes.map { Replica(node: $0) })
    }

    /// Adds a class whose claims wait for their first consumer.
    mutating func lateClass(
        _ name: String = "late", provisioner: String = "csi.jabiru.dev", parameters: [String: String] = [:]
    ) {
        topology.storageClasses.append(
            StorageClass(
                name: name, provisioner: provisioner, binding: .waitForFirstConsumer, parameters: parameters))
    }

    /// Adds a claim that is not bound yet.
    mutating func lateClaim(
        _ name: String, _ bytes: Int64?, class storageClass: String = "late", selectedNode: String? = nil
    ) {
        topology.claims.append(
            Claim(
                namespace: "default", name: name, storageClass: storageClass, requested: bytes,
                annotations: selectedNode.map { [AnnotationKey.selectedNode: $0] } ?? [:]))
    }

    mutating func setHealth(_ health: StorageHealth?, of engine: Engine = .longhorn, on name: String) {
        for index in topology.nodes.indices where topology.nodes[index].name == name {
            topology.nodes[index].storage.removeAll { $0.engine == engine }
            if let health { topology.nodes[index].storage.append(StorageState(engine: engine, health: health)) }
        }
    }

    func snapshot(generation: Int64 = 1) -> TopologySnapshot { .of(topology, generation: generation) }

    func plan(
        _ claims: String..., annotations: [String: String] = [:], policy: PlacementPolicy = PlacementPolicy()
    ) -> PlacementPlan {
        plan(pod(claims: claims, annotations: annotations), policy: policy)
    }

    func plan(_ pod: Pod, policy: PlacementPolicy = PlacementPolicy()) -> PlacementPlan {
        PlacementPlan(pod: pod, snapshot: snapshot(), policy: policy)
    }

    func pod(_ name: String = "pod", claims: [String], annotations: [String: String] = [:]) -> Pod {
        Pod(namespace: "default", name: name, uid: "uid-\(name)", annotations: annotations, claims: claims)
    }
}

/// An embedded pool.
func ssd(
    _ name: String = "ssd", capacity: Int64? = 100 * gi, available: Int64? = 100 * gi, media: String? = "ssd",
    health: PoolHealth = .online, engine: Engine = .embedded
) -> Pool {
    Pool(engine: engine, name: name, media: media, capacity: capacity, available: available, health: health)
}

extension PlacementPlan {
    func ordinal(_ name: String) -> Int? { snapshot.nodes.index.find(name) }

    mutating func rejection(on name: String) -> RejectionReason? { rejection(at: ordinal(name)) }

    mutating func score(on name: String) -> Int { score(at: ordinal(name)) }

    mutating func exactScore(on name: String) -> Double { exactScore(at: ordinal(name)) }

    mutating func scores(_ names: String...) -> [Int] {
        var scores: [Int] = []
        for name in names { scores.append(score(on: name)) }
        return scores
    }

    /// Those of the names that are not rejected.
    mutating func passing(_ names: [String]) -> [String] {
        var passing: [String] = []
        for name in names where rejection(on: name) == nil { passing.append(name) }
        return passing
    }
}

/// A random source that gives the same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The seeds of a test run: that of `JABIRU_TEST_SEED` alone, or as many new ones.
    static func seeds(_ count: Int) -> [UInt64] {
        if let text = ProcessInfo.processInfo.environment["JABIRU_TEST_SEED"], let seed = UInt64(text) { return [seed] }
        return (0..<count).map { _ in .random(in: 0..<1_000_000_000) }
    }
}
