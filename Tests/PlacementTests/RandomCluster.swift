import Placement
import Topology

/// Small topologies of every kind that the model allows, with pods to place in them.
struct RandomCluster {
    var random: SeededGenerator
    var topology = ClusterTopology()
    static let engines: [Engine] = [.embedded, .longhorn, .linstor]

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let nodeCount = Int.random(in: 1...10, using: &random)
        for index in 0..<nodeCount { topology.nodes.append(node("node-\(index)")) }
        topology.storageClasses = [
            StorageClass(
                name: "late", provisioner: "csi.jabiru.dev", binding: .waitForFirstConsumer,
                parameters: chance(4) ? [AnnotationKey.media: "ssd"] : [:]),
            StorageClass(name: "remote", provisioner: "driver.longhorn.io", binding: .waitForFirstConsumer),
            StorageClass(name: "now", provisioner: "csi.jabiru.dev"),
        ]
        for index in 0..<Int.random(in: 1...6, using: &random) { topology.volumes.append(volume("pv-\(index)")) }
        for index in 0..<8 { topology.claims.append(claim("claim-\(index)")) }
        for index in 0..<4 { topology.pods.append(pod("pod-\(index)")) }
    }

    mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &random)]
    }

    mutating func node(_ name: String) -> Node {
        var node = Node(name: name)
        if !chance(5) { node.region = pick(["r1", "r2"]) }
        if !chance(5) { node.zone = pick(["a", "b"]) }
        if !chance(4) { node.rack = pick(["1", "2"]) }
        if chance(15) { node.annotations[AnnotationKey.storkUnschedulable] = "true" }
        for engine in Self.engines where !chance(5) {
            node.storage.append(StorageState(engine: engine, health: health()))
            for index in 0..<Int.random(in: 0...2, using: &random) where engine != .linstor {
                node.pools.append(
                    Pool(
                        engine: engine, name: "pool-\(index)", media: pick(["ssd", "hdd", nil]),
                        capacity: chance(6) ? nil : 100,
                        available: chance(6) ? nil : .random(in: 0...100, using: &random),
                        health: chance(8) ? .failed : .online))
            }
        }
        return node
    }

    mutating func health() -> StorageHealth {
        chance(2) ? .online : pick([.online, .degraded, .storageDown, .offline, .unknown])
    }

    mutating func volume(_ name: String) -> Volume {
        var volume = Volume(name: name, engine: pick(Self.engines), size: .random(in: 0...60, using: &random))
        if chance(6) { volume.parameters[AnnotationKey.locality] = pick(Locality.allCases).rawValue }
        let names = topology.nodes.map(\.name) + (chance(4) ? ["not-seen-yet"] : [])
        for node in names.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random)) {
            volume.replicas.append(Replica(node: node, state: replicaState()))
        }
        return volume
    }

    mutating func replicaState() -> ReplicaState {
        if !chance(3) { return .inSync }
        return pick([.syncing(progress: .random(in: 0...1, using: &random)), .stale(bytes: 1, seconds: 1), .failed])
    }

    mutating func claim(_ name: String) -> Claim {
        var claim = Claim(namespace: "default", name: name)
        if chance(8) { claim.annotations[AnnotationKey.locality] = pick(Locality.allCases).rawValue }
        if chance(40) { claim.annotations[AnnotationKey.restoreInProgress] = "true" }
        if chance(3) {
            claim.storageClass = pick(["late", "remote", "now", "gone", nil])
            claim.requested = chance(8) ? nil : .random(in: 0...60, using: &random)
            if chance(3) { claim.annotations[AnnotationKey.selectedNode] = pick(topology.nodes).name }
        } else {
            claim.volume = chance(12) ? "pv-not-seen-yet" : pick(topology.volumes).name
            claim.phase = .bound
        }
        return claim
    }

    mutating func pod(_ name: String) -> Pod {
        var pod = Pod(namespace: "default", name: name, uid: "uid-\(name)")
        let names = topology.claims.map(\.name) + (chance(6) ? ["claim-not-seen-yet"] : [])
        pod.claims = Array(names.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)))
        if chance(5) {
            pod.ephemeral = [EphemeralVolume(name: "scratch", storageClass: "late", requested: 5)]
        }
        if chance(10) { pod.annotations[AnnotationKey.locality] = pick(Locality.allCases).rawValue }
        return pod
    }

    mutating func policy() -> PlacementPolicy {
        PlacementPolicy(
            weighting: pick(PlacementPolicy.Weighting.allCases), unbound: pick(PlacementPolicy.UnboundStrategy.allCases)
        )
    }

    /// A change to one object: made anew, removed or back again.
    mutating func change() -> TopologyChange {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return .nodeRemoved(name: pick(topology.nodes).name)
        case 1, 2, 3: return .node(node(pick(topology.nodes).name))
        case 4: return .volumeRemoved(name: pick(topology.volumes).name)
        case 5, 6: return .volume(volume(pick(topology.volumes).name))
        case 7: return .claimRemoved(namespace: "default", name: pick(topology.claims).name)
        case 8, 9: return .claim(claim(pick(topology.claims).name))
        case 10: return .storageClassRemoved(name: pick(topology.storageClasses).name)
        default: return .storageClass(pick(topology.storageClasses))
        }
    }
}

/// What a plan answers on one node, by name, so that plans of different snapshots can be compared.
struct Answers: Equatable, CustomStringConvertible {
    var hasOpinion: Bool
    var podRejection: RejectionReason?
    var rejections: [String: RejectionReason] = [:]
    var scores: [String: Int] = [:]
    var newSpace: [String: Set<NewSpace>] = [:]

    /// Asks a plan of its own for the pod on each node.
    init(
        _ pod: Pod, _ snapshot: TopologySnapshot, _ policy: PlacementPolicy, nodes: [String],
        askedTogether: Bool = true
    ) {
        var plan = PlacementPlan(pod: pod, snapshot: snapshot, policy: policy)
        hasOpinion = plan.hasOpinion
        podRejection = plan.podRejection
        for name in nodes {
            if !askedTogether { plan = PlacementPlan(pod: pod, snapshot: snapshot, policy: policy) }
            let ordinal = plan.ordinal(name)
            rejections[name] = plan.rejection(at: ordinal)
            scores[name] = plan.score(at: ordinal)
            if let ordinal { newSpace[name] = Set(plan.newSpace(at: ordinal)) } else { newSpace[name] = [] }
        }
    }

    var description: String { "\(hasOpinion) \(podRejection as Any) \(rejections) \(scores) \(newSpace)" }
}
