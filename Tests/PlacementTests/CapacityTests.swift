import Placement
import Testing
import Topology

@Suite struct CapacityTests {
    /// A node with embedded pools of which so many GiB are available, and a claim for each size.
    private static func cluster(
        pools: [Int64], claims: [Int64], classParameters: [String: String] = [:], health: StorageHealth = .online
    ) -> TestCluster {
        var cluster = TestCluster()
        cluster.node(
            "a", [.embedded: health],
            pools: pools.enumerated().map { ssd("pool-\($0.offset)", capacity: 100 * gi, available: $0.element * gi) })
        cluster.lateClass(parameters: classParameters)
        for (index, size) in claims.enumerated() { cluster.lateClaim("claim-\(index)", size * gi) }
        return cluster
    }

    private static func fits(_ cluster: TestCluster, _ policy: PlacementPolicy = PlacementPolicy()) -> Bool {
        let claims = cluster.topology.claims.map(\.name)
        var plan = cluster.plan(cluster.pod(claims: claims), policy: policy)
        return plan.rejection(on: "a") == nil
    }

    @Test(arguments: [
        ([10], [10], true), ([10], [11], false), ([10], [5, 5], true), ([10], [5, 6], false),
        ([10, 10], [10, 10], true), ([10, 10], [11], false), ([10, 10], [6, 6, 6], false), ([0], [0], true),
        ([], [1], false), ([], [0], false),
        // The greedy choice, the largest first into the emptiest, fails for the next two.
        ([10, 9], [9, 5, 5], true), ([12, 11, 7], [7, 7, 6, 5, 5], true), ([10, 9], [9, 6, 5], false),
    ])
    func claimsAreSummedByPool(pools: [Int64], claims: [Int64], fits: Bool) {
        let cluster = Self.cluster(pools: pools, claims: claims)
        #expect(Self.fits(cluster) == fits)
        #expect(Self.fits(cluster, PlacementPolicy(unbound: .pack)) == fits)
    }

    @Test func manyEqualClaimsWithOnePlaceTooFewAreTurnedDownWithoutTryingAllCombinations() {
        // 60 places for 61 claims: without the count this would take the step limit on each node.
        var cluster = Self.cluster(
            pools: [Int64](repeating: 59, count: 20), claims: [Int64](repeating: 19, count: 61))
        #expect(!Self.fits(cluster))
        cluster.topology.claims.removeLast()
        #expect(Self.fits(cluster))
    }

    @Test func onlyTheNamedPoolOrMediaWillDo() {
        var cluster = TestCluster()
        cluster.node(
            "a", [.embedded: .online],
            pools: [
                ssd("fast", available: 10 * gi, media: "nvme"), ssd("bulk", available: 90 * gi, media: "hdd"),
                ssd("odd", available: 90 * gi, media: nil),
            ])
        for (name, parameters) in [
            ("fast", [AnnotationKey.pool: "fast"]), ("nvme", [AnnotationKey.media: "nvme"]), ("any", [:]),
            ("gone", [AnnotationKey.pool: "gone"]),
            ("both", [AnnotationKey.pool: "bulk", AnnotationKey.media: "nvme"]),
        ] {
            cluster.lateClass(name, parameters: parameters)
            cluster.lateClaim("\(name)-10", 10 * gi, class: name)
            cluster.lateClaim("\(name)-11", 11 * gi, class: name)
        }
        func passes(_ claims: String...) -> Bool {
            var plan = cluster.plan(cluster.pod(claims: claims))
            return plan.rejection(on: "a") == nil
        }
        #expect(passes("fast-10"))
        #expect(!passes("fast-11"))
        #expect(passes("nvme-10"))
        #expect(!passes("nvme-11"))
        #expect(!passes("fast-10", "nvme-10"))
        #expect(passes("any-11", "any-10", "nvme-10"))
        #expect(!passes("gone-10"))
        #expect(!passes("both-10"))
    }

    @Test(arguments: [(PoolHealth.online, true), (.degraded, true), (.failed, false)])
    func failedPoolsTakeNothing(health: PoolHealth, passes: Bool) {
        var cluster = Self.cluster(pools: [10], claims: [10])
        cluster.topology.nodes[0].pools[0].health = health
        #expect(Self.fits(cluster) == passes)
    }

