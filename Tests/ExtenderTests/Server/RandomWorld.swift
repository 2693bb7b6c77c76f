import Placement
import Topology

/// A small cluster of any kind that the model allows, and pods to be placed in it.
struct RandomWorld {
    private(set) var topology = ClusterTopology()
    let policy: PlacementPolicy
    /// Names that a request may have and the cache has not.
    let strangers: [String]

    private static let engines: [Engine] = [.embedded, .longhorn, .linstor]
    /// Replicas may lie on a node that the cache has no object of.
    private static let notSeenYet = "not-seen-yet"

    init(using random: inout SeededGenerator) {
        policy = PlacementPolicy(
            weighting: random.pick(PlacementPolicy.Weighting.allCases),
            unbound: random.pick(PlacementPolicy.UnboundStrategy.allCases))
        // Now and then so many that the answer is put together another way.
        let isLarge = random.chance(25)
        strangers =
            [Self.notSeenYet, "stranger", "zürich", "データ-🦩", "a\"b\\c/d", "tab\tline\n", "node-0.example.com"]
            + (isLarge ? (0..<100).map { "stranger-\($0)" } : [])
        for index in 0..<(isLarge ? 200 : Int.random(in: 1...12, using: &random)) {
            topology.nodes.append(Self.node("node-\(index)", &random))
        }
        topology.storageClasses = [
            StorageClass(name: "late", provisioner: "csi.jabiru.dev", binding: .waitForFirstConsumer),
            StorageClass(name: "remote", provisioner: "driver.longhorn.io", binding: .waitForFirstConsumer),
            StorageClass(name: "now", provisioner: "csi.jabiru.dev"),
        ]
        for index in 0..<Int.random(in: 1...5, using: &random) {
            topology.volumes.append(volume("pv-\(index)", &random))
        }
        for index in 0..<8 { topology.claims.append(claim("claim-\(index)", &random)) }
    }

    private static func node(_ name: String, _ random: inout SeededGenerator) -> Node {
        var node = Node(name: name, zone: random.pick(["a", "b", nil]), rack: random.pick(["1", "2", nil]))
        if random.chance(15) { node.annotations[AnnotationKey.storkUnschedulable] = "true" }
        for engine in engines where !random.chance(6) {
            let health = random.chance(3) ? random.pick(StorageHealth.allCases) : .online
            node.storage.append(StorageState(engine: engine, health: health))
            for index in 0..<Int.random(in: 0...2, using: &random) where engine != .linstor {
                node.pools.append(
                    Pool(
                        engine: engine, name: "pool-\(index)", capacity: 100,
                        available: .random(in: 0...100, using: &random)))
            }
        }
        return node
    }

    private func volume(_ name: String, _ random: inout SeededGenerator) -> Volume {
        var volume = Volume(
            name: name, engine: random.pick(Self.engines), size: .random(in: 0...60, using: &random))
        if random.chance(5) { volume.parameters[AnnotationKey.locality] = random.pick(Locality.allCases).rawValue }
        let homes = topology.nodes.map(\.name) + (random.chance(4) ? [Self.notSeenYet] : [])
        for node in homes.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random)) {
            let state: ReplicaState =
                random.chance(4) ? random.pick([.syncing(progress: 0.7), .failed]) : .inSync
            volume.replicas.append(Replica(node: node, state: state))
        }
        return volume
    }

    private func claim(_ name: String, _ random: inout SeededGenerator) -> Claim {
        var claim = Claim(namespace: "default", name: name)
        if random.chance(40) { claim.annotations[AnnotationKey.restoreInProgress] = "true" }
        if random.chance(2) {
            claim.storageClass = random.pick(["late", "late", "remote", "now", "gone", nil])
            claim.requested = .random(in: 0...60, using: &random)
        } else {
            claim.volume = random.chance(12) ? "pv-not-seen-yet" : random.pick(topology.volumes).name
            claim.phase = .bound
        }
        return claim
    }

    /// A pod as the scanner should find it; now and then without volumes.
    func pod(_ name: String, using random: inout SeededGenerator) -> Pod {
        var pod = Pod(namespace: random.chance(10) ? "elsewhere" : "default", name: name)
        if !random.chance(5) { pod.uid = "uid-\(name)" }
        let claims = topology.claims.map(\.name) + (random.chance(6) ? ["claim-not-seen-yet"] : [])
        pod.claims = Array(claims.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random)))
        for index in 0..<(random.chance(3) ? Int.random(in: 1...2, using: &random) : 0) {
            pod.ephemeral.append(
                EphemeralVolume(
                    name: "scratch-\(index)", storageClass: random.pick(["late", "late", "", nil]),
                    requested: random.chance(6) ? nil : .random(in: 0...60, using: &random)))
        }
        if random.chance(6) { pod.annotations[AnnotationKey.locality] = random.pick(Locality.allCases).rawValue }
        return pod
    }
}

extension SeededGenerator {
    /// One of some elements, of which there must be one.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &self)]
    }
}
