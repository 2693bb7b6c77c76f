import Foundation

/// Checks that an answer is a right one, so that nothing empty or wrong counts as fast.
struct AnswerCheck {
    let verb: Verb
    let form: Form
    /// Whether the server is expected to know where the data is, and not only to echo.
    let decides: Bool

    private struct FilterAnswer: Decodable {
        struct NodeList: Decodable {
            struct Item: Decodable {
                struct Metadata: Decodable { let name: String }
                let metadata: Metadata
            }
            let items: [Item]
        }
        let nodes: NodeList?
        let nodeNames: [String]?
        let failedNodes: [String: String]?
        let failedAndUnresolvableNodes: [String: String]?
        let error: String?

        enum CodingKeys: String, CodingKey {
            case nodes = "Nodes"
            case nodeNames = "NodeNames"
            case failedNodes = "FailedNodes"
            case failedAndUnresolvableNodes = "FailedAndUnresolvableNodes"
            case error = "Error"
        }
    }

    private struct HostPriority: Decodable {
        let host: String
        let score: Int

        enum CodingKeys: String, CodingKey {
            case host = "Host"
            case score = "Score"
        }
    }

    private struct PreemptAnswer: Decodable {
        struct Victims: Decodable {
            struct Pod: Decodable {
                let uid: String

                enum CodingKeys: String, CodingKey { case uid = "UID" }
            }
            let pods: [Pod]

            enum CodingKeys: String, CodingKey { case pods = "Pods" }
        }
        let victims: [String: Victims]

        enum CodingKeys: String, CodingKey { case victims = "NodeNameToMetaVictims" }
    }

    /// - Throws: ``BenchError`` that says what is wrong.
    func check(_ answer: [UInt8], to request: RequestBody) throws {
        switch verb {
        case .filter: try checkFilter(decode(answer), request)
        case .prioritize: try checkPrioritize(decode(answer), request)
        case .preempt: try checkPreempt(decode(answer), request)
        }
    }

    private func decode<Value: Decodable>(_ answer: [UInt8]) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(answer))
        } catch {
            throw BenchError("not the JSON of a \(verb.rawValue) answer: \(error)")
        }
    }

    private func checkFilter(_ answer: FilterAnswer, _ request: RequestBody) throws {
        let passed = form == .names ? answer.nodeNames ?? [] : answer.nodes?.items.map(\.metadata.name) ?? []
        let failed = Array((answer.failedNodes ?? [:]).keys) + (answer.failedAndUnresolvableNodes ?? [:]).keys
        try require(answer.error?.isEmpty ?? true, "an error: \(answer.error ?? "")")
        try requireSame(passed + failed, request.nodes)
        try requireKept(passed, request)
    }

    private func checkPrioritize(_ answer: [HostPriority], _ request: RequestBody) throws {
        try requireSame(answer.map(\.host), request.nodes)
        try require(answer.allSatisfy { 0...10 ~= $0.score }, "a score that is not from 0 to 10")
        guard decides else { return }
        let best = answer.filter { $0.score == 10 }.map(\.host)
        try require(
            Set(best) == Set(request.replicaNodes), "score 10 for \(best), not for the nodes that hold the data")
    }

    private func checkPreempt(_ answer: PreemptAnswer, _ request: RequestBody) throws {
        let kept = answer.victims
        try requireKept(Array(kept.keys), request)
        for (node, victims) in kept {
            try require(victims.pods.map(\.uid) == request.victims[node], "other victims for \(node) than it was given")
        }
    }

    /// An echo keeps every node; Jabiru those with room, but at least those that hold the data.
    private func requireKept(_ kept: [String], _ request: RequestBody) throws {
        if decides {
            try require(Set(kept).isSuperset(of: request.replicaNodes), "a node that holds the data is missing")
            try require(kept.count * 4 > request.nodes.count * 3, "only \(kept.count) nodes are left")
        } else {
            try requireSame(kept, request.nodes)
        }
    }

    private func requireSame(_ answered: [String], _ asked: [String]) throws {
        try require(
            answered.count == asked.count && Set(answered) == Set(asked),
            "\(answered.count) nodes instead of the \(asked.count) that were asked about")
    }

    private func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition { throw BenchError("a wrong answer: \(what())") }
    }
}
