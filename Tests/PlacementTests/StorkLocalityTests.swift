// The situations of STORK's tests in which a pod or a volume asks to be near its replicas or away from them; the others,
// and STORK's tests that have no counterpart, are in `StorkScenarioTests`.

import Placement
import Testing
import Topology

@Suite struct StorkLocalityTests {
    // MARK: Local only

    private static let localOnly = [AnnotationKey.storkPreferLocalNodeOnly: "true"]

    @Test func preferLocalNode() {
        var cluster = Stork.racks("1", "2", "1")
        cluster.volume("data", engine: Stork.engine, on: ["n1"])
        var anywhere = cluster.plan("data")
        #expect(anywhere.passing(["n2", "n3"]) == ["n2", "n3"])
        var local = cluster.plan("data", annotations: Self.localOnly)
        #expect(local.passing(["n2", "n3"]).isEmpty)
        #expect(local.rejection(on: "n2") == .notLocal)
    }

    @Test func preferLocalNodeWithHyperConvergedVolumes() {
        var cluster = Stork.twoRegions()
        cluster.volume("data", engine: Stork.engine, on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data", annotations: Self.localOnly)
        #expect(plan.passing(Stork.six) == ["n1", "n2", "n3"])
    }

    @Test func preferLocalNodeIsIgnoredWithAntiHyperConvergence() {
        var cluster = Stork.twoRegions()
        cluster.volume("data", engine: Stork.engine, parameters: Stork.shared, on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data", annotations: Self.localOnly)
        #expect(plan.passing(Stork.six) == Stork.six)
    }

    @Test func disableHyperConvergence() {
        var cluster = Stork.twoRegions()
        cluster.volume("data", engine: Stork.engine, parameters: Stork.shared, on: ["n1", "n2", "n3"])
        var plan = cluster.plan(
            "data", annotations: Self.localOnly.merging([AnnotationKey.storkDisableHyperconvergence: "true"]) { $1 })
        #expect(plan.passing(Stork.six) == Stork.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [0, 0, 0, 0, 0, 0])
    }

    // MARK: Away from replicas

    private static let remoteOnly = [AnnotationKey.storkPreferRemoteNodeOnly: "true"]

    @Test func preferRemoteNodeOnlyIsIgnoredForHyperConvergedVolumes() {
        var cluster = Stork.twoRegions()
        cluster.volume("data", engine: Stork.engine, parameters: Self.remoteOnly, on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Stork.six) == Stork.six)
    }

    @Test func preferRemoteNodeOnlyFailsWhereEveryNodeHasAReplica() {
        var cluster = Stork.racks("1", "1", "1")
        cluster.volume(
            "data", engine: Stork.engine, parameters: Stork.sharedWith(Self.remoteOnly), on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data")
        #expect(plan.passing(["n1", "n2", "n3"]).isEmpty)
        #expect(plan.rejection(on: "n1") == .notRemote)
    }

    @Test func preferRemoteNodeOnlyAntiHyperConvergence() {
        var cluster = Stork.twoRegions()
        cluster.volume(
            "data", engine: Stork.engine, parameters: Stork.sharedWith(Self.remoteOnly), on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Stork.six) == ["n4", "n5", "n6"])
        cluster.setHealth(.offline, of: Stork.engine, on: "n4")
        plan = cluster.plan("data")
        #expect(plan.passing(Stork.six) == ["n5", "n6"])
        cluster.setHealth(.storageDown, of: Stork.engine, on: "n5")
        cluster.setHealth(.storageDown, of: Stork.engine, on: "n6")
        plan = cluster.plan("data")
        #expect(plan.passing(Stork.six) == ["n5", "n6"])
    }

    @Test func preferRemoteNodeFalseOverrulesRemoteOnly() {
        var cluster = Stork.twoRegions()
        cluster.volume(
            "data", engine: Stork.engine,
            parameters: Stork.sharedWith(
                Self.remoteOnly.merging([AnnotationKey.storkPreferRemoteNode: "false"]) { $1 }),
            on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Stork.six) == Stork.six)
    }

    @Test func antiHyperConvergence() {
        var cluster = Stork.twoRegions()
        cluster.volume("data", engine: Stork.engine, parameters: Stork.shared, on: ["n1", "n2", "n3"])
        var plan = cluster.plan("data")
        #expect(plan.passing(Stork.six) == Stork.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [0, 0, 0, 10, 10, 10])
    }

