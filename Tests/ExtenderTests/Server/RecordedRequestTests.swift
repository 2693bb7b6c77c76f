import Foundation
import Testing
import Topology

@testable import Extender

/// What kube-scheduler 1.36 sent, in both forms, through a running server on `examples/three-zones.yaml`; the expected
/// answers are worked out by hand in `docs/scoring.md`.
@Suite struct RecordedRequestTests {
    /// A recorded pod with the answers that its two calls should get.
    struct Expectation: Sendable, CustomTestStringConvertible {
        var pod: String
        /// By node number: the score; of all nodes, as prioritize scores what it is asked about.
        var scores: [Int: Int]
        /// By node number: why it is rejected.
        var rejected: [Int: String]
        var testDescription: String { pod }
    }

    static let absent = "the storage engine of a volume does not run on the node"
    static let offline = "storage on the node is offline"
    static let full = "the node has too little free storage for the pod's volumes"

    static let expectations = [
        Expectation(
            pod: "pg-0",
            scores: [0: 10, 1: 6, 2: 6, 3: 3, 4: 6, 5: 2, 6: 5, 7: 4, 8: 3, 9: 1, 10: 3, 11: 0],
            rejected: [9: absent, 10: absent, 11: absent]),
        Expectation(
            pod: "pg-1",
            scores: [0: 2, 1: 10, 2: 1, 3: 6, 4: 3, 5: 2, 6: 2, 7: 5, 8: 1, 9: 1, 10: 1, 11: 0],
            rejected: [9: absent, 10: absent, 11: absent]),
        Expectation(
            pod: "late-binder",
            scores: [0: 6, 1: 6, 2: 9, 3: 2, 4: 8, 5: 7, 6: 5, 7: 2, 8: 3, 9: 0, 10: 8, 11: 0],
            rejected: [9: full, 11: offline]),
        Expectation(
            pod: "scratch",
            scores: [0: 6, 1: 6, 2: 9, 3: 2, 4: 8, 5: 8, 6: 5, 7: 2, 8: 3, 9: 0, 10: 8, 11: 0],
            rejected: [11: offline]),
        Expectation(pod: "web", scores: [:], rejected: [:]),
        Expectation(pod: "cache-reader", scores: [7: 10], rejected: [:]),
    ]

