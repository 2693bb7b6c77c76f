import Extender
import Foundation
import Testing
import Topology

/// Recorded requests, broken at random: no crash, no wrong accept, no range that points elsewhere, no more
/// memory than a multiple of the body.
///
/// `JABIRU_FUZZ_ITERATIONS` sets how many, `JABIRU_TEST_SEED` repeats a run.
@Suite("Fuzzed requests")
struct RequestFuzzTests {
    private struct Failure: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    @Test func arguments() throws {
        let bodies = try Recording.arguments.map { try cut($0) }
        try run(bodies, iterations(14_000)) { body throws(ScanError) in
            let scanned = try scanArguments(body)
            return {
                try checkMemory(scanned, body)
                try check(scanned, body)
            }
        }
    }

    @Test func preemptions() throws {
        try run(Recording.preemptions.map(\.bytes).filter { $0.count < 10_000 }, iterations(6_000)) {
            body throws(ScanError) in
            let scanned = try scanPreemption(body)
            return {
                try checkMemory(scanned, body)
                try check(scanned, body)
            }
        }
    }

    /// Bodies made to be kept in as much memory as possible.
    @Test func worstBodiesKeepNoMoreThanAMultipleOfTheirSize() throws {
        let pod = #"{"Pod":{"metadata":{"name":"p"}},"#
        let count = 50_000
        let short = Array(repeating: "\"x\"", count: count).joined(separator: ",")
        let padding = String(repeating: "x", count: 4 * count)
        let node = #"{"metadata":{"name":"x"}}"#
        let nodes = Array(repeating: node, count: count).joined(separator: ",")
        for list in [
            #""NodeNames":[\#(short)]}"#,
            // What the first promises the rest does not hold.
            #""NodeNames":["x","\#(padding)"]}"#,
            #""NodeNames":["\#(padding)",\#(short)]}"#,
            #""Nodes":{"items":[\#(nodes)]}}"#,
            #""Nodes":{"items":[\#(node)],"x":"\#(padding)"}}"#,
        ] {
            let body = Array((pod + list).utf8)
            try checkMemory(scanArguments(body), body)
        }
        let names = (0..<count).map { String($0, radix: 36) }
        let empty = names.map { "\"\($0)\":{}" }.joined(separator: ",")
        let uids = Array(repeating: #"{"UID":"x"}"#, count: count).joined(separator: ",")
        for map in [empty, #""n":{"Pods":[\#(uids)]}"#] {
            let body = Array((pod + #""NodeNameToMetaVictims":{\#(map)}}"#).utf8)
            try checkMemory(scanPreemption(body), body)
        }
    }

    /// Only the first two nodes: the rest repeats them, and costs the reference time.
    private func cut(_ recording: Recording) throws -> [UInt8] {
        let scanned = try scanArguments(recording.bytes)
        guard recording.hasNodes, scanned.candidates.count > 2 else { return recording.bytes }
        let end = try #require(scanned.candidates.last).item.upperBound
        return Array(recording.bytes[..<scanned.candidates[1].item.upperBound] + recording.bytes[end...])
    }

    private func run(
        _ bodies: [[UInt8]], _ count: Int,
        scan: ([UInt8]) throws(ScanError) -> (() throws -> Void)
    ) throws {
        var generator = SeededGenerator.fromEnvironment()
        let seed = generator.seed
        print("fuzzing \(count) requests with JABIRU_TEST_SEED=\(seed)")
        var accepted = 0
        for iteration in 0..<count {
            let body = try #require(bodies.randomElement(using: &generator))
            let other = try #require(bodies.randomElement(using: &generator))
            let mutated = BodyMutator.mutate(body, with: other, using: &generator)
            do {
                let check = try scan(mutated)
                accepted += 1
                try check()
            } catch let error as ScanError {
                #expect(
                    (0...mutated.count).contains(error.offset), "seed \(seed), iteration \(iteration): \(error)")
            } catch {
                Issue.record(
                    "seed \(seed), iteration \(iteration): \(error): \(String(decoding: mutated, as: UTF8.self))")
                return
            }
        }
        #expect(accepted > count / 20, "seed \(seed): hardly a body was accepted, so little was checked")
    }

    /// What a scan keeps is bounded by what the body takes: a growing array has at most twice the room it needs, and
    /// the smallest candidate takes four bytes of the body (`"x",`), the smallest node with victims seven (`"x":{},`).
    private func checkMemory(_ scanned: ScannedArguments, _ body: [UInt8]) throws {
        let kept = scanned.candidates.capacity * MemoryLayout<ScannedArguments.Candidate>.stride
        guard kept <= 12 * body.count + 512 else { throw Failure("\(kept) bytes kept of a body of \(body.count)") }
    }

    private func checkMemory(_ scanned: ScannedPreemption, _ body: [UInt8]) throws {
        let kept =
            scanned.nodes.capacity * MemoryLayout<ScannedPreemption.NodeVictims>.stride
            + scanned.uids.capacity * MemoryLayout<JSONText>.stride
        guard kept <= 16 * body.count + 512 else { throw Failure("\(kept) bytes kept of a body of \(body.count)") }
    }

    private func check(_ scanned: ScannedArguments, _ body: [UInt8]) throws {
        let root = try reference(body)
        try check(scanned.pod.name, (root["Pod"] as? [String: Any])?["metadata"])
        let names: [Any]
        switch scanned.form {
        case .names: names = root["NodeNames"] as? [Any] ?? []
        case .nodes:
            let items = (root["Nodes"] as? [String: Any])?["items"] as? [[String: Any]] ?? []
            names = items.map { ($0["metadata"] as? [String: Any])?["name"] as Any }
            for candidate in scanned.candidates {
                let range = candidate.item
                guard range.lowerBound < range.upperBound, range.upperBound <= body.count,
                    body[range.lowerBound] == UInt8(ascii: "{"), body[range.upperBound - 1] == UInt8(ascii: "}"),
                    range.contains(Int(candidate.name.start)), range.contains(Int(candidate.name.end))
                else { throw Failure("a node's range is wrong") }
            }
        }
        for candidate in scanned.candidates { try check(candidate.name, body) }
        guard scanned.names(in: body) == names as? [String] else { throw Failure("other names than Foundation's") }
    }

    private func check(_ scanned: ScannedPreemption, _ body: [UInt8]) throws {
        let root = try reference(body)
        try check(scanned.pod.name, (root["Pod"] as? [String: Any])?["metadata"])
        let key = scanned.form == .victims ? "NodeNameToVictims" : "NodeNameToMetaVictims"
        let map = root[key] as? [String: [String: Any]] ?? [:]
        guard scanned.nodes.count == map.count else { throw Failure("another number of nodes than Foundation's") }
        for node in scanned.nodes {
            try check(node.name, body)
            guard let victims = map[node.name.string(in: body)] else { throw Failure("a node that is not there") }
            let uids = (victims["Pods"] as? [[String: Any]] ?? []).map { pod in
                scanned.form == .victims ? (pod["metadata"] as? [String: Any])?["uid"] : pod["UID"]
            }
            guard scanned.uids[node.uids].map({ $0.string(in: body) }) == uids as? [String] else {
                throw Failure("other UIDs than Foundation's")
            }
            guard FoundationOracle.object(Array(body[node.value])) is [String: Any] else {
                throw Failure("a node's range is wrong")
            }
        }
    }

    /// What Foundation reads; that it reads anything is the check against a wrong accept.
    private func reference(_ body: [UInt8]) throws -> [String: Any] {
        // A cheaper full parse than decoding every value, and as strict: see `JSONDifferentialTests` for the decoder.
        let plain =
            FoundationOracle.object(body) ?? FoundationOracle.object(FoundationOracle.withoutExtremeNumbers(body))
        guard let root = plain as? [String: Any] else { throw Failure("accepted, but not by Foundation") }
        return root
    }

    private func check(_ name: JSONText, _ body: [UInt8]) throws {
        guard name.start > 0, name.start < name.end, name.end < body.count,
            body[Int(name.start) - 1] == UInt8(ascii: "\""), body[Int(name.end)] == UInt8(ascii: "\"")
        else { throw Failure("a name's range is wrong") }
    }

    private func check(_ name: String, _ metadata: Any?) throws {
        guard (metadata as? [String: Any])?["name"] as? String == name else {
            throw Failure("another pod than Foundation's")
        }
    }
}
