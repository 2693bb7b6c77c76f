import Placement
import Testing
import Topology

/// Where a volume's locality comes from; asked through the plan, as users meet it.
@Suite struct LocalityTests {
    private static let key = AnnotationKey.locality
    private static let shared = [
        AnnotationKey.portworxShared: "true", AnnotationKey.portworxSharedServiceType: "ClusterIP",
    ]

    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var pod: [String: String] = [:]
        var claim: [String: String] = [:]
        var volume: [String: String] = [:]
        var storageClass: [String: String] = [:]
        var locality: Locality
        var isScored = true
        var notes: [String] = []

        var testDescription: String { name }
    }

    private static func sharedWith(_ more: [String: String]) -> [String: String] { shared.merging(more) { $1 } }

    static let cases: [Case] = [
        Case(name: "default", locality: .preferLocal),
        Case(name: "pod", pod: [key: "require-local"], locality: .requireLocal),
        Case(name: "claim", claim: [key: "prefer-remote"], locality: .preferRemote),
        Case(name: "volume", volume: [key: "require-remote"], locality: .requireRemote),
        Case(name: "class", storageClass: [key: "require-remote"], locality: .requireRemote),
        Case(name: "ignore is not scored", claim: [key: "ignore"], locality: .ignore, isScored: false),
        Case(name: "prefer-local said", claim: [key: "prefer-local"], locality: .preferLocal),
        Case(
            name: "pod before claim", pod: [key: "require-local"], claim: [key: "require-remote"],
            locality: .requireLocal),
        Case(
            name: "claim before volume", claim: [key: "require-local"], volume: [key: "require-remote"],
            locality: .requireLocal),
        Case(
            name: "volume before class", volume: [key: "require-local"], storageClass: [key: "require-remote"],
            locality: .requireLocal),
        Case(
            name: "bad value falls through to the next place and is noted", pod: [key: "Local"],
            claim: [key: "require-local"], locality: .requireLocal,
            notes: [
                "jabiru.dev/locality on the pod is \"Local\", expected one of prefer-local, require-local, "
                    + "prefer-remote, require-remote, ignore: not used"
            ]),
        Case(
            name: "bad values everywhere give the default", claim: [key: ""], storageClass: [key: "near"],
            locality: .preferLocal,
            notes: [
                "jabiru.dev/locality on the claim is \"\", expected one of prefer-local, require-local, "
                    + "prefer-remote, require-remote, ignore: not used",
                "jabiru.dev/locality on the StorageClass is \"near\", expected one of prefer-local, require-local, "
                    + "prefer-remote, require-remote, ignore: not used",
            ]),

        Case(name: "STORK: local only", pod: [AnnotationKey.storkPreferLocalNodeOnly: "true"], locality: .requireLocal),
        Case(name: "STORK: Go's words", pod: [AnnotationKey.storkPreferLocalNodeOnly: "T"], locality: .requireLocal),
        Case(
            name: "STORK: local only is false", pod: [AnnotationKey.storkPreferLocalNodeOnly: "false"],
            locality: .preferLocal),
        Case(
            name: "STORK: a switch that is no switch is noted", pod: [AnnotationKey.storkPreferLocalNodeOnly: "yes"],
            locality: .preferLocal,
            notes: ["stork.libopenstorage.org/preferLocalNodeOnly is \"yes\", expected true or false: not used"]),
        Case(
            name: "STORK: local only on the claim means nothing",
            claim: [AnnotationKey.storkPreferLocalNodeOnly: "true"], locality: .preferLocal),
        Case(
            name: "STORK: hyperconvergence disabled", pod: [AnnotationKey.storkDisableHyperconvergence: "true"],
            locality: .preferLocal, isScored: false),
        Case(
            name: "STORK: scoring skipped by the volume", volume: [AnnotationKey.storkSkipSchedulerScoring: "true"],
            locality: .preferLocal, isScored: false),
        Case(
            name: "STORK: scoring skipped by the class",
            storageClass: [AnnotationKey.storkSkipSchedulerScoring: "1"], locality: .preferLocal, isScored: false),
        Case(
            name: "STORK: the volume's word counts before its class'",
            volume: [AnnotationKey.storkSkipSchedulerScoring: "false"],
            storageClass: [AnnotationKey.storkSkipSchedulerScoring: "true"], locality: .preferLocal),

        Case(name: "shared service", volume: shared, locality: .preferRemote),
        Case(name: "shared service by its class", storageClass: shared, locality: .preferRemote),
        Case(name: "shared without a service", volume: [AnnotationKey.portworxShared: "true"], locality: .preferLocal),
        Case(
            name: "service type of a volume that is not shared",
            volume: [AnnotationKey.portworxSharedServiceType: "ClusterIP"], locality: .preferLocal),
        Case(
            name: "shared with an empty service type",
            volume: [AnnotationKey.portworxShared: "true", AnnotationKey.portworxSharedServiceType: ""],
            locality: .preferLocal),
        Case(
            name: "shared service, remote only",
            volume: sharedWith([AnnotationKey.storkPreferRemoteNodeOnly: "true"]), locality: .requireRemote),
        Case(
            name: "shared service, not remote", volume: sharedWith([AnnotationKey.storkPreferRemoteNode: "false"]),
            locality: .preferLocal),
        Case(
            name: "shared service, not remote beats remote only",
            volume: sharedWith([
                AnnotationKey.storkPreferRemoteNode: "false", AnnotationKey.storkPreferRemoteNodeOnly: "true",
            ]), locality: .preferLocal),
        Case(
            name: "shared service, bad remote switch keeps the default true",
            volume: sharedWith([AnnotationKey.storkPreferRemoteNode: "no"]), locality: .preferRemote,
            notes: ["stork.libopenstorage.org/preferRemoteNode is \"no\", expected true or false: not used"]),
        Case(
            name: "remote only of a volume that is not shared",
            volume: [AnnotationKey.storkPreferRemoteNodeOnly: "true"], locality: .preferLocal),
        Case(
            name: "shared service ignores the pod's local only",
            pod: [AnnotationKey.storkPreferLocalNodeOnly: "true"], volume: shared, locality: .preferRemote),

        Case(
            name: "Jabiru's key silences STORK's",
            pod: [
                AnnotationKey.storkPreferLocalNodeOnly: "true", AnnotationKey.storkDisableHyperconvergence: "true",
            ],
            claim: [key: "prefer-remote"],
            volume: sharedWith([AnnotationKey.storkSkipSchedulerScoring: "true"]), locality: .preferRemote),
    ]

    @Test(arguments: cases)
    func boundVolume(_ table: Case) {
        var cluster = TestCluster()
        cluster.node("a")
        cluster.topology.storageClasses.append(
            StorageClass(name: "class", provisioner: "driver.longhorn.io", parameters: table.storageClass))
        cluster.volume(
            "data", parameters: table.volume, claimAnnotations: table.claim, storageClass: "class",
            on: [Replica(node: "a")])
        let plan = cluster.plan("data", annotations: table.pod)
        #expect(plan.volumes[0].locality == table.locality)
        #expect(plan.volumes[0].isScored == table.isScored)
        #expect(plan.volumes[0].notes == table.notes)
    }

    @Test(arguments: cases.filter { $0.volume.isEmpty })
    func unboundClaim(_ table: Case) {
        var cluster = TestCluster()
        cluster.node("a", [.embedded: .online], pools: [ssd()])
        cluster.lateClass(parameters: table.storageClass)
        cluster.topology.claims.append(
            Claim(
                namespace: "default", name: "late", storageClass: "late", requested: gi, annotations: table.claim))
        let plan = cluster.plan("late", annotations: table.pod)
        #expect(plan.volumes[0].locality == table.locality)
        #expect(plan.volumes[0].isScored == table.isScored)
        #expect(plan.volumes[0].notes == table.notes)
    }

    @Test func localityOfAPodSpeaksForAllItsVolumes() {
        var cluster = TestCluster()
        cluster.node("a")
        cluster.volume("one", claimAnnotations: [Self.key: "prefer-remote"], on: ["a"])
        cluster.volume("two", on: ["a"])
        let plan = cluster.plan("one", "two", annotations: [Self.key: "require-local"])
        #expect(plan.volumes.map(\.locality) == [.requireLocal, .requireLocal])
    }
}
