import Placement
import Testing
import Topology

/// The numbers of the score, each worked out by hand.
@Suite struct ScoreTests {
    /// One replica on `local`, and a node at each distance from it.
    private static func distances() -> TestCluster {
        var cluster = TestCluster()
        cluster.node("local", region: "eu", zone: "a", rack: "1")
        cluster.node("rack", region: "eu", zone: "a", rack: "1")
        cluster.node("zone", region: "eu", zone: "a", rack: "2")
        cluster.node("region", region: "eu", zone: "b", rack: "1")
        cluster.node("elsewhere", region: "us", zone: "a", rack: "1")
        return cluster
    }

    @Test(arguments: [
        ("local", 1.0, 10), ("rack", 0.5, 5), ("zone", 0.25, 3), ("region", 0.1, 1), ("elsewhere", 0, 0),
    ])
    func nearestReplicaDecides(node: String, share: Double, score: Int) {
        var cluster = Self.distances()
        cluster.volume("data", on: ["local"])
        var plan = cluster.plan("data")
        #expect(plan.exactScore(on: node) == share)
        #expect(plan.score(on: node) == score)
    }

    @Test func nearestOfSeveralReplicasCounts() {
        var cluster = Self.distances()
        cluster.volume("data", on: ["elsewhere", "region", "rack"])
        var plan = cluster.plan("data")
        #expect(plan.scores("local", "rack", "zone", "region", "elsewhere") == [5, 10, 3, 10, 10])
    }

    @Test(arguments: [
        ("local", StorageHealth.online, 1.0, 10), ("local", .degraded, 0.5, 5), ("local", .unknown, 0.5, 5),
        ("rack", .online, 0.5, 5), ("rack", .degraded, 0.25, 3), ("rack", .unknown, 0.25, 3),
        ("rack", .storageDown, 0.25, 3), ("rack", .offline, 0, 0), ("zone", .degraded, 0.125, 1),
        ("region", .storageDown, 0.05, 1), ("region", .offline, 0, 0),
    ])
    func healthOfTheNodeMultiplies(node: String, health: StorageHealth, share: Double, score: Int) {
        var cluster = Self.distances()
        cluster.volume("data", on: ["local"])
        cluster.setHealth(health, on: node)
        var plan = cluster.plan("data")
        #expect(plan.exactScore(on: node) == share)
        #expect(plan.score(on: node) == score)
    }

    @Test func absentEngineScoresNothing() {
        var cluster = Self.distances()
        cluster.volume("data", on: ["local"])
        cluster.setHealth(nil, on: "rack")
        var plan = cluster.plan("data")
        #expect(plan.score(on: "rack") == 0)
    }

    @Test func localReplicaOnStorageDownNodeIsNotUsableAndTheNextNearestCounts() {
        var cluster = Self.distances()
        cluster.volume("data", on: ["local", "rack"])
        cluster.setHealth(.storageDown, on: "local")
        var plan = cluster.plan("data")
        #expect(plan.exactScore(on: "local") == 0.25)
    }

    @Test(arguments: [
        ("elsewhere", 0.0, 0.0, 0), ("elsewhere", 0.4, 0.2, 2), ("elsewhere", 1.0, 0.5, 5),
        ("rack", 0.4, 0.6, 6), ("rack", 1.0, 0.75, 8), ("zone", 0.8, 0.55, 6), ("region", 0.5, 0.325, 3),
        ("elsewhere", 7.0, 0.5, 5), ("elsewhere", -1.0, 0.0, 0), ("elsewhere", .nan, 0.0, 0),
    ])
    func syncingReplicaGoesHalfTheWayToLocal(node: String, progress: Double, share: Double, score: Int) {
        var cluster = Self.distances()
        cluster.volume(
            "data", on: [Replica(node: "local"), Replica(node: node, state: .syncing(progress: progress))])
        var plan = cluster.plan("data")
        #expect(abs(plan.exactScore(on: node) - share) < 1e-12)
        #expect(plan.score(on: node) == score)
    }

    @Test func healthMultipliesTheSyncingShareToo() {
        var cluster = Self.distances()
        cluster.volume("data", on: [Replica(node: "local"), Replica(node: "rack", state: .syncing(progress: 0.4))])
        cluster.setHealth(.degraded, on: "rack")
        var plan = cluster.plan("data")
        #expect(abs(plan.exactScore(on: "rack") - 0.3) < 1e-12)
    }

    @Test func staleAndFailedReplicasAddNothing() {
        var cluster = Self.distances()
        cluster.volume(
            "data",
            on: [
                Replica(node: "local"), Replica(node: "rack", state: .stale(bytes: 1, seconds: 1)),
                Replica(node: "zone", state: .failed),
            ])
        var plan = cluster.plan("data")
        #expect(plan.scores("local", "rack", "zone") == [10, 5, 3])
    }

