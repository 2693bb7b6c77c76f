import Placement
import Testing
import Topology

@Suite struct ReservationLedgerTests {
    /// Nodes with one pool of 100 GiB each, and so many claims of 10 GiB.
    private static func cluster(nodes: Int = 1, claims: Int = 3) -> TestCluster {
        var cluster = TestCluster()
        for index in 0..<nodes { cluster.node("node-\(index)", [.embedded: .online], pools: [ssd()]) }
        cluster.lateClass()
        for index in 0..<claims { cluster.lateClaim("claim-\(index)", 10 * gi) }
        return cluster
    }

    private static func pod(_ index: Int, uid: String? = nil) -> Pod {
        Pod(namespace: "default", name: "pod-\(index)", uid: uid ?? "uid-\(index)", claims: ["claim-\(index)"])
    }

    /// Holds what a pod takes on a node.
    private static func hold(
        _ pod: Pod, on node: String, in snapshot: TopologySnapshot, _ ledger: inout ReservationLedger, now: Int64 = 0
    ) throws {
        var plan = PlacementPlan(
            pod: pod, snapshot: snapshot, reserved: ledger.reserved(in: snapshot, excluding: pod, now: now))
        let ordinal = try #require(plan.ordinal(node))
        ledger.hold(plan.newSpace(at: ordinal), for: pod, at: ordinal, in: snapshot, now: now)
    }

    /// The fraction of a node's pool that would stay free for a claim of nothing, as a pod meets it.
    private static func free(
        on node: String, for pod: Pod = Pod(namespace: "default", name: "probe", claims: ["probe"]),
        in cluster: TestCluster, generation: Int64 = 1, _ ledger: inout ReservationLedger, now: Int64 = 0
    ) -> Double {
        var cluster = cluster
        cluster.lateClaim("probe", 0)
        let snapshot = cluster.snapshot(generation: generation)
        var plan = PlacementPlan(
            pod: pod, snapshot: snapshot, reserved: ledger.reserved(in: snapshot, excluding: pod, now: now))
        return plan.exactScore(on: node)
    }

    @Test func burstOfPodsFillsNoPoolTwice() throws {
        let cluster = Self.cluster(nodes: 3, claims: 50)
        let snapshot = cluster.snapshot()
        var ledger = ReservationLedger()
        var placed: [String: Int64] = [:]
        var refused = 0
        for index in 0..<50 {
            let pod = Self.pod(index)
            var plan = PlacementPlan(
                pod: pod, snapshot: snapshot,
                reserved: ledger.reserved(in: snapshot, excluding: pod, now: Int64(index)))
            let names = plan.passing(snapshot.knownNodes)
            var best: (name: String, score: Double)?
            for name in names {
                let score = plan.exactScore(on: name)
                if score > best?.score ?? -1 { best = (name, score) }
            }
            guard let best else {
                refused += 1
                continue
            }
            let ordinal = try #require(plan.ordinal(best.name))
            ledger.hold(plan.newSpace(at: ordinal), for: pod, at: ordinal, in: snapshot, now: Int64(index))
            placed[best.name, default: 0] += 10 * gi
        }
        #expect(placed == ["node-0": 100 * gi, "node-1": 100 * gi, "node-2": 100 * gi])
        #expect(refused == 20)
        #expect(ledger.count == 30)
        #expect(ledger.heldBytes == 300 * gi)
    }

    @Test func emptyLedgerHoldsNothing() {
        var ledger = ReservationLedger()
        let cluster = Self.cluster()
        #expect(ledger.count == 0)
        #expect(ledger.heldBytes == 0)
        #expect(Self.free(on: "node-0", in: cluster, &ledger) == 1)
    }

    @Test func holdingNothingMakesNoEntry() {
        var ledger = ReservationLedger()
        let snapshot = Self.cluster().snapshot()
        ledger.hold([], for: Self.pod(0), at: 0, in: snapshot, now: 0)
        #expect(ledger.count == 0)
    }

