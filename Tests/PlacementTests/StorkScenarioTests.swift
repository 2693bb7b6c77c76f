// The situations of STORK's `pkg/extender/extender_test.go`, with the outcomes that Jabiru's rules give.
//
// STORK's tests that are not here:
// - pxCSIExtPod…: Jabiru places no driver's own pods; a pod without claims passes.
// - nodeName, ip: the engine's reader maps its nodes to Kubernetes' before they reach the cache.
// - multipleVolumeTestWithCache: Jabiru has no other way than its cache.
// - invalidRequests, extenderMetrics: these are about HTTP and metrics, not about placement.
// - skipScoringForWindowsPods: a Windows share has no replicas that a Linux engine could report, so gives no opinion.
// - kubevirtPodScheduling…: a virtual machine's launcher pod uses claims like any other and is placed like any other.

import Placement
import Testing
import Topology

@Suite struct StorkScenarioTests {
    // MARK: Pods without an opinion

    @Test func noPVC() {
        var plan = Stork.racks("1", "1", "1").plan()
        #expect(plan.passing(["n1", "n2", "n3"]) == ["n1", "n2", "n3"])
        #expect(plan.scores("n1", "n2", "n3") == [0, 0, 0])
    }

    @Test func noDriverVolume() {
        var cluster = Stork.racks("1", "1", "1")
        cluster.topology.claims.append(Claim(namespace: "default", name: "foreign", volume: "pv-foreign"))
        var plan = cluster.plan("foreign")
        #expect(plan.passing(["n1", "n2", "n3"]) == ["n1", "n2", "n3"])
        #expect(plan.scores("n1", "n2", "n3") == [0, 0, 0])
    }

    @Test func waitForFirstConsumerVolume() {
        var cluster = Stork.racks("1", "1", "1")
        cluster.lateClass(provisioner: "pxd.portworx.com")
        cluster.lateClaim("late", 10 * gi)
        var plan = cluster.plan("late")
        #expect(plan.passing(["n1", "n2", "n3"]) == ["n1", "n2", "n3"])
        #expect(plan.scores("n1", "n2", "n3") == [0, 0, 0])
    }

    @Test func waitForFirstConsumerVolumeBesideABoundOne() {
        var cluster = Stork.racks("1", "1", "1")
        cluster.lateClass(provisioner: "pxd.portworx.com")
        cluster.lateClaim("late", 10 * gi)
        cluster.volume("data", engine: Stork.engine, on: ["n2"])
        var plan = cluster.plan("late", "data")
        #expect(plan.passing(["n1", "n2", "n3"]) == ["n1", "n2", "n3"])
        #expect(plan.scores("n1", "n2", "n3") == [5, 10, 5])
    }

    // MARK: Distance

    @Test func noVolumeNodeAmongTheCandidates() {
        var cluster = Stork.racks("1", "2", "1", "3", "4")
        cluster.volume("data", engine: Stork.engine, on: ["n1", "n2"])
        var plan = cluster.plan("data")
        #expect(plan.passing(["n3", "n4", "n5"]) == ["n3", "n4", "n5"])
        #expect(plan.scores("n3", "n4", "n5") == [5, 0, 0])
    }

    @Test func noDriverNodeAmongTheCandidates() {
        var cluster = Stork.racks("1", "2", "1")
        cluster.node("n4", rack: "3", [:])
        cluster.node("n5", rack: "4", [:])
        cluster.volume("data", engine: Stork.engine, on: ["n1", "n2"])
        var plan = cluster.plan("data")
        #expect(plan.rejection(on: "n4") == .engineAbsent)
        #expect(plan.rejection(on: "n5") == .engineAbsent)
    }

    @Test func singleVolume() {
        var cluster = Stork.racks("1", "2", "1", "2", "3")
        cluster.volume("data", engine: Stork.engine, on: ["n1", "n2"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Stork.five) == Stork.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [10, 10, 5, 5, 0])
    }