    @Test func preferRemoteTurnsTheShareRound() {
        var cluster = Self.distances()
        cluster.node("stale", region: "us")
        cluster.node("syncing", region: "us")
        cluster.node("failed", region: "us")
        cluster.node("sick", region: "us", [.longhorn: .degraded])
        cluster.node("down", region: "us", [.longhorn: .storageDown])
        cluster.volume(
            "data", claimAnnotations: [AnnotationKey.locality: "prefer-remote"],
            on: [
                Replica(node: "local"), Replica(node: "stale", state: .stale(bytes: nil, seconds: nil)),
                Replica(node: "syncing", state: .syncing(progress: 0.9)), Replica(node: "failed", state: .failed),
            ])
        var plan = cluster.plan("data")
        #expect(plan.scores("local", "stale", "syncing") == [0, 0, 0])
        #expect(plan.scores("rack", "elsewhere", "failed") == [10, 10, 10])
        #expect(plan.scores("sick", "down") == [5, 5])
    }

    private static let means: [(mean: Double, score: Int)] = [
        (0.0, 0), (0.049, 0), (0.05, 1), (0.1, 1), (0.149, 1), (0.15, 2), (0.249, 2), (0.25, 3), (0.35, 4), (0.45, 5),
        (0.55, 6), (0.65, 7), (0.75, 8), (0.85, 9), (0.949, 9), (0.95, 10), (1.0, 10), (1.1, 10), (-0.2, 0),
    ]

    @Test(arguments: means)
    func meansAreRoundedHalfUp(mean: Double, score: Int) {
        #expect(PlacementPlan.rounded(mean) == score)
    }

    @Test func halvesThatBinaryFractionsMissAreRoundedUpToo() {
        let fifteenHundredths = (0.1 + 0.1 + 0.25) / 3
        #expect(PlacementPlan.rounded(fifteenHundredths) == 2)
        #expect(PlacementPlan.rounded(0.35.nextDown) == 4)
    }

    @Test func meanOfTwoVolumesIsRoundedHalfUp() {
        var cluster = Self.distances()
        cluster.volume("one", on: ["local"])
        cluster.volume("two", on: [Replica(node: "rack"), Replica(node: "local", state: .syncing(progress: 0.8))])
        var plan = cluster.plan("one", "two")
        // (1 + (0.5 + 0.8 × 0.25)) / 2 = 0.85
        #expect(abs(plan.exactScore(on: "local") - 0.85) < 1e-12)
        #expect(plan.score(on: "local") == 9)
    }

    @Test func volumesAreWeightedEquallyOrBySize() {
        var cluster = Self.distances()
        cluster.volume("small", size: 10 * gi, on: ["local"])
        cluster.volume("large", size: 30 * gi, on: ["elsewhere"])
        var equal = cluster.plan("small", "large")
        #expect(equal.scores("local", "elsewhere") == [5, 5])
        var bySize = cluster.plan("small", "large", policy: PlacementPolicy(weighting: .size))
        #expect(bySize.exactScore(on: "local") == 0.25)
        #expect(bySize.scores("local", "elsewhere") == [3, 8])
    }

    @Test func volumesWithoutOpinionAreLeftOut() {
        var cluster = Self.distances()
        cluster.volume("data", on: ["local"])
        cluster.volume("opaque", on: [String]())
        cluster.volume("ignored", claimAnnotations: [AnnotationKey.locality: "ignore"], on: ["elsewhere"])
        cluster.topology.claims.append(Claim(namespace: "default", name: "fresh", volume: "pv-not-seen-yet"))
        cluster.topology.claims.append(Claim(namespace: "default", name: "immediate", storageClass: "none"))
        var plan = cluster.plan("data", "opaque", "ignored", "fresh", "immediate", "not-seen-yet")
        #expect(plan.scores("local", "rack", "elsewhere") == [10, 5, 0])
        #expect(
            plan.volumes.map(\.standing) == [
                .replicated, .unknownReplicas, .replicated, .unknownVolume, .boundElsewhere, .unknownClaim,
            ])
        for index in 1..<6 { #expect(plan.share(of: index, at: plan.ordinal("local")) == nil) }
    }

    @Test func engineSeenNowhereCountsAsUnknown() {
        var cluster = TestCluster()
        cluster.node("a", [:])
        cluster.node("b", [:])
        cluster.volume("data", on: ["a"])
        var plan = cluster.plan("data")
        #expect(plan.hasOpinion)
        #expect(plan.rejection(on: "b") == nil)
        #expect(plan.scores("a", "b") == [5, 0])
    }

    @Test func nodeThatIsNotKnownScoresNothing() {
        var cluster = Self.distances()
        cluster.volume("data", on: ["local", "never-seen"])
        var plan = cluster.plan("data")
        #expect(plan.score(at: nil) == 0)
        #expect(plan.score(on: "never-seen") == 0)
    }
}

