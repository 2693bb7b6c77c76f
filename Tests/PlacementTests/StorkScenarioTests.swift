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
    private static let engine = Engine.portworx
    private static let shared = [
        AnnotationKey.portworxShared: "true", AnnotationKey.portworxSharedServiceType: "ClusterIP",
    ]

    /// Nodes `n1`, `n2` … at `rack`, `zone` and `region`.
    private static func cluster(_ places: (rack: String, zone: String?, region: String?)...) -> TestCluster {
        var cluster = TestCluster()
        for (index, place) in places.enumerated() {
            cluster.node(
                "n\(index + 1)", region: place.region, zone: place.zone, rack: place.rack, [engine: .online])
        }
        return cluster
    }

    private static func racks(_ racks: String...) -> TestCluster {
        var cluster = TestCluster()
        for (index, rack) in racks.enumerated() { cluster.node("n\(index + 1)", rack: rack, [engine: .online]) }
        return cluster
    }

    /// Six nodes, three in each of two regions.
    private static func twoRegions() -> TestCluster {
        cluster(
            ("1", "a", "1"), ("1", "a", "1"), ("1", "a", "1"), ("2", "b", "2"), ("2", "b", "2"), ("2", "b", "2"))
    }

    private static func sixInOneRack() -> TestCluster { racks("1", "1", "1", "1", "1", "1") }

    private static func sharedWith(_ more: [String: String]) -> [String: String] { shared.merging(more) { $1 } }

    private static let six = ["n1", "n2", "n3", "n4", "n5", "n6"]
    private static let five = ["n1", "n2", "n3", "n4", "n5"]

    // MARK: Pods without an opinion

    @Test func noPVC() {
        var plan = Self.racks("1", "1", "1").plan()
        #expect(plan.passing(["n1", "n2", "n3"]) == ["n1", "n2", "n3"])
        #expect(plan.scores("n1", "n2", "n3") == [0, 0, 0])
    }

    @Test func noDriverVolume() {
        var cluster = Self.racks("1", "1", "1")
        cluster.topology.claims.append(Claim(namespace: "default", name: "foreign", volume: "pv-foreign"))
        var plan = cluster.plan("foreign")
        #expect(plan.passing(["n1", "n2", "n3"]) == ["n1", "n2", "n3"])
        #expect(plan.scores("n1", "n2", "n3") == [0, 0, 0])
    }

    @Test func waitForFirstConsumerVolume() {
        var cluster = Self.racks("1", "1", "1")
        cluster.lateClass(provisioner: "pxd.portworx.com")
        cluster.lateClaim("late", 10 * gi)
        var plan = cluster.plan("late")
        #expect(plan.passing(["n1", "n2", "n3"]) == ["n1", "n2", "n3"])
        #expect(plan.scores("n1", "n2", "n3") == [0, 0, 0])
    }

    @Test func waitForFirstConsumerVolumeBesideABoundOne() {
        var cluster = Self.racks("1", "1", "1")
        cluster.lateClass(provisioner: "pxd.portworx.com")
        cluster.lateClaim("late", 10 * gi)
        cluster.volume("data", engine: Self.engine, on: ["n2"])
        var plan = cluster.plan("late", "data")
        #expect(plan.passing(["n1", "n2", "n3"]) == ["n1", "n2", "n3"])
        #expect(plan.scores("n1", "n2", "n3") == [5, 10, 5])
    }

    // MARK: Distance

    @Test func noVolumeNodeAmongTheCandidates() {
        var cluster = Self.racks("1", "2", "1", "3", "4")
        cluster.volume("data", engine: Self.engine, on: ["n1", "n2"])
        var plan = cluster.plan("data")
        #expect(plan.passing(["n3", "n4", "n5"]) == ["n3", "n4", "n5"])
        #expect(plan.scores("n3", "n4", "n5") == [5, 0, 0])
    }

    @Test func noDriverNodeAmongTheCandidates() {
        var cluster = Self.racks("1", "2", "1")
        cluster.node("n4", rack: "3", [:])
        cluster.node("n5", rack: "4", [:])
        cluster.volume("data", engine: Self.engine, on: ["n1", "n2"])
        var plan = cluster.plan("data")
        #expect(plan.rejection(on: "n4") == .engineAbsent)
        #expect(plan.rejection(on: "n5") == .engineAbsent)
    }

    @Test func singleVolume() {
        var cluster = Self.racks("1", "2", "1", "2", "3")
        cluster.volume("data", engine: Self.engine, on: ["n1", "n2"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Self.five) == Self.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [10, 10, 5, 5, 0])
    }

    private static func twoVolumes(skipSecond: Bool = false) -> TestCluster {
        var cluster = Self.racks("1", "2", "3", "1", "2")
        cluster.volume("one", engine: engine, on: ["n1", "n2"])
        cluster.volume(
            "two", engine: engine, parameters: skipSecond ? [AnnotationKey.storkSkipSchedulerScoring: "true"] : [:],
            on: ["n2", "n3"])
        return cluster
    }

    @Test func multipleVolumes() {
        var plan = Self.twoVolumes().plan("one", "two")
        #expect(plan.passing(Self.five) == Self.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [5, 10, 5, 3, 5])
    }

    @Test func multipleVolumesOfWhichOneSkipsScoring() {
        var plan = Self.twoVolumes(skipSecond: true).plan("one", "two")
        #expect(plan.passing(Self.five) == Self.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [10, 10, 0, 5, 5])
    }

    @Test func multipleVolumesWithAStorageDownNode() {
        var cluster = Self.twoVolumes()
        cluster.setHealth(.storageDown, of: Self.engine, on: "n3")
        var plan = cluster.plan("one", "two")
        #expect(plan.passing(Self.five) == Self.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [5, 10, 0, 3, 5])
    }

    private static func zones() -> TestCluster {
        var cluster = Self.cluster(
            ("1", "a", nil), ("2", "a", nil), ("1", "b", nil), ("2", "b", nil), ("1", "c", nil))
        cluster.volume("one", engine: engine, on: ["n1", "n2"])
        cluster.volume("two", engine: engine, on: ["n2", "n3"])
        return cluster
    }

    @Test func zone() {
        var plan = Self.zones().plan("one", "two")
        #expect(plan.passing(Self.five) == Self.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [6, 10, 5, 1, 0])
    }

    @Test func zoneWithAStorageDownNode() {
        var cluster = Self.zones()
        cluster.setHealth(.storageDown, of: Self.engine, on: "n1")
        var plan = cluster.plan("one", "two")
        #expect(plan.passing(Self.five) == Self.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [1, 10, 5, 1, 0])
    }

    private static func regions(secondZone: String) -> TestCluster {
        var cluster = Self.cluster(
            ("1", "a", "e1"), ("2", secondZone, "e1"), ("1", "b", "e1"), ("2", "b", "e2"), ("1", "c", "e2"))
        cluster.volume("one", engine: engine, on: ["n1", "n2"])
        cluster.volume("two", engine: engine, on: ["n2", "n3"])
        return cluster
    }

    @Test func region() {
        var plan = Self.regions(secondZone: "a").plan("one", "two")
        #expect(plan.passing(Self.five) == Self.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [6, 10, 6, 0, 0])
    }

    @Test func regionWithAStorageDownNode() {
        var cluster = Self.regions(secondZone: "c")
        cluster.setHealth(.storageDown, of: Self.engine, on: "n3")
        var plan = cluster.plan("one", "two")
        #expect(plan.passing(Self.five) == Self.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [6, 10, 1, 0, 0])
    }

    // MARK: Faults

    @Test func driverThatCannotBeAskedStrandsNoPod() {
        var cluster = Self.racks("1", "1", "1", "1", "1")
        for name in Self.five { cluster.setHealth(.unknown, of: Self.engine, on: name) }
        cluster.volume("data", engine: Self.engine, on: ["n1", "n2"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Self.five) == Self.five)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5") == [5, 5, 3, 3, 3])
    }

    @Test func driverNodeInErrorState() {
        var cluster = Self.racks("1", "2", "1", "2", "3")
        cluster.volume("data", engine: Self.engine, on: ["n1", "n2"])
        cluster.setHealth(.offline, of: Self.engine, on: "n1")
        var plan = cluster.plan("data")
        #expect(plan.passing(Self.five) == ["n2", "n3", "n4", "n5"])
        #expect(plan.rejection(on: "n1") == .storageOffline)
        #expect(plan.scores("n2", "n3", "n4", "n5") == [10, 0, 5, 0])
    }

    @Test func noReplicasOnline() {
        var cluster = Self.racks("1", "2", "1")
        cluster.volume("data", engine: Self.engine, on: ["n1"])
        cluster.setHealth(.offline, of: Self.engine, on: "n1")
        var plan = cluster.plan("data")
        #expect(plan.passing(["n1", "n2", "n3"]).isEmpty)
        #expect(plan.podRejection == .noUsableReplica)
    }

    @Test func restorePVC() {
        var cluster = Self.racks("1", "2", "1")
        cluster.volume(
            "data", engine: Self.engine, claimAnnotations: [AnnotationKey.storkRestoreInProgress: "true"], on: ["n1"])
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
        var cluster = Self.racks("1", "2")
        cluster.node("n3", rack: "1", [:])
        cluster.volume("near", engine: Self.engine, on: ["n1"])
        cluster.volume("away", engine: Self.engine, parameters: Self.shared, on: ["n1"])
        var near = cluster.plan("near")
        #expect(near.scores("n1", "n2", "n3") == [10, 0, 0])
        var away = cluster.plan("away")
        #expect(away.scores("n1", "n2", "n3") == [0, 10, 0])
    }

    // MARK: Nodes closed by the operator

    @Test func nodeMarkedUnschedulable() {
        var cluster = Self.racks("1", "2", "3", "1", "2")
        cluster.topology.nodes[1].annotations[AnnotationKey.storkUnschedulable] = "true"
        cluster.volume("data", engine: Self.engine, on: ["n2"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Self.five) == ["n1", "n3", "n4", "n5"])
        #expect(plan.rejection(on: "n2") == .storageClosed)
    }

    @Test func nodeMarkedUnschedulableWithAWaitForFirstConsumerVolume() {
        var cluster = Self.racks("1", "1", "1", "1", "2")
        for index in [2, 3] { cluster.topology.nodes[index].annotations[AnnotationKey.storkUnschedulable] = "true" }
        cluster.lateClass(provisioner: "pxd.portworx.com")
        cluster.lateClaim("late", 10 * gi)
        var plan = cluster.plan("late")
        #expect(plan.passing(Self.five) == ["n1", "n2", "n5"])
    }

    // MARK: Local only

    private static let localOnly = [AnnotationKey.storkPreferLocalNodeOnly: "true"]

    @Test func preferLocalNode() {
        var cluster = Self.racks("1", "2", "1")
        cluster.volume("data", engine: Self.engine, on: ["n1"])
        var anywhere = cluster.plan("data")
        #expect(anywhere.passing(["n2", "n3"]) == ["n2", "n3"])
        var local = cluster.plan("data", annotations: Self.localOnly)
        #expect(local.passing(["n2", "n3"]).isEmpty)
        #expect(local.rejection(on: "n2") == .notLocal)
    }

    @Test func preferLocalNodeWithHyperConvergedVolumes() {
        var cluster = Self.twoRegions()
        cluster.volume("data", engine: Self.engine, on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data", annotations: Self.localOnly)
        #expect(plan.passing(Self.six) == ["n1", "n2", "n3"])
    }

    @Test func preferLocalNodeIsIgnoredWithAntiHyperConvergence() {
        var cluster = Self.twoRegions()
        cluster.volume("data", engine: Self.engine, parameters: Self.shared, on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data", annotations: Self.localOnly)
        #expect(plan.passing(Self.six) == Self.six)
    }

    @Test func disableHyperConvergence() {
        var cluster = Self.twoRegions()
        cluster.volume("data", engine: Self.engine, parameters: Self.shared, on: ["n1", "n2", "n3"])
        var plan = cluster.plan(
            "data", annotations: Self.localOnly.merging([AnnotationKey.storkDisableHyperconvergence: "true"]) { $1 })
        #expect(plan.passing(Self.six) == Self.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [0, 0, 0, 0, 0, 0])
    }

    // MARK: Away from replicas

    private static let remoteOnly = [AnnotationKey.storkPreferRemoteNodeOnly: "true"]

    @Test func preferRemoteNodeOnlyIsIgnoredForHyperConvergedVolumes() {
        var cluster = Self.twoRegions()
        cluster.volume("data", engine: Self.engine, parameters: Self.remoteOnly, on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Self.six) == Self.six)
    }

    @Test func preferRemoteNodeOnlyFailsWhereEveryNodeHasAReplica() {
        var cluster = Self.racks("1", "1", "1")
        cluster.volume(
            "data", engine: Self.engine, parameters: Self.sharedWith(Self.remoteOnly), on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data")
        #expect(plan.passing(["n1", "n2", "n3"]).isEmpty)
        #expect(plan.rejection(on: "n1") == .notRemote)
    }

    @Test func preferRemoteNodeOnlyAntiHyperConvergence() {
        var cluster = Self.twoRegions()
        cluster.volume(
            "data", engine: Self.engine, parameters: Self.sharedWith(Self.remoteOnly), on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Self.six) == ["n4", "n5", "n6"])
        cluster.setHealth(.offline, of: Self.engine, on: "n4")
        plan = cluster.plan("data")
        #expect(plan.passing(Self.six) == ["n5", "n6"])
        cluster.setHealth(.storageDown, of: Self.engine, on: "n5")
        cluster.setHealth(.storageDown, of: Self.engine, on: "n6")
        plan = cluster.plan("data")
        #expect(plan.passing(Self.six) == ["n5", "n6"])
    }

    @Test func preferRemoteNodeFalseOverrulesRemoteOnly() {
        var cluster = Self.twoRegions()
        cluster.volume(
            "data", engine: Self.engine,
            parameters: Self.sharedWith(Self.remoteOnly.merging([AnnotationKey.storkPreferRemoteNode: "false"]) { $1 }),
            on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Self.six) == Self.six)
    }

    @Test func antiHyperConvergence() {
        var cluster = Self.twoRegions()
        cluster.volume("data", engine: Self.engine, parameters: Self.shared, on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Self.six) == Self.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [0, 0, 0, 10, 10, 10])
    }

    @Test func offlineNodesAntiHyperConvergence() {
        var cluster = Self.twoRegions()
        cluster.volume("data", engine: Self.engine, parameters: Self.shared, on: ["n1", "n2", "n3"])
        cluster.setHealth(.offline, of: Self.engine, on: "n1")
        cluster.setHealth(.offline, of: Self.engine, on: "n4")
        var plan = cluster.plan("data")
        #expect(plan.passing(Self.six) == ["n2", "n3", "n5", "n6"])
    }

    // MARK: Near one volume, away from another

    private static func nearAndAway(
        _ cluster: TestCluster, away nodes: [String], skipNear: Bool = false, skipAway: Bool = false
    ) -> TestCluster {
        let skip = [AnnotationKey.storkSkipSchedulerScoring: "true"]
        var cluster = cluster
        cluster.volume("near", engine: engine, parameters: skipNear ? skip : [:], on: ["n1", "n2", "n3"])
        cluster.volume("away", engine: engine, parameters: skipAway ? sharedWith(skip) : shared, on: nodes)
        return cluster
    }

    @Test func multiVolumeAntiHyperConvergence() {
        var plan = Self.nearAndAway(Self.sixInOneRack(), away: ["n4", "n5", "n6"]).plan("near", "away")
        #expect(plan.passing(Self.six) == Self.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [10, 10, 10, 3, 3, 3])
    }

    @Test func multiVolumeAntiHyperConvergenceWithANodeOfBoth() {
        let cluster = Self.cluster(
            ("1", "a", "1"), ("1", "a", "1"), ("1", "a", "1"), ("1", "a", "1"), ("1", "a", "1"), ("2", "b", "2"))
        var plan = Self.nearAndAway(cluster, away: ["n3", "n4", "n5"]).plan("near", "away")
        #expect(plan.passing(Self.six) == Self.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [10, 10, 5, 3, 3, 5])
    }

    @Test func multiVolumeRemoteOnlyAntiHyperConvergence() {
        var cluster = Self.twoRegions()
        cluster.volume("near", engine: Self.engine, on: ["n1", "n2", "n3"])
        cluster.volume(
            "away", engine: Self.engine, parameters: Self.sharedWith(Self.remoteOnly), on: ["n1", "n2", "n3"])
        var plan = cluster.plan("near", "away")
        #expect(plan.passing(Self.six) == ["n4", "n5", "n6"])
        #expect(plan.scores("n4", "n5", "n6") == [5, 5, 5])
    }

    @Test func multiVolumeWithAndWithoutPreferRemoteNode() {
        var cluster = Self.twoRegions()
        cluster.volume("near", engine: Self.engine, on: ["n1", "n2", "n3"])
        cluster.volume(
            "kept", engine: Self.engine,
            parameters: Self.sharedWith(Self.remoteOnly.merging([AnnotationKey.storkPreferRemoteNode: "false"]) { $1 }),
            on: ["n4", "n5", "n6"])
        cluster.volume(
            "away", engine: Self.engine,
            parameters: Self.sharedWith(Self.remoteOnly.merging([AnnotationKey.storkPreferRemoteNode: "true"]) { $1 }),
            on: ["n3"])
        var plan = cluster.plan("near", "kept", "away")
        #expect(plan.passing(Self.six) == ["n1", "n2", "n4", "n5", "n6"])
        #expect(plan.scores("n1", "n2", "n4", "n5", "n6") == [7, 7, 7, 7, 7])
    }

    @Test func multiVolumeOfWhichTheHyperConvergedSkipsScoring() {
        var plan = Self.nearAndAway(Self.sixInOneRack(), away: ["n4", "n5", "n6"], skipNear: true)
            .plan("near", "away")
        #expect(plan.passing(Self.six) == Self.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [10, 10, 10, 0, 0, 0])
    }

    @Test func multiVolumeOfWhichAllSkipScoring() {
        var plan = Self.nearAndAway(
            Self.sixInOneRack(), away: ["n4", "n5", "n6"], skipNear: true, skipAway: true
        ).plan("near", "away")
        #expect(plan.passing(Self.six) == Self.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [0, 0, 0, 0, 0, 0])
    }

    @Test func multiVolumeAntiHyperConvergenceWithAStorageDownNode() {
        var cluster = Self.nearAndAway(Self.sixInOneRack(), away: ["n4", "n5", "n6"])
        cluster.setHealth(.storageDown, of: Self.engine, on: "n4")
        var plan = cluster.plan("near", "away")
        #expect(plan.passing(Self.six) == Self.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [10, 10, 10, 1, 3, 3])
    }
}
