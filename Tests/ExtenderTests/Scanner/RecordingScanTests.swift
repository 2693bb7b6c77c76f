import Extender
import Foundation
import Testing
import Topology

@Suite("Recorded requests, scanned and compared with Foundation")
struct RecordingScanTests {
    @Test func everyRecordingIsThere() {
        #expect(Recording.arguments.count == 22)
        #expect(Recording.preemptions.count == 2)
    }

    @Test(arguments: Recording.arguments)
    func arguments(_ recording: Recording) throws {
        let scanned = try scanArguments(recording.bytes)
        let root = try #require(FoundationOracle.object(recording.bytes) as? [String: Any])
        try expect(scanned.pod, equals: try #require(root["Pod"] as? [String: Any]))
        #expect(scanned.form == (recording.hasNodes ? .nodes : .names))

        guard recording.hasNodes else {
            #expect(scanned.names(in: recording.bytes) == root["NodeNames"] as? [String])
            #expect(!scanned.candidates.contains { !$0.item.isEmpty })
            return
        }
        let items = try #require((root["Nodes"] as? [String: Any])?["items"] as? [[String: Any]])
        #expect(scanned.candidates.count == items.count)
        for (candidate, item) in zip(scanned.candidates, items) {
            let metadata = try #require(item["metadata"] as? [String: Any])
            #expect(candidate.name.string(in: recording.bytes) == metadata["name"] as? String)
            let copied = try #require(FoundationOracle.object(Array(recording.bytes[candidate.item])) as? NSDictionary)
            #expect(copied.isEqual(to: item))
        }
    }

    @Test(arguments: Recording.preemptions)
    func preemptions(_ recording: Recording) throws {
        let scanned = try scanPreemption(recording.bytes)
        let root = try #require(FoundationOracle.object(recording.bytes) as? [String: Any])
        try expect(scanned.pod, equals: try #require(root["Pod"] as? [String: Any]))
        #expect(scanned.form == (recording.hasNodes ? .victims : .metaVictims))

        let key = recording.hasNodes ? "NodeNameToVictims" : "NodeNameToMetaVictims"
        let map = try #require(root[key] as? [String: [String: Any]])
        #expect(scanned.nodes.count == map.count)
        for node in scanned.nodes {
            let victims = try #require(map[node.name.string(in: recording.bytes)])
            let pods = try #require(victims["Pods"] as? [[String: Any]])
            let expected = pods.map { pod in
                recording.hasNodes ? (pod["metadata"] as? [String: Any])?["uid"] as? String : pod["UID"] as? String
            }
            #expect(scanned.uids[node.uids].map { $0.string(in: recording.bytes) } == expected)
            #expect(Int(node.numPDBViolations) == victims["NumPDBViolations"] as? Int)
            let copied = try #require(FoundationOracle.object(Array(recording.bytes[node.value])) as? NSDictionary)
            #expect(copied.isEqual(to: victims))
        }
        #expect(scanned.nodes.map(\.uids.count).reduce(0, +) == scanned.uids.count)
    }

    @Test func podWithTwoClaims() throws {
        let pod = try scanArguments(try Recording.named("extender-names/filter-pg-0.json").bytes).pod
        #expect(
            pod
                == Pod(
                    namespace: "default", name: "pg-0", uid: "7ff2d6ca-3ab2-46fe-b1a0-cafac7a21300",
                    claims: ["data-pg-0", "wal-pg-0"]))
    }

    @Test func podWithAnEphemeralVolume() throws {
        let pod = try scanArguments(try Recording.named("extender-nodes/filter-scratch.json").bytes).pod
        #expect(pod.claims.isEmpty)
        #expect(pod.ephemeral == [EphemeralVolume(name: "v", storageClass: "jabiru-wffc", requested: 1 << 30)])
    }

    private func expect(_ pod: Pod, equals object: [String: Any]) throws {
        let metadata = try #require(object["metadata"] as? [String: Any])
        let spec = try #require(object["spec"] as? [String: Any])
        let annotations = metadata["annotations"] as? [String: String] ?? [:]
        #expect(pod.namespace == metadata["namespace"] as? String)
        #expect(pod.name == metadata["name"] as? String)
        #expect(pod.uid == metadata["uid"] as? String)
        #expect(pod.node == spec["nodeName"] as? String)
        #expect(pod.annotations == annotations.filter { AnnotationKey.isRead($0.key) })

        var claims: [String] = []
        var ephemeral: [EphemeralVolume] = []
        for volume in spec["volumes"] as? [[String: Any]] ?? [] {
            if let source = volume["persistentVolumeClaim"] as? [String: Any] {
                claims.append(try #require(source["claimName"] as? String))
            }
            if let source = volume["ephemeral"] as? [String: Any] {
                let template = try #require(source["volumeClaimTemplate"] as? [String: Any])
                let claim = try #require(template["spec"] as? [String: Any])
                let requests = (claim["resources"] as? [String: Any])?["requests"] as? [String: String]
                ephemeral.append(
                    EphemeralVolume(
                        name: try #require(volume["name"] as? String),
                        storageClass: claim["storageClassName"] as? String,
                        requested: requests?["storage"].flatMap(testQuantity)))
            }
        }
        #expect(pod.claims == claims)
        #expect(pod.ephemeral == ephemeral)
    }
}