    @Test(arguments: expectations, ["extender-names", "extender-nodes"])
    func filterAnswersAsWorkedOutByHand(_ expectation: Expectation, form: String) async throws {
        let body = try ThreeZones.recording("\(form)/filter-\(expectation.pod)")
        let asked = try names(in: body)
        try await TestServer.run(ThreeZones.topology()) { server in
            let reply = try await server.post("/jabiru/filter", body)
            #expect(reply.status == 200)
            #expect(reply.headers["content-length"] == String(reply.body.count))
            #expect(reply.headers["content-type"] == "application/json")
            let answer = try #require(try reply.json() as? [String: Any])
            #expect(
                Set(answer.keys) == ["Nodes", "NodeNames", "FailedNodes", "FailedAndUnresolvableNodes", "Error"])
            let rejected = Dictionary(
                uniqueKeysWithValues: expectation.rejected.map { (ThreeZones.node($0.key), $0.value) })
            #expect(answer["FailedAndUnresolvableNodes"] as? [String: String] == rejected)
            #expect(answer["FailedNodes"] as? [String: String] == [:])
            #expect(answer["Error"] as? String == "")
            let passing = asked.filter { rejected[$0] == nil }
            if form == "extender-names" {
                #expect(answer["NodeNames"] as? [String] == passing)
                #expect(answer["Nodes"] is NSNull)
            } else {
                #expect(answer["NodeNames"] is NSNull)
                let list = try #require(answer["Nodes"] as? [String: Any])
                let items = try #require(list["items"] as? [NSDictionary])
                let copied = try nodeObjects(in: body).filter { passing.contains(try name(of: $0)) }
                #expect(items == copied)
            }
        }
    }

    @Test(arguments: expectations.filter { $0.pod != "cache-reader" }, ["extender-names", "extender-nodes"])
    func prioritizeAnswersAsWorkedOutByHand(_ expectation: Expectation, form: String) async throws {
        let body = try ThreeZones.recording("\(form)/prioritize-\(expectation.pod)")
        let asked = try names(in: body)
        try await TestServer.run(ThreeZones.topology()) { server in
            let reply = try await server.post("/prioritize", body)
            #expect(reply.status == 200)
            let answer = try #require(try reply.json() as? [[String: Any]])
            #expect(answer.map { $0["Host"] as? String } == asked)
            for entry in answer {
                #expect(Set(entry.keys) == ["Host", "Score"])
                let host = try #require(entry["Host"] as? String)
                let number = try #require(Int(host.suffix(4)))
                #expect(entry["Score"] as? Int == expectation.scores[number] ?? 0, "\(host)")
            }
        }
    }

    /// With one feasible node kube-scheduler makes no prioritize call, so its filter's body stands in.
    @Test func aLocalVolumeScoresTenOnItsNode() async throws {
        let body = try ThreeZones.recording("extender-names/filter-cache-reader")
        try await TestServer.run(ThreeZones.topology()) { server in
            let reply = try await server.post("/prioritize", body)
            #expect(reply.text == #"[{"Host":"node-0007","Score":10}]"#)
        }
    }

    @Test(arguments: ["extender-names", "extender-nodes"])
    func preemptKeepsEveryNodeAndItsVictimsForAPodWithoutVolumes(form: String) async throws {
        let body = try ThreeZones.recording("\(form)/preempt-vip")
        try await TestServer.run(ThreeZones.topology()) { server in
            let request = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
            let reply = try await server.post("/jabiru/preempt", body)
            #expect(reply.status == 200)
            let answer = try #require(try reply.json() as? [String: [String: NSDictionary]])
            #expect(Array(answer.keys) == ["NodeNameToMetaVictims"])
            let kept = try #require(answer["NodeNameToMetaVictims"])
            if let meta = request["NodeNameToMetaVictims"] as? [String: NSDictionary] {
                #expect(kept == meta)
            } else {
                let victims = try #require(request["NodeNameToVictims"] as? [String: [String: Any]])
                #expect(Set(kept.keys) == Set(victims.keys))
                for (node, value) in victims {
                    let pods = try #require(value["Pods"] as? [[String: Any]])
                    let uids = try pods.map { pod in
                        try #require((pod["metadata"] as? [String: Any])?["uid"] as? String)
                    }
                    let answered = try #require(kept[node]?["Pods"] as? [[String: String]])
                    #expect(answered == uids.map { ["UID": $0] })
                    #expect(kept[node]?["NumPDBViolations"] as? Int == value["NumPDBViolations"] as? Int)
                }
            }
        }
    }

    @Test func preemptDropsTheNodesThatFilterWouldReject() async throws {
        // The recorded victims with a pod that has volumes: no preempt call of such a pod was recorded.
        let victims = String(decoding: try ThreeZones.recording("extender-names/preempt-vip"), as: UTF8.self)
        let filter = String(decoding: try ThreeZones.recording("extender-names/filter-pg-0"), as: UTF8.self)
        let pod = try #require(filter.components(separatedBy: #","Nodes":null"#).first)
        let tail = try #require(victims.range(of: #","NodeNameToVictims""#)).lowerBound
        let body = pod + victims[tail...]
        try await TestServer.run(ThreeZones.topology()) { server in
            let reply = try await server.post("/preempt", Array(body.utf8))
            let answer = try #require(try reply.json() as? [String: [String: Any]])
            let kept = try #require(answer["NodeNameToMetaVictims"]).keys.sorted()
            #expect(kept == (0...8).map(ThreeZones.node))
        }
    }

    @Test(arguments: expectations)
    func explainSaysWhatTheSchedulerGot(_ expectation: Expectation) async throws {
        let body = try ThreeZones.recording("extender-names/filter-\(expectation.pod)")
        try await TestServer.run(ThreeZones.topology()) { server in
            let filter = try #require(try await server.post("/filter", body).json() as? [String: Any])
            let failed = try #require(filter["FailedAndUnresolvableNodes"] as? [String: String])
            let scores = try #require(try await server.post("/prioritize", body).json() as? [[String: Any]])
            let reply = try await server.post("/v1/explain", body)
            #expect(reply.status == 200)
            let explained = try #require((try reply.json() as? [String: Any])?["nodes"] as? [[String: Any]])
            #expect(explained.count == scores.count)
            for node in explained {
                let name = try #require(node["name"] as? String)
                #expect(node["rejection"] as? String == failed[name])
                let score = try #require(scores.first { $0["Host"] as? String == name })
                #expect(node["score"] as? Int == score["Score"] as? Int)
            }
        }
    }

    // MARK: Reading bodies

    private func names(in body: [UInt8]) throws -> [String] {
        let request = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        if let names = request["NodeNames"] as? [String] { return names }
        return try nodeObjects(in: body).map(name(of:))
    }

    private func nodeObjects(in body: [UInt8]) throws -> [NSDictionary] {
        let request = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        let list = try #require(request["Nodes"] as? [String: Any])
        return try #require(list["items"] as? [NSDictionary])
    }

    private func name(of node: NSDictionary) throws -> String {
        try #require((node["metadata"] as? [String: Any])?["name"] as? String)
    }
}
