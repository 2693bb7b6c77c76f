import Placement
import Testing
import Topology

/// What holds for every topology. A failure names its seed; `JABIRU_TEST_SEED` repeats it.
@Suite struct PlacementPropertyTests {
    private static let runs = 200

    private static func names(_ topology: ClusterTopology) -> [String] {
        topology.nodes.map(\.name) + ["not-seen-yet", "stranger"]
    }

    @Test(arguments: SeededGenerator.seeds(runs))
    func scoresLieBetweenZeroAndTenAndSharesBetweenZeroAndOne(seed: UInt64) {
        var cluster = RandomCluster(seed: seed)
        let snapshot = TopologySnapshot.of(cluster.topology)
        for pod in cluster.topology.pods {
            var plan = PlacementPlan(pod: pod, snapshot: snapshot, policy: cluster.policy())
            for name in Self.names(cluster.topology) {
                #expect((0...10).contains(plan.score(on: name)), "seed \(seed)")
                for volume in plan.volumes.indices {
                    guard let share = plan.share(of: volume, at: plan.ordinal(name)) else { continue }
                    #expect((0...1).contains(share.share), "seed \(seed)")
                }
            }
        }
    }

    /// A node with usable replicas of all the pod's volumes scores above every node of the same health with none of
    /// them; a node whose replicas are there, usable or not, never scores below its twin without any.
    ///
    /// Only replicas that can be used are near: where storage is down, one that is in sync counts as little as none, so
    /// there only the twin, which stands in the same place, compares.
    @Test func nodeWithAllTheDataIsNeverBelowOneOfTheSameHealthWithNone() {
        var compared: [StorageHealth?: Int] = [:]
        var comparedTwins: [StorageHealth?: Int] = [:]
        let seeds = SeededGenerator.seeds(Self.runs)
        for seed in seeds {
            var cluster = RandomCluster(seed: seed)
            let policy = cluster.policy()
            cluster.addTwins()
            let nodes = cluster.topology.nodes
            let snapshot = TopologySnapshot.of(cluster.topology)
            let bound = cluster.topology.claims.filter { $0.volume != nil }.map(\.name)
            for _ in 0..<4 {
                let pod = Pod(
                    namespace: "default", name: "pod", annotations: [AnnotationKey.locality: "prefer-local"],
                    claims: bound.shuffled(using: &cluster.random).prefix(2).sorted())
                // Volumes without replicas have no say, wherever the pod runs.
                let held = cluster.volumes(of: pod).filter { !$0.replicas.isEmpty }
                guard !held.isEmpty else { continue }
                var plan = PlacementPlan(pod: pod, snapshot: snapshot, policy: policy)
                for all in nodes where held.allSatisfy({ $0.isInSync(on: all.name) }) {
                    let isUsable = held.allSatisfy { cluster.servesReplicas(of: $0.engine, on: all) }
                    for none in nodes
                    where held.allSatisfy({ volume in
                        !volume.replicas.contains { $0.node == none.name }
                            && all.health(of: volume.engine) == none.health(of: volume.engine)
                    }) {
                        let comment: Comment = "seed \(seed): \(pod.claims) on \(all.name) and \(none.name)"
                        let scores = (all: plan.score(on: all.name), none: plan.score(on: none.name))
                        let healths = Set(held.map { all.health(of: $0.engine) })
                        if isUsable {
                            #expect(scores.all >= scores.none, comment)
                            #expect(plan.exactScore(on: all.name) > plan.exactScore(on: none.name), comment)
                            for health in healths { compared[health, default: 0] += 1 }
                        }
                        if none.name == RandomCluster.twin(of: all.name) {
                            #expect(scores.all >= scores.none, comment)
                            for health in healths { comparedTwins[health, default: 0] += 1 }
                        }
                    }
                }
            }
        }
        // One seed alone, given to repeat a failure, may have little to compare.
        guard seeds.count > 1 else { return }
        for health in StorageHealth.allCases {
            #expect(comparedTwins[health] ?? 0 > 20, "hardly any twins were \(health): \(comparedTwins)")
            guard health.servesReplicas else { continue }
            #expect(compared[health] ?? 0 > 20, "hardly any nodes were \(health): \(compared)")
        }
    }

