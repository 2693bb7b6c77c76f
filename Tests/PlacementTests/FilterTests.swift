import Placement
import Testing
import Topology

@Suite struct FilterTests {
    private static func twoNodes() -> TestCluster {
        var cluster = TestCluster()
        cluster.node("a")
        cluster.node("b")
        return cluster
    }

    // MARK: No opinion

    @Test func podWithoutVolumesPasses() {
        var plan = Self.twoNodes().plan()
        #expect(!plan.hasOpinion)
        #expect(plan.rejection(on: "a") == nil)
        #expect(plan.rejection(at: nil) == nil)
        #expect(plan.score(on: "a") == 0)
    }

    @Test func podWhoseVolumesNoEngineKnowsPasses() {
        var cluster = Self.twoNodes()
        cluster.volume("cloud", engine: Engine(rawValue: "ebs.csi.aws.com"), on: [String]())
        cluster.lateClass("cloud", provisioner: "ebs.csi.aws.com")
        cluster.lateClaim("late", 10 * gi, class: "cloud")
        var plan = cluster.plan("cloud", "late", "not-seen-yet")
        #expect(!plan.hasOpinion)
        #expect(plan.rejection(on: "a") == nil)
        #expect(plan.scores("a", "b") == [0, 0])
    }

    @Test func claimThatIsNotSeenYetDoesNotBlockTheOthers() {
        var cluster = Self.twoNodes()
        cluster.volume("data", on: ["a"])
        var plan = cluster.plan("not-seen-yet", "data")
        #expect(plan.volumes[0].standing == .unknownClaim)
        #expect(plan.passing(["a", "b"]) == ["a", "b"])
        #expect(plan.score(on: "a") == 10)
    }

    @Test func claimOfAnotherNamespaceIsAnotherClaim() {
        var cluster = Self.twoNodes()
        cluster.volume("data", on: ["a"])
        let plan = cluster.plan(Pod(namespace: "other", name: "pod", claims: ["data"]))
        #expect(!plan.hasOpinion)
    }

    // MARK: Rule 1, restore

    @Test(arguments: [AnnotationKey.restoreInProgress, AnnotationKey.storkRestoreInProgress])
    func noNodeWhileAVolumeIsRestored(key: String) {
        var cluster = Self.twoNodes()
        cluster.volume("data", claimAnnotations: [key: "true"], on: ["a"])
        var plan = cluster.plan("data")
        #expect(plan.podRejection == .restoring)
        #expect(plan.rejection(on: "a") == .restoring)
        #expect(plan.rejection(at: nil) == .restoring)
    }

    @Test func restoreOfAVolumeThatIsNotKnownBlocksToo() {
        var cluster = Self.twoNodes()
        cluster.topology.claims.append(
            Claim(
                namespace: "default", name: "data", volume: "pv-not-seen-yet",
                annotations: [AnnotationKey.restoreInProgress: "true"]))
        #expect(cluster.plan("data").podRejection == .restoring)
    }

    @Test(arguments: ["false", "", "maybe"])
    func restoreSwitchThatIsNotTrueDoesNotBlock(text: String) {
        var cluster = Self.twoNodes()
        cluster.volume("data", claimAnnotations: [AnnotationKey.restoreInProgress: text], on: ["a"])
        #expect(cluster.plan("data").podRejection == nil)
    }

    // MARK: Rule 2, no usable replica

    @Test(arguments: [StorageHealth.offline, .storageDown])
    func noNodeWhereAllReplicasLieOnNodesThatDoNotServe(health: StorageHealth) {
        var cluster = Self.twoNodes()
        cluster.volume("data", on: ["a"])
        cluster.setHealth(health, on: "a")
        var plan = cluster.plan("data")
        #expect(plan.podRejection == .noUsableReplica)
        #expect(plan.rejection(on: "b") == .noUsableReplica)
        #expect(plan.volumes[0].notes == ["no replica is usable"])
    }

    @Test func replicaWhereTheEngineIsAbsentIsNotUsable() {
        var cluster = Self.twoNodes()
        cluster.node("bare", [:])
        cluster.volume("data", on: ["bare"])
        #expect(cluster.plan("data").podRejection == .noUsableReplica)
    }

    @Test(arguments: [ReplicaState.syncing(progress: 0.99), .stale(bytes: 0, seconds: 0), .failed])
    func onlyReplicasInSyncAreUsable(state: ReplicaState) {
        var cluster = Self.twoNodes()
        cluster.volume("data", on: [Replica(node: "a", state: state)])
        #expect(cluster.plan("data").podRejection == .noUsableReplica)
    }