    @Test(arguments: [
        (StorageHealth.online, true), (.degraded, true), (.unknown, true), (.storageDown, false),
    ])
    func newDataNeedsStorageThatWorks(health: StorageHealth, passes: Bool) {
        #expect(Self.fits(Self.cluster(pools: [10], claims: [10], health: health)) == passes)
    }

    @Test func poolsOfOtherEnginesDoNotCount() {
        var cluster = TestCluster()
        cluster.node(
            "a", [.embedded: .online, .longhorn: .online],
            pools: [ssd(available: 5 * gi), ssd("disk", available: 90 * gi, engine: .longhorn)])
        cluster.lateClass()
        cluster.lateClaim("late", 10 * gi)
        #expect(!Self.fits(cluster))
    }

    @Test func poolThatDoesNotTellIsNeverFull() {
        var cluster = Self.cluster(pools: [1], claims: [500, 500])
        cluster.topology.nodes[0].pools[0].available = nil
        #expect(Self.fits(cluster))
    }

    @Test func claimThatAsksForNothingFitsEverywhere() {
        var cluster = Self.cluster(pools: [0], claims: [])
        cluster.lateClaim("empty", nil)
        #expect(Self.fits(cluster))
    }

    // MARK: Engines served over the network

    @Test func engineOverTheNetworkNeedsNoLocalPool() {
        var cluster = TestCluster()
        cluster.node("full", [.longhorn: .online], pools: [ssd(available: 5 * gi, engine: .longhorn)])
        cluster.node("poolless", [.longhorn: .online])
        cluster.node("failed", [.longhorn: .online], pools: [ssd(health: .failed, engine: .longhorn)])
        cluster.node("down", [.longhorn: .storageDown], pools: [ssd(available: 5 * gi, engine: .longhorn)])
        cluster.lateClass(provisioner: "driver.longhorn.io")
        cluster.lateClaim("late", 10 * gi)
        var plan = cluster.plan("late")
        #expect(plan.rejection(on: "full") == .noSpace)
        #expect(plan.passing(["poolless", "failed", "down"]) == ["poolless", "failed", "down"])
        #expect(plan.scores("poolless", "failed", "down") == [0, 0, 0])
    }

    @Test func boundVolumeServedOverTheNetworkNeedsNoSpace() {
        var cluster = TestCluster()
        cluster.node("a", [.longhorn: .online], pools: [ssd(engine: .longhorn)])
        cluster.node("b", [.longhorn: .online], pools: [ssd(available: 0, engine: .longhorn)])
        cluster.volume("data", size: 10 * gi, on: ["a"])
        var plan = cluster.plan("data")
        #expect(plan.rejection(on: "b") == nil)
    }

    // MARK: Data that follows the pod