    @Test(arguments: SeededGenerator.seeds(runs))
    func anotherReplicaInSyncLowersNoScore(seed: UInt64) {
        var cluster = RandomCluster(seed: seed)
        for index in cluster.topology.volumes.indices { cluster.topology.volumes[index].parameters = [:] }
        for index in cluster.topology.claims.indices { cluster.topology.claims[index].annotations = [:] }
        let policy = cluster.policy()
        let claims = cluster.topology.claims.filter { $0.volume != nil }.map(\.name)
        let pod = Pod(namespace: "default", name: "pod", claims: Array(claims.prefix(3)))
        var before = PlacementPlan(pod: pod, snapshot: .of(cluster.topology), policy: policy)
        guard before.podRejection == nil else { return }
        for index in cluster.topology.volumes.indices where !cluster.topology.volumes[index].replicas.isEmpty {
            for node in cluster.topology.nodes {
                let volume = cluster.topology.volumes[index]
                guard node.health(of: volume.engine)?.servesReplicas == true else { continue }
                var grown = cluster.topology
                grown.volumes[index].replicas.removeAll { $0.node == node.name }
                grown.volumes[index].replicas.append(Replica(node: node.name))
                var after = PlacementPlan(pod: pod, snapshot: .of(grown), policy: policy)
                for name in Self.names(cluster.topology) {
                    #expect(
                        after.exactScore(on: name) >= before.exactScore(on: name) - 1e-12,
                        "seed \(seed): \(volume.name) on \(node.name) lowers \(name)")
                }
            }
        }
    }

    @Test(arguments: SeededGenerator.seeds(runs))
    func explanationAgreesWithThePlan(seed: UInt64) throws {
        var cluster = RandomCluster(seed: seed)
        let snapshot = TopologySnapshot.of(cluster.topology, generation: 7)
        let known = Set(cluster.topology.nodes.map(\.name))
        for pod in cluster.topology.pods {
            var plan = PlacementPlan(pod: pod, snapshot: snapshot, policy: cluster.policy())
            let names = Self.names(cluster.topology)
            let explanation = Explanation(plan: &plan, pod: pod, nodes: names)
            #expect(explanation.generation == 7)
            #expect(explanation.hasOpinion == plan.hasOpinion)
            #expect(explanation.rejection == plan.podRejection?.sentence)
            #expect(explanation.volumes.map(\.claim) == plan.volumes.map(\.claim))
            #expect(Set(explanation.nodes.map(\.name)) == Set(names))
            for node in explanation.nodes {
                #expect(node.isKnown == known.contains(node.name), "seed \(seed)")
                #expect(node.rejection == plan.rejection(on: node.name)?.sentence, "seed \(seed)")
                #expect(node.score == plan.score(on: node.name), "seed \(seed)")
                // The score is the weighted mean of the shares that are shown.
                var sum = 0.0
                var weights = 0.0
                for (volume, share) in zip(explanation.volumes, node.shares) {
                    #expect(volume.isScored == (share != nil), "seed \(seed)")
                    guard let share else { continue }
                    sum += share.share * volume.weight
                    weights += volume.weight
                    if let nearest = share.nearest {
                        #expect(
                            volume.replicas.contains { $0.node == nearest && $0.isUsable }, "seed \(seed): \(nearest)")
                    }
                }
                #expect(node.score == PlacementPlan.rounded(weights > 0 ? sum / weights : 0), "seed \(seed)")
            }
            let order = explanation.nodes.map { ($0.rejection == nil ? 0 : 1, -$0.score, $0.name) }
            for (left, right) in zip(order, order.dropFirst()) { #expect(left <= right, "seed \(seed)") }
        }
    }

    @Test(arguments: SeededGenerator.seeds(runs))
    func orderOfTheInputDoesNotMatter(seed: UInt64) {
        var cluster = RandomCluster(seed: seed)
        let policy = cluster.policy()
        let names = Self.names(cluster.topology)
        var shuffled = cluster.topology
        shuffled.nodes.shuffle(using: &cluster.random)
        shuffled.volumes.shuffle(using: &cluster.random)
        shuffled.claims.shuffle(using: &cluster.random)
        for index in shuffled.volumes.indices { shuffled.volumes[index].replicas.shuffle(using: &cluster.random) }
        let snapshot = TopologySnapshot.of(cluster.topology)
        let other = TopologySnapshot.of(shuffled)
        for pod in cluster.topology.pods {
            var turned = pod
            turned.claims.shuffle(using: &cluster.random)
            #expect(
                Answers(pod, snapshot, policy, nodes: names) == Answers(turned, other, policy, nodes: names),
                "seed \(seed)")
            turned.claims = pod.claims
            var plan = PlacementPlan(pod: pod, snapshot: snapshot, policy: policy)
            var otherPlan = PlacementPlan(pod: turned, snapshot: other, policy: policy)
            #expect(
                Explanation(plan: &plan, pod: pod, nodes: names)
                    == Explanation(plan: &otherPlan, pod: turned, nodes: names.reversed()), "seed \(seed)")
        }
    }

    @Test(arguments: SeededGenerator.seeds(runs))
    func askingDoesNotChangeWhatAPlanAnswers(seed: UInt64) {
        var cluster = RandomCluster(seed: seed)
        let snapshot = TopologySnapshot.of(cluster.topology)
        let policy = cluster.policy()
        let names = Self.names(cluster.topology)
        for pod in cluster.topology.pods {
            let apart = Answers(pod, snapshot, policy, nodes: names, askedTogether: false)
            #expect(Answers(pod, snapshot, policy, nodes: names) == apart, "seed \(seed)")
            #expect(Answers(pod, snapshot, policy, nodes: names.reversed()) == apart, "seed \(seed)")
            // Scores alone, without a filter before each of them.
            var plan = PlacementPlan(pod: pod, snapshot: snapshot, policy: policy)
            for name in names.shuffled(using: &cluster.random) + names {
                #expect(plan.score(on: name) == apart.scores[name], "seed \(seed)")
            }
        }
    }

    @Test(arguments: SeededGenerator.seeds(runs))
    func changesInAnyOrderAnswerAsTheWholeDoes(seed: UInt64) {
        var cluster = RandomCluster(seed: seed)
        let policy = cluster.policy()
        let names = Self.names(cluster.topology)
        var builder = SnapshotBuilder()
        // Whatever was there before, and in whatever order it came: only what is there at the end counts.
        for generation in 0..<Int.random(in: 0...3, using: &cluster.random) {
            for _ in 0..<Int.random(in: 0...20, using: &cluster.random) { builder.apply(cluster.change()) }
            _ = builder.snapshot(generation: Int64(generation))
        }
        for change in ClusterTopology().changes(to: cluster.topology).shuffled(using: &cluster.random) {
            builder.apply(change)
            if cluster.chance(5) { _ = builder.snapshot(generation: 0) }
        }
        let whole = TopologySnapshot.of(cluster.topology)
        let grown = builder.snapshot(generation: 9)
        for pod in cluster.topology.pods {
            #expect(
                Answers(pod, grown, policy, nodes: names) == Answers(pod, whole, policy, nodes: names), "seed \(seed)")
        }
    }

    @Test(arguments: SeededGenerator.seeds(50))
    func spaceThatIsHeldIsNeverGivenTwice(seed: UInt64) throws {
        var cluster = RandomCluster(seed: seed)
        for index in cluster.topology.claims.indices {
            cluster.topology.claims[index].annotations[AnnotationKey.selectedNode] = nil
        }
        for node in cluster.topology.nodes.indices {
            for pool in cluster.topology.nodes[node].pools.indices {
                cluster.topology.nodes[node].pools[pool].available = .random(in: 0...100, using: &cluster.random)
            }
        }
        let snapshot = TopologySnapshot.of(cluster.topology, generation: 1)
        var ledger = ReservationLedger()
        var held: [String: Int64] = [:]
        for round in 0..<40 {
            let pod = cluster.pod("burst-\(round)")
            let reserved = ledger.reserved(in: snapshot, excluding: pod, now: 0)
            var plan = PlacementPlan(pod: pod, snapshot: snapshot, policy: cluster.policy(), reserved: reserved)
            let passing = plan.passing(snapshot.knownNodes)
            guard let name = passing.randomElement(using: &cluster.random) else { continue }
            let node = try #require(plan.ordinal(name))
            let space = plan.newSpace(at: node)
            for space in space { held["\(name)/\(space.pool)", default: 0] += space.bytes }
            ledger.hold(space, for: pod, at: node, in: snapshot, now: 0)
        }
        #expect(ledger.heldBytes == held.values.reduce(0, +), "seed \(seed)")
        for node in cluster.topology.nodes {
            for (index, pool) in node.pools.enumerated() {
                #expect(held["\(node.name)/\(index)"] ?? 0 <= pool.available ?? 0, "seed \(seed): \(node.name)")
            }
        }
    }
}

extension Volume {
    fileprivate func isInSync(on node: String) -> Bool { replicas.contains { $0.node == node && $0.state == .inSync } }
}

extension RandomCluster {
    fileprivate static func twin(of node: String) -> String { "twin-of-\(node)" }

    /// Gives each node a twin: the same in everything but that it holds no replica.
    fileprivate mutating func addTwins() {
        topology.nodes += topology.nodes.map { node in
            var twin = node
            twin.name = Self.twin(of: node.name)
            return twin
        }
    }

    /// The volumes that a pod's claims are bound to.
    fileprivate func volumes(of pod: Pod) -> [Volume] {
        topology.volumes.filter { volume in
            topology.claims.contains { pod.claims.contains($0.name) && $0.volume == volume.name }
        }
    }

    /// Whether a replica can be used on a node; where an engine runs nowhere, nothing is known against it.
    fileprivate func servesReplicas(of engine: Engine, on node: Node) -> Bool {
        node.health(of: engine)?.servesReplicas ?? !topology.nodes.contains { $0.health(of: engine) != nil }
    }
}