    @Test func ownReservationIsNotCounted() throws {
        let cluster = Self.cluster()
        var ledger = ReservationLedger()
        try Self.hold(Self.pod(0), on: "node-0", in: cluster.snapshot(), &ledger)
        #expect(Self.free(on: "node-0", in: cluster, &ledger) == 0.9)
        var own = Self.pod(0)
        own.claims = ["probe"]
        #expect(Self.free(on: "node-0", for: own, in: cluster, &ledger) == 1)
        #expect(Self.free(on: "node-0", in: cluster, &ledger) == 0.9)
    }

    @Test func holdingAgainReplacesWhatWasHeld() throws {
        let cluster = Self.cluster(nodes: 2)
        let snapshot = cluster.snapshot()
        var ledger = ReservationLedger()
        try Self.hold(Self.pod(0), on: "node-0", in: snapshot, &ledger)
        try Self.hold(Self.pod(0), on: "node-1", in: snapshot, &ledger)
        #expect(ledger.count == 1)
        #expect(Self.free(on: "node-0", in: cluster, &ledger) == 1)
        #expect(Self.free(on: "node-1", in: cluster, &ledger) == 0.9)
    }

    @Test func podMadeAnewTakesOverItsPredecessorsPlace() throws {
        let cluster = Self.cluster()
        let snapshot = cluster.snapshot()
        var ledger = ReservationLedger()
        try Self.hold(Self.pod(0, uid: "first"), on: "node-0", in: snapshot, &ledger)
        try Self.hold(Self.pod(0, uid: "second"), on: "node-0", in: snapshot, &ledger)
        #expect(ledger.heldBytes == 10 * gi)
    }

    @Test func podsOfEqualNamesInTwoNamespacesHoldApart() throws {
        var cluster = Self.cluster()
        cluster.topology.claims.append(
            Claim(namespace: "other", name: "claim-0", storageClass: "late", requested: 10 * gi))
        let snapshot = cluster.snapshot()
        var ledger = ReservationLedger()
        var other = Self.pod(0)
        other.namespace = "other"
        try Self.hold(Self.pod(0), on: "node-0", in: snapshot, &ledger)
        try Self.hold(other, on: "node-0", in: snapshot, &ledger)
        #expect(ledger.count == 2)
        #expect(Self.free(on: "node-0", in: cluster, &ledger) == 0.8)
    }

    @Test func releaseGivesTheSpaceBack() throws {
        let cluster = Self.cluster()
        let snapshot = cluster.snapshot()
        var ledger = ReservationLedger()
        try Self.hold(Self.pod(0), on: "node-0", in: snapshot, &ledger)
        try Self.hold(Self.pod(1), on: "node-0", in: snapshot, &ledger)
        #expect(Self.free(on: "node-0", in: cluster, &ledger) == 0.8)
        ledger.release(Self.pod(0), in: snapshot)
        #expect(Self.free(on: "node-0", in: cluster, &ledger) == 0.9)
        ledger.release(Self.pod(0), in: snapshot)
        ledger.release(Self.pod(1), in: snapshot)
        #expect(Self.free(on: "node-0", in: cluster, &ledger) == 1)
        #expect(ledger.count == 0)
    }

    @Test func reservationEndsAfterSixtySeconds() throws {
        let cluster = Self.cluster()
        var ledger = ReservationLedger()
        try Self.hold(Self.pod(0), on: "node-0", in: cluster.snapshot(), &ledger, now: 1_000)
        try Self.hold(Self.pod(1), on: "node-0", in: cluster.snapshot(), &ledger, now: 31_000)
        #expect(Self.free(on: "node-0", in: cluster, &ledger, now: 60_999) == 0.8)
        #expect(Self.free(on: "node-0", in: cluster, &ledger, now: 61_000) == 0.9)
        #expect(Self.free(on: "node-0", in: cluster, &ledger, now: 90_999) == 0.9)
        #expect(Self.free(on: "node-0", in: cluster, &ledger, now: 91_000) == 1)
        #expect(ledger.count == 0)
    }

    // MARK: Settling