    @Test func offlineNodesAntiHyperConvergence() {
        var cluster = Stork.twoRegions()
        cluster.volume("data", engine: Stork.engine, parameters: Stork.shared, on: ["n1", "n2", "n3"])
        cluster.setHealth(.offline, of: Stork.engine, on: "n1")
        cluster.setHealth(.offline, of: Stork.engine, on: "n4")
        var plan = cluster.plan("data")
        #expect(plan.passing(Stork.six) == ["n2", "n3", "n5", "n6"])
    }

    // MARK: Near one volume, away from another

    private static func nearAndAway(
        _ cluster: TestCluster, away nodes: [String], skipNear: Bool = false, skipAway: Bool = false
    ) -> TestCluster {
        let skip = [AnnotationKey.storkSkipSchedulerScoring: "true"]
        var cluster = cluster
        cluster.volume("near", engine: Stork.engine, parameters: skipNear ? skip : [:], on: ["n1", "n2", "n3"])
        cluster.volume(
            "away", engine: Stork.engine, parameters: skipAway ? Stork.sharedWith(skip) : Stork.shared, on: nodes)
        return cluster
    }

    @Test func multiVolumeAntiHyperConvergence() {
        var plan = Self.nearAndAway(Stork.sixInOneRack(), away: ["n4", "n5", "n6"]).plan("near", "away")
        #expect(plan.passing(Stork.six) == Stork.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [10, 10, 10, 3, 3, 3])
    }

    @Test func multiVolumeAntiHyperConvergenceWithANodeOfBoth() {
        let cluster = Stork.cluster(
            ("1", "a", "1"), ("1", "a", "1"), ("1", "a", "1"), ("1", "a", "1"), ("1", "a", "1"), ("2", "b", "2"))
        var plan = Self.nearAndAway(cluster, away: ["n3", "n4", "n5"]).plan("near", "away")
        #expect(plan.passing(Stork.six) == Stork.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [10, 10, 5, 3, 3, 5])
    }

    @Test func multiVolumeRemoteOnlyAntiHyperConvergence() {
        var cluster = Stork.twoRegions()
        cluster.volume("near", engine: Stork.engine, on: ["n1", "n2", "n3"])
        cluster.volume(
            "away", engine: Stork.engine, parameters: Stork.sharedWith(Self.remoteOnly), on: ["n1", "n2", "n3"])
        var plan = cluster.plan("near", "away")
        #expect(plan.passing(Stork.six) == ["n4", "n5", "n6"])
        #expect(plan.scores("n4", "n5", "n6") == [5, 5, 5])
    }

    @Test func multiVolumeWithAndWithoutPreferRemoteNode() {
        var cluster = Stork.twoRegions()
        cluster.volume("near", engine: Stork.engine, on: ["n1", "n2", "n3"])
        cluster.volume(
            "kept", engine: Stork.engine,
            parameters: Stork.sharedWith(
                Self.remoteOnly.merging([AnnotationKey.storkPreferRemoteNode: "false"]) { $1 }),
            on: ["n4", "n5", "n6"])
        cluster.volume(
            "away", engine: Stork.engine,
            parameters: Stork.sharedWith(Self.remoteOnly.merging([AnnotationKey.storkPreferRemoteNode: "true"]) { $1 }),
            on: ["n3"])
        var plan = cluster.plan("near", "kept", "away")
        #expect(plan.passing(Stork.six) == ["n1", "n2", "n4", "n5", "n6"])
        #expect(plan.scores("n1", "n2", "n4", "n5", "n6") == [7, 7, 7, 7, 7])
    }

    @Test func multiVolumeOfWhichTheHyperConvergedSkipsScoring() {
        var plan = Self.nearAndAway(Stork.sixInOneRack(), away: ["n4", "n5", "n6"], skipNear: true)
            .plan("near", "away")
        #expect(plan.passing(Stork.six) == Stork.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [10, 10, 10, 0, 0, 0])
    }

    @Test func multiVolumeOfWhichAllSkipScoring() {
        var plan = Self.nearAndAway(
            Stork.sixInOneRack(), away: ["n4", "n5", "n6"], skipNear: true, skipAway: true
        ).plan("near", "away")
        #expect(plan.passing(Stork.six) == Stork.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [0, 0, 0, 0, 0, 0])
    }

    @Test func multiVolumeAntiHyperConvergenceWithAStorageDownNode() {
        var cluster = Self.nearAndAway(Stork.sixInOneRack(), away: ["n4", "n5", "n6"])
        cluster.setHealth(.storageDown, of: Stork.engine, on: "n4")
        var plan = cluster.plan("near", "away")
        #expect(plan.passing(Stork.six) == Stork.six)
        #expect(plan.scores("n1", "n2", "n3", "n4", "n5", "n6") == [10, 10, 10, 1, 3, 3])
    }
}