    @Test(arguments: [StorageHealth.online, .degraded, .unknown])
    func losingSightOfStorageStrandsNoPod(health: StorageHealth) {
        var cluster = Self.twoNodes()
        cluster.volume("data", on: ["a"])
        cluster.setHealth(health, on: "a")
        var plan = cluster.plan("data")
        #expect(plan.podRejection == nil)
        #expect(plan.passing(["a", "b"]) == ["a", "b"])
    }

    @Test func volumeWhoseReplicasAreNotKnownGivesNoOpinionOnThem() {
        var cluster = Self.twoNodes()
        cluster.volume("data", claimAnnotations: [AnnotationKey.locality: "require-local"], on: [String]())
        var plan = cluster.plan("data")
        #expect(plan.podRejection == nil)
        #expect(plan.passing(["a", "b"]) == ["a", "b"])
    }

    @Test func restoreComesBeforeNoUsableReplicaInAnyOrderOfTheClaims() {
        var cluster = Self.twoNodes()
        cluster.volume("dead", on: [Replica(node: "a", state: .failed)])
        cluster.volume("restored", claimAnnotations: [AnnotationKey.restoreInProgress: "true"], on: ["a"])
        #expect(cluster.plan("dead", "restored").podRejection == .restoring)
        #expect(cluster.plan("restored", "dead").podRejection == .restoring)
    }

    // MARK: Rules 3 to 5

    @Test func storageDownNodeCanStillReachStorage() {
        var cluster = Self.twoNodes()
        cluster.volume("data", on: ["a"])
        cluster.setHealth(.storageDown, on: "b")
        var plan = cluster.plan("data")
        #expect(plan.rejection(on: "b") == nil)
    }

    @Test func nodesWhereTheEngineIsAbsentOrOfflineAreRejected() {
        var cluster = Self.twoNodes()
        cluster.node("bare", [:])
        cluster.node("offline", [.longhorn: .offline])
        cluster.node("other", [.linstor: .online])
        cluster.volume("data", on: ["a"])
        cluster.volume("opaque", on: [String]())
        for claim in ["data", "opaque"] {
            var plan = cluster.plan(claim)
            #expect(plan.rejection(on: "bare") == .engineAbsent)
            #expect(plan.rejection(on: "offline") == .storageOffline)
            #expect(plan.rejection(on: "other") == .engineAbsent)
        }
    }

    @Test func nodeClosedByTheOperatorTakesNoPodWithVolumes() {
        var cluster = Self.twoNodes()
        cluster.node("closed", annotations: [AnnotationKey.storkUnschedulable: "true"])
        cluster.node("opened", annotations: [AnnotationKey.storkUnschedulable: "false"])
        cluster.volume("data", on: ["closed"])
        var plan = cluster.plan("data")
        #expect(plan.rejection(on: "closed") == .storageClosed)
        #expect(plan.rejection(on: "opened") == nil)
        var without = cluster.plan()
        #expect(without.rejection(on: "closed") == nil)
    }

    @Test func requireLocalNeedsAUsableReplicaOfEverySuchVolume() {
        var cluster = TestCluster()
        for name in ["both", "one", "down", "none"] { cluster.node(name) }
        cluster.setHealth(.storageDown, on: "down")
        let required = [AnnotationKey.locality: "require-local"]
        cluster.volume("data", claimAnnotations: required, on: ["both", "one", "down"])
        cluster.volume("logs", claimAnnotations: required, on: ["both", "down"])
        cluster.volume("cold", on: ["none"])
        var plan = cluster.plan("data", "logs", "cold")
        #expect(plan.passing(["both", "one", "down", "none"]) == ["both"])
        #expect(plan.rejection(on: "down") == .notLocal)
        #expect(plan.rejection(at: nil) == .notLocal)
    }