    /// A ledger in which one pod holds a claim's space on `node-0`.
    private static func held() throws -> (TestCluster, ReservationLedger) {
        let cluster = Self.cluster(nodes: 2)
        var ledger = ReservationLedger()
        try hold(pod(0), on: "node-0", in: cluster.snapshot(), &ledger)
        return (cluster, ledger)
    }

    @Test func unrelatedChangeSettlesNothing() throws {
        var (cluster, ledger) = try Self.held()
        cluster.node("node-2", [.embedded: .online])
        ledger.settle(with: cluster.snapshot(generation: 2), now: 1)
        #expect(ledger.count == 1)
        #expect(Self.free(on: "node-0", in: cluster, generation: 2, &ledger) == 0.9)
    }

    @Test func selectedNodeSettlesAndIsCountedOnce() throws {
        var (cluster, ledger) = try Self.held()
        cluster.topology.claims[0].annotations[AnnotationKey.selectedNode] = "node-0"
        #expect(Self.free(on: "node-0", in: cluster, generation: 2, &ledger) == 0.9)
        #expect(ledger.count == 0)
    }

    @Test func boundVolumeSettles() throws {
        var (cluster, ledger) = try Self.held()
        cluster.topology.claims[0].volume = "pv-0"
        ledger.settle(with: cluster.snapshot(generation: 2), now: 1)
        #expect(ledger.count == 0)
    }

    @Test func podBoundElsewhereSettles() throws {
        var (cluster, ledger) = try Self.held()
        var pod = Self.pod(0)
        pod.node = "node-1"
        cluster.topology.pods = [pod]
        ledger.settle(with: cluster.snapshot(generation: 2), now: 1)
        #expect(ledger.count == 0)
    }

    @Test func podBoundWhereItsSpaceIsHeldKeepsIt() throws {
        var (cluster, ledger) = try Self.held()
        var pod = Self.pod(0)
        pod.node = "node-0"
        cluster.topology.pods = [pod]
        ledger.settle(with: cluster.snapshot(generation: 2), now: 1)
        #expect(ledger.count == 1)
    }

    @Test func podOfAnotherUIDBoundElsewhereSettlesNothing() throws {
        var (cluster, ledger) = try Self.held()
        var predecessor = Self.pod(0, uid: "before")
        predecessor.node = "node-1"
        cluster.topology.pods = [predecessor]
        ledger.settle(with: cluster.snapshot(generation: 2), now: 1)
        #expect(ledger.count == 1)
    }

    @Test func claimsOfAPodSettleOneByOne() throws {
        var cluster = Self.cluster(claims: 2)
        let pod = Pod(namespace: "default", name: "pod", uid: "uid", claims: ["claim-0", "claim-1"])
        var ledger = ReservationLedger()
        try Self.hold(pod, on: "node-0", in: cluster.snapshot(), &ledger)
        #expect(ledger.heldBytes == 20 * gi)
        cluster.topology.claims[1].volume = "pv-1"
        ledger.settle(with: cluster.snapshot(generation: 2), now: 1)
        #expect(ledger.heldBytes == 10 * gi)
        #expect(Self.free(on: "node-0", in: cluster, generation: 3, &ledger) == 0.9)
    }

    @Test func movedVolumeIsSettledByAReplicaOnTheNode() throws {
        var cluster = Self.cluster(nodes: 3, claims: 0)
        cluster.volume("data", engine: .embedded, size: 10 * gi, on: ["node-1"])
        let pod = cluster.pod(claims: ["data"])
        var ledger = ReservationLedger()
        try Self.hold(pod, on: "node-0", in: cluster.snapshot(), &ledger)
        #expect(Self.free(on: "node-0", in: cluster, &ledger) == 0.9)
        cluster.topology.volumes[0].replicas.append(Replica(node: "node-2"))
        ledger.settle(with: cluster.snapshot(generation: 2), now: 1)
        #expect(ledger.count == 1)
        cluster.topology.volumes[0].replicas.append(Replica(node: "node-0", state: .failed))
        ledger.settle(with: cluster.snapshot(generation: 3), now: 1)
        #expect(ledger.count == 1)
        cluster.topology.volumes[0].replicas[2].state = .syncing(progress: 0)
        ledger.settle(with: cluster.snapshot(generation: 4), now: 1)
        #expect(ledger.count == 0)
    }