    @Test func boundVolumeNeedsItsSizeWhereItHasNoReplica() {
        var cluster = TestCluster()
        for (name, available) in [("home", 0), ("syncing", 0), ("stale", 0), ("failed", 0), ("full", 9), ("roomy", 10)]
        {
            cluster.node(name, [.embedded: .online], pools: [ssd(available: Int64(available) * gi)])
        }
        cluster.node("poolless", [.embedded: .online])
        cluster.volume(
            "data", engine: .embedded, size: 10 * gi,
            on: [
                Replica(node: "home"), Replica(node: "syncing", state: .syncing(progress: 0.1)),
                Replica(node: "stale", state: .stale(bytes: nil, seconds: nil)),
                Replica(node: "failed", state: .failed),
            ])
        var plan = cluster.plan("data")
        for name in ["home", "syncing", "stale", "roomy"] { #expect(plan.rejection(on: name) == nil, "\(name)") }
        for name in ["failed", "full", "poolless"] { #expect(plan.rejection(on: name) == .noSpace, "\(name)") }
        #expect(plan.newSpace(at: plan.ordinal("home") ?? -1).isEmpty)
        #expect(
            plan.newSpace(at: plan.ordinal("roomy") ?? -1)
                == [NewSpace(claim: "data", volume: "pv-data", pool: 0, bytes: 10 * gi)])
        #expect(plan.newSpace(at: plan.ordinal("full") ?? -1).isEmpty)
    }

    @Test func movedAndNewVolumesAreSummed() {
        var cluster = TestCluster()
        cluster.node("home", [.embedded: .online], pools: [ssd(available: 5 * gi)])
        cluster.node("away", [.embedded: .online], pools: [ssd(available: 14 * gi)])
        cluster.volume("data", engine: .embedded, size: 10 * gi, on: ["home"])
        cluster.lateClass()
        cluster.lateClaim("late", 5 * gi)
        var plan = cluster.plan("data", "late")
        #expect(plan.rejection(on: "home") == nil)
        #expect(plan.rejection(on: "away") == .noSpace)
    }

    @Test func volumeKeepsThePoolItWasMadeFor() {
        var cluster = TestCluster()
        cluster.node("home", [.embedded: .online], pools: [ssd("fast")])
        cluster.node("away", [.embedded: .online], pools: [ssd("bulk")])
        cluster.lateClass("class", parameters: [AnnotationKey.pool: "bulk"])
        cluster.volume(
            "data", engine: .embedded, parameters: [AnnotationKey.pool: "fast"], storageClass: "class",
            on: [Replica(node: "home")])
        var plan = cluster.plan("data")
        #expect(plan.rejection(on: "away") == .noSpace)
    }

    // MARK: Committed space

    @Test func claimsWithASelectedNodeTakeTheirSpaceThere() {
        var cluster = Self.cluster(pools: [20], claims: [])
        cluster.lateClaim("theirs", 15 * gi, selectedNode: "a")
        cluster.lateClaim("mine", 5 * gi)
        cluster.lateClaim("large", 6 * gi)
        var mine = cluster.plan("mine")
        var large = cluster.plan("large")
        #expect(mine.rejection(on: "a") == nil)
        #expect(large.rejection(on: "a") == .noSpace)
        #expect(mine.score(on: "a") == 0)
    }

    @Test func ownClaimWithASelectedNodeIsNotCountedTwice() {
        var cluster = Self.cluster(pools: [20], claims: [])
        cluster.lateClaim("mine", 15 * gi, selectedNode: "a")
        var mine = cluster.plan("mine")
        #expect(mine.rejection(on: "a") == nil)
        #expect(mine.exactScore(on: "a") == 0.05)
        cluster.lateClaim("theirs", 6 * gi)
        var theirs = cluster.plan("theirs")
        #expect(theirs.rejection(on: "a") == .noSpace)
    }

    @Test func boundClaimsAreNotCommitted() {
        var cluster = Self.cluster(pools: [20], claims: [])
        cluster.lateClaim("done", 15 * gi, selectedNode: "a")
        cluster.topology.claims[0].volume = "pv-done"
        cluster.lateClaim("mine", 20 * gi)
        var mine = cluster.plan("mine")
        #expect(mine.rejection(on: "a") == nil)
    }

    // MARK: Extremes

    @Test func sizesAtTheEndOfTheRangeDoNotOverflow() {
        var cluster = TestCluster()
        cluster.node(
            "a", [.embedded: .online],
            pools: [
                ssd("vast", capacity: .max, available: .max), ssd("silent", capacity: nil, available: nil),
                ssd("odd", capacity: 0, available: .min),
            ])
        cluster.lateClass()
        for index in 0..<4 { cluster.lateClaim("committed-\(index)", .max, selectedNode: "a") }
        for index in 0..<3 { cluster.lateClaim("huge-\(index)", .max) }
        cluster.lateClaim("negative", -5)
        cluster.lateClaim("least", .min)
        cluster.volume("data", engine: .embedded, size: .max, on: ["a"])
        for claims in [
            ["huge-0"], ["huge-0", "huge-1", "huge-2"], ["negative", "huge-0", "least"], ["data", "huge-0"],
            ["committed-0"], ["committed-0", "committed-1", "huge-0"],
        ] {
            for policy in [PlacementPolicy(), PlacementPolicy(weighting: .size, unbound: .pack)] {
                var plan = cluster.plan(cluster.pod(claims: claims), policy: policy)
                _ = plan.rejection(on: "a")
                #expect((0...10).contains(plan.score(on: "a")))
            }
        }
        var plan = cluster.plan("huge-0")
        #expect(plan.rejection(on: "a") == .noSpace)
    }

    @Test func wholeRangeFitsIntoAPoolOfTheWholeRange() {
        var cluster = TestCluster()
        cluster.node("a", [.embedded: .online], pools: [ssd(capacity: .max, available: .max)])
        cluster.lateClass()
        cluster.lateClaim("huge", .max)
        cluster.lateClaim("byte", 1)
        var alone = cluster.plan("huge")
        #expect(alone.rejection(on: "a") == nil)
        var both = cluster.plan("huge", "byte")
        #expect(both.rejection(on: "a") == .noSpace)
    }
}