    @Test func requireRemoteRejectsOnlyUsableReplicas() {
        var cluster = TestCluster()
        for name in ["inSync", "syncing", "stale", "failed", "none"] { cluster.node(name) }
        cluster.volume(
            "data", claimAnnotations: [AnnotationKey.locality: "require-remote"],
            on: [
                Replica(node: "inSync"), Replica(node: "syncing", state: .syncing(progress: 0.5)),
                Replica(node: "stale", state: .stale(bytes: nil, seconds: nil)),
                Replica(node: "failed", state: .failed),
            ])
        var plan = cluster.plan("data")
        #expect(
            plan.passing(["inSync", "syncing", "stale", "failed", "none"]) == ["syncing", "stale", "failed", "none"])
        #expect(plan.rejection(on: "inSync") == .notRemote)
        #expect(plan.rejection(at: nil) == nil)
    }

    @Test func rulesAreAppliedInTheirOrder() {
        var cluster = TestCluster()
        cluster.node("home", [.longhorn: .online, .embedded: .online], pools: [ssd()])
        cluster.node(
            "n", [.embedded: .online], pools: [ssd(available: 1 * gi)],
            annotations: [AnnotationKey.storkUnschedulable: "true"])
        cluster.volume("data", claimAnnotations: [AnnotationKey.locality: "require-local"], on: ["home"])
        cluster.lateClass()
        cluster.lateClaim("late", 10 * gi)
        let last = cluster.topology.nodes.count - 1
        func reason() -> RejectionReason? {
            var plan = cluster.plan("data", "late")
            return plan.rejection(on: "n")
        }
        #expect(reason() == .storageClosed)
        cluster.topology.nodes[last].annotations = [:]
        #expect(reason() == .engineAbsent)
        cluster.setHealth(.offline, on: "n")
        #expect(reason() == .storageOffline)
        cluster.setHealth(.online, on: "n")
        #expect(reason() == .notLocal)
        cluster.topology.volumes[0].replicas.append(Replica(node: "n"))
        #expect(reason() == .noSpace)
        cluster.topology.nodes[last].pools[0].available = 10 * gi
        #expect(reason() == nil)
    }

    @Test func unknownNodeIsNotRejectedForSpaceOrEngine() {
        var cluster = TestCluster()
        cluster.node("a", [.embedded: .online], pools: [ssd(available: 1)])
        cluster.lateClass()
        cluster.lateClaim("late", 10 * gi)
        var plan = cluster.plan("late")
        #expect(plan.rejection(on: "a") == .noSpace)
        #expect(plan.rejection(on: "stranger") == nil)
    }

    // MARK: Words

    @Test func sentencesAndWordsAreConstantAndDistinct() {
        let expected: [RejectionReason: (String, String)] = [
            .restoring: ("restoring", "a volume of the pod is being restored"),
            .noUsableReplica: ("no_usable_replica", "a volume of the pod has no usable replica on any node"),
            .storageClosed: ("storage_closed", "storage on the node is closed to new pods"),
            .engineAbsent: ("engine_absent", "the storage engine of a volume does not run on the node"),
            .storageOffline: ("storage_offline", "storage on the node is offline"),
            .notLocal: ("not_local", "the node has no usable replica of a volume that requires one"),
            .notRemote: ("not_remote", "the node has a usable replica of a volume that requires none"),
            .noSpace: ("no_space", "the node has too little free storage for the pod's volumes"),
        ]
        #expect(expected.count == RejectionReason.allCases.count)
        for reason in RejectionReason.allCases {
            #expect(reason.word == expected[reason]?.0)
            #expect(reason.sentence == expected[reason]?.1)
        }
        #expect(Set(RejectionReason.allCases.map(\.sentence)).count == RejectionReason.allCases.count)
    }

    // MARK: Ephemeral volumes

    @Test func ephemeralVolumeIsItsClaimOnceItIsMade() {
        var cluster = Self.twoNodes()
        cluster.volume("web-scratch", on: ["a"])
        let pod = Pod(namespace: "default", name: "web", ephemeral: [EphemeralVolume(name: "scratch")])
        var plan = cluster.plan(pod)
        #expect(plan.volumes[0].claim == "web-scratch")
        #expect(plan.scores("a", "b") == [10, 0])
    }

    @Test func ephemeralVolumeIsItsTemplateBefore() {
        var cluster = TestCluster()
        cluster.node("a", [.embedded: .online], pools: [ssd(available: 60 * gi)])
        cluster.node("full", [.embedded: .online], pools: [ssd(available: 1 * gi)])
        cluster.lateClass()
        let pod = Pod(
            namespace: "default", name: "web",
            ephemeral: [EphemeralVolume(name: "scratch", storageClass: "late", requested: 10 * gi)])
        var plan = cluster.plan(pod)
        #expect(plan.volumes[0].standing == .unbound)
        #expect(plan.rejection(on: "full") == .noSpace)
        #expect(plan.score(on: "a") == 5)
    }
}