    // MARK: Snapshots that change

    @Test func spaceFollowsItsPoolWhereverThePoolStandsInTheList() throws {
        var (cluster, ledger) = try Self.held()
        cluster.topology.nodes[0].pools.insert(ssd("another", available: 95 * gi), at: 0)
        // The emptiest pool is now the other one: 95 of 100, since 10 of the first are still held.
        #expect(Self.free(on: "node-0", in: cluster, generation: 2, &ledger) == 0.95)
        cluster.topology.nodes[0].pools[0].available = 0
        #expect(Self.free(on: "node-0", in: cluster, generation: 3, &ledger) == 0.9)
    }

    @Test func spaceOfAPoolThatIsGoneIsNotTakenFromAnother() throws {
        var (cluster, ledger) = try Self.held()
        cluster.topology.nodes[0].pools = [ssd("another")]
        #expect(Self.free(on: "node-0", in: cluster, generation: 2, &ledger) == 1)
        cluster.topology.nodes[0].pools = [ssd(engine: .linstor), ssd("another", available: 50 * gi)]
        #expect(Self.free(on: "node-0", in: cluster, generation: 3, &ledger) == 0.5)
        cluster.topology.nodes[0].pools = [ssd()]
        #expect(Self.free(on: "node-0", in: cluster, generation: 4, &ledger) == 0.9)
    }

    @Test func spaceOfANodeThatIsGoneIsHeldForItsReturn() throws {
        var (cluster, ledger) = try Self.held()
        let node = cluster.topology.nodes.removeFirst()
        #expect(Self.free(on: "node-1", in: cluster, generation: 2, &ledger) == 1)
        cluster.topology.nodes.append(node)
        #expect(Self.free(on: "node-0", in: cluster, generation: 3, &ledger) == 0.9)
    }

    @Test func releaseAgainstAnotherSnapshotLeavesNothingBehind() throws {
        var (cluster, ledger) = try Self.held()
        cluster.topology.nodes[0].pools.insert(ssd("another", available: 0), at: 0)
        ledger.release(Self.pod(0), in: cluster.snapshot(generation: 2))
        #expect(Self.free(on: "node-0", in: cluster, generation: 2, &ledger) == 1)
    }

    @Test func hugeReservationsDoNotOverflowAndComeOutAsTheyWere() throws {
        var cluster = TestCluster()
        cluster.node("node-0", [.embedded: .online], pools: [ssd(available: nil)])
        cluster.node("node-1", [.embedded: .online], pools: [ssd(available: 100 * gi)])
        cluster.lateClass()
        for index in 0..<4 { cluster.lateClaim("claim-\(index)", .max / 2) }
        let snapshot = cluster.snapshot()
        var ledger = ReservationLedger()
        // Held without looking at what the others hold, as verbs that overlap do.
        for index in 0..<4 {
            var plan = PlacementPlan(pod: Self.pod(index), snapshot: snapshot)
            let ordinal = try #require(plan.ordinal("node-0"))
            ledger.hold(plan.newSpace(at: ordinal), for: Self.pod(index), at: ordinal, in: snapshot, now: 0)
            _ = ledger.reserved(in: snapshot, excluding: Self.pod(9), now: 0)
        }
        #expect(ledger.count == 4)
        #expect(ledger.heldBytes == .max)
        cluster.lateClaim("byte", 1)
        func fits() -> Bool {
            let probe = Pod(namespace: "default", name: "probe", claims: ["byte"])
            let now = cluster.snapshot()
            var plan = PlacementPlan(
                pod: probe, snapshot: now, reserved: ledger.reserved(in: now, excluding: probe, now: 0))
            return plan.rejection(on: "node-0") == nil
        }
        for index in 0..<3 {
            #expect(!fits())
            ledger.release(Self.pod(index), in: snapshot)
        }
        #expect(!fits())
        ledger.release(Self.pod(3), in: snapshot)
        #expect(fits())
    }
}