    private static func twoVolumes(skipSecond: Bool = false) -> TestCluster {
        var cluster = Stork.racks("1", "2", "3", "1", "2")
        cluster.volume("one", engine: Stork.engine, on: ["n1", "n2"])
        cluster.volume(
            "two", engine: Stork.engine,
            parameters: skipSecond ? [AnnotationKey.storkSkipSchedulerScoring: "true"] : [:],
            on: ["n2", "n3"])
        return cluster
    }

    @Test func multipleVolumes() {
        var plan = Self.twoVolumes().plan("one", "two")
        #expect(plan.passing(Stork.five) == Stork.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [5, 10, 5, 3, 5])
    }

    @Test func multipleVolumesOfWhichOneSkipsScoring() {
        var plan = Self.twoVolumes(skipSecond: true).plan("one", "two")
        #expect(plan.passing(Stork.five) == Stork.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [10, 10, 0, 5, 5])
    }

    @Test func multipleVolumesWithAStorageDownNode() {
        var cluster = Self.twoVolumes()
        cluster.setHealth(.storageDown, of: Stork.engine, on: "n3")
        var plan = cluster.plan("one", "two")
        #expect(plan.passing(Stork.five) == Stork.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [5, 10, 0, 3, 5])
    }

    private static func zones() -> TestCluster {
        var cluster = Stork.cluster(
            ("1", "a", nil), ("2", "a", nil), ("1", "b", nil), ("2", "b", nil), ("1", "c", nil))
        cluster.volume("one", engine: Stork.engine, on: ["n1", "n2"])
        cluster.volume("two", engine: Stork.engine, on: ["n2", "n3"])
        return cluster
    }

    @Test func zone() {
        var plan = Self.zones().plan("one", "two")
        #expect(plan.passing(Stork.five) == Stork.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [6, 10, 5, 1, 0])
    }

    @Test func zoneWithAStorageDownNode() {
        var cluster = Self.zones()
        cluster.setHealth(.storageDown, of: Stork.engine, on: "n1")
        var plan = cluster.plan("one", "two")
        #expect(plan.passing(Stork.five) == Stork.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [1, 10, 5, 1, 0])
    }

    private static func regions(secondZone: String) -> TestCluster {
        var cluster = Stork.cluster(
            ("1", "a", "e1"), ("2", secondZone, "e1"), ("1", "b", "e1"), ("2", "b", "e2"), ("1", "c", "e2"))
        cluster.volume("one", engine: Stork.engine, on: ["n1", "n2"])
        cluster.volume("two", engine: Stork.engine, on: ["n2", "n3"])
        return cluster
    }

    @Test func region() {
        var plan = Self.regions(secondZone: "a").plan("one", "two")
        #expect(plan.passing(Stork.five) == Stork.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [6, 10, 6, 0, 0])
    }

    @Test func regionWithAStorageDownNode() {
        var cluster = Self.regions(secondZone: "c")
        cluster.setHealth(.storageDown, of: Stork.engine, on: "n3")
        var plan = cluster.plan("one", "two")
        #expect(plan.passing(Stork.five) == Stork.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [6, 10, 1, 0, 0])
    }

    // MARK: Faults

    @Test func driverThatCannotBeAskedStrandsNoPod() {
        var cluster = Stork.racks("1", "1", "1", "1", "1")
        for name in Stork.five { cluster.setHealth(.unknown, of: Stork.engine, on: name) }
        cluster.volume("data", engine: Stork.engine, on: ["n1", "n2"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Stork.five) == Stork.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [5, 5, 3, 3, 3])
    }

    @Test func driverNodeInErrorState() {
        var cluster = Stork.racks("1", "2", "1", "2", "3")
        cluster.volume("data", engine: Stork.engine, on: ["n1", "n2"])
        cluster.setHealth(.offline, of: Stork.engine, on: "n1")
        var plan = cluster.plan("data")
        #expect(plan.passing(Stork.five) == ["n2", "n3", "n4", "n5"])
        #expect(plan.rejection(on: "n1") == .storageOffline)
        #expect(plan.scores("n2", "n3", "n4", "n5") == [10, 0, 5, 0])
    }