/// The score of claims that take new space.
@Suite struct NewSpaceScoreTests {
    private static func twoPools() -> TestCluster {
        var cluster = TestCluster()
        cluster.node(
            "a", [.embedded: .online],
            pools: [
                ssd("large", capacity: 100 * gi, available: 80 * gi),
                ssd("small", capacity: 50 * gi, available: 30 * gi),
            ])
        cluster.lateClass()
        cluster.lateClaim("one", 10 * gi)
        cluster.lateClaim("two", 20 * gi)
        return cluster
    }

    @Test func spreadScoresByWhatStaysFreeInTheEmptiestPool() {
        var plan = Self.twoPools().plan("one")
        // (80 - 10) / 100
        #expect(plan.score(on: "a") == 7)
        #expect(plan.share(of: 0, at: plan.ordinal("a"))?.freeFraction == 0.7)
    }

    @Test func packScoresByWhatIsUsedOfTheFullestPoolWithRoom() {
        var plan = Self.twoPools().plan("one", policy: PlacementPolicy(unbound: .pack))
        // 1 - (30 - 10) / 50
        #expect(plan.score(on: "a") == 6)
    }

    @Test func claimsOfOnePodSeeEachOther() {
        var cluster = TestCluster()
        cluster.node("a", [.embedded: .online], pools: [ssd(available: 80 * gi)])
        cluster.lateClass()
        cluster.lateClaim("one", 10 * gi)
        cluster.lateClaim("two", 20 * gi)
        var plan = cluster.plan("one", "two")
        // Both lie in the same pool, of which (80 - 30) / 100 stays free.
        #expect(plan.score(on: "a") == 5)
    }

    @Test func healthMultipliesTheFreeShare() {
        var cluster = Self.twoPools()
        cluster.setHealth(.degraded, of: .embedded, on: "a")
        var plan = cluster.plan("one")
        #expect(abs(plan.exactScore(on: "a") - 0.35) < 1e-12)
    }

    @Test func boundAndUnboundVolumesAreMixed() {
        var cluster = Self.twoPools()
        cluster.volume("data", engine: .embedded, on: ["a"])
        var plan = cluster.plan("data", "one")
        #expect(plan.score(on: "a") == 9)  // (1 + 0.7) / 2
    }

    @Test func poolsOfUnknownCapacityAreComparedToTheEmptiestOfThem() {
        var cluster = TestCluster()
        cluster.node("a", [.embedded: .online], pools: [ssd(capacity: nil, available: 80 * gi)])
        cluster.node("b", [.embedded: .online], pools: [ssd(capacity: nil, available: 40 * gi)])
        cluster.lateClass()
        cluster.lateClaim("one", 10 * gi)
        var plan = cluster.plan("one")
        #expect(plan.scores("a", "b") == [9, 4])  // 70 / 80 and 30 / 80
    }

    @Test func poolThatDoesNotTellScoresNothingBesideOneThatDoes() {
        var cluster = TestCluster()
        cluster.node("a", [.embedded: .online], pools: [ssd(available: 60 * gi)])
        cluster.node("b", [.embedded: .online], pools: [ssd(available: nil)])
        cluster.lateClass()
        cluster.lateClaim("one", 10 * gi)
        var plan = cluster.plan("one")
        #expect(plan.scores("a", "b") == [5, 0])
    }

    @Test func noOpinionWhereNoPoolTellsItsSpace() {
        var cluster = TestCluster()
        cluster.node("a", [.embedded: .online], pools: [ssd(available: nil)])
        cluster.volume("data", engine: .embedded, on: ["a"])
        cluster.lateClass()
        cluster.lateClaim("one", 10 * gi)
        var plan = cluster.plan("data", "one")
        #expect(plan.rejection(on: "a") == nil)
        #expect(plan.share(of: 1, at: plan.ordinal("a")) == nil)
        #expect(plan.score(on: "a") == 10)
    }

    @Test func fullNodeAfterRoomyOneScoresNothing() {
        var cluster = TestCluster()
        cluster.node("roomy", [.embedded: .online], pools: [ssd(available: 60 * gi)])
        cluster.node("full", [.embedded: .online], pools: [ssd(available: 5 * gi)])
        cluster.node("poolless", [.embedded: .online])
        cluster.node("down", [.embedded: .storageDown])
        cluster.lateClass()
        cluster.lateClaim("one", 10 * gi)
        var plan = cluster.plan("one")
        // In this order: what was found for one node must not be taken for the next one's.
        #expect(plan.scores("roomy", "poolless", "roomy", "down", "roomy", "full") == [5, 0, 5, 0, 5, 0])
    }
}