    @Test func noReplicasOnline() {
        var cluster = Stork.racks("1", "2", "1")
        cluster.volume("data", engine: Stork.engine, on: ["n1"])
        cluster.setHealth(.offline, of: Stork.engine, on: "n1")
        var plan = cluster.plan("data")
        #expect(plan.passing(["n1", "n2", "n3"]).isEmpty)
        #expect(plan.podRejection == .noUsableReplica)
    }

    @Test func restorePVC() {
        var cluster = Stork.racks("1", "2", "1")
        cluster.volume(
            "data", engine: Stork.engine, claimAnnotations: [AnnotationKey.storkRestoreInProgress: "true"], on: ["n1"])
        var restoring = cluster.plan("data")
        #expect(restoring.passing(["n1", "n2", "n3"]).isEmpty)
        #expect(restoring.podRejection == .restoring)
        cluster.topology.claims[0].annotations = [:]
        var restored = cluster.plan("data")
        #expect(restored.passing(["n1", "n2", "n3"]) == ["n1", "n2", "n3"])
        var unknown = cluster.plan("dummy-pvc-claim")
        #expect(unknown.passing(["n1", "n2", "n3"]) == ["n1", "n2", "n3"])
    }

    @Test func invalidNodePrioritize() {
        var cluster = Stork.racks("1", "2")
        cluster.node("n3", rack: "1", [:])
        cluster.volume("near", engine: Stork.engine, on: ["n1"])
        cluster.volume("away", engine: Stork.engine, parameters: Stork.shared, on: ["n1"])
        var near = cluster.plan("near")
        #expect(near.scores("n1", "n2", "n3") == [10, 0, 0])
        var away = cluster.plan("away")
        #expect(away.scores("n1", "n2", "n3") == [0, 10, 0])
    }

    // MARK: Nodes closed by the operator

    @Test func nodeMarkedUnschedulable() {
        var cluster = Stork.racks("1", "2", "3", "1", "2")
        cluster.topology.nodes[1].annotations[AnnotationKey.storkUnschedulable] = "true"
        cluster.volume("data", engine: Stork.engine, on: ["n2"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Stork.five) == ["n1", "n3", "n4", "n5"])
        #expect(plan.rejection(on: "n2") == .storageClosed)
    }

    @Test func nodeMarkedUnschedulableWithAWaitForFirstConsumerVolume() {
        var cluster = Stork.racks("1", "1", "1", "1", "2")
        for index in [2, 3] { cluster.topology.nodes[index].annotations[AnnotationKey.storkUnschedulable] = "true" }
        cluster.lateClass(provisioner: "pxd.portworx.com")
        cluster.lateClaim("late", 10 * gi)
        var plan = cluster.plan("late")
        #expect(plan.passing(Stork.five) == ["n1", "n2", "n5"])
    }
}

/// The clusters that STORK's tests are made of.
enum Stork {
    static let engine = Engine.portworx
    static let shared = [
        AnnotationKey.portworxShared: "true", AnnotationKey.portworxSharedServiceType: "ClusterIP",
    ]

    /// Nodes `n1`, `n2` … at `rack`, `zone` and `region`.
    static func cluster(_ places: (rack: String, zone: String?, region: String?)...) -> TestCluster {
        var cluster = TestCluster()
        for (index, place) in places.enumerated() {
            cluster.node(
                "n\(index + 1)", region: place.region, zone: place.zone, rack: place.rack, [engine: .online])
        }
        return cluster
    }

    static func racks(_ racks: String...) -> TestCluster {
        var cluster = TestCluster()
        for (index, rack) in racks.enumerated() { cluster.node("n\(index + 1)", rack: rack, [engine: .online]) }
        return cluster
    }

    /// Six nodes, three in each of two regions.
    static func twoRegions() -> TestCluster {
        cluster(
            ("1", "a", "1"), ("1", "a", "1"), ("1", "a", "1"), ("2", "b", "2"), ("2", "b", "2"), ("2", "b", "2"))
    }

    static func sixInOneRack() -> TestCluster { racks("1", "1", "1", "1", "1", "1") }

    static func sharedWith(_ more: [String: String]) -> [String: String] { shared.merging(more) { $1 } }

    static let six = ["n1", "n2", "n3", "n4", "n5", "n6"]
    static let five = ["n1", "n2", "n3", "n4", "n5"]
}
