import Foundation
import Logging
import NIOCore
import Placement
import Telemetry
import Testing
import Topology

@testable import Extender

/// What holds for every request on every topology, from the body's bytes to the answer's; without sockets.
///
/// A failure names its seed and case; `JABIRU_TEST_SEED` repeats the run.
@Suite struct VerbPropertyTests {
    /// How often what the properties are about occurred, so that a generator that makes only dull cases is seen.
    private struct Tally {
        var passed = 0
        var rejected = 0
        var unknown = 0
        var scored = 0
        var victimsKept = 0
        var victimsDropped = 0
        var heldSpace = 0
        /// Answers whose nodes were sent as slices of the request, and copied since the slices were too short.
        var sliced = 0
        var copied = 0
    }

    /// One pod's requests.
    private struct Case {
        let core: ExtenderCore
        let snapshot: TopologySnapshot
        let pod: Pod
        let names: [String]
        let wholeObjects: Bool
        let comment: Comment
    }

    @Test func answersAreConsistent() throws {
        var random = SeededGenerator.fromEnvironment()
        let seed = random.seed
        print("asking random requests with JABIRU_TEST_SEED=\(seed)")
        var tally = Tally()
        for world in 0..<150 {
            let cluster = RandomWorld(using: &random)
            let snapshot = TopologySnapshot.of(cluster.topology, generation: 1)
            let core = Self.core(snapshot, cluster.policy)
            // One after the other, so that the later ones see what the earlier ones hold.
            for index in 0..<3 {
                let all = cluster.topology.nodes.map(\.name) + cluster.strangers
                let some = Int.random(
                    in: random.chance(3) ? 0...all.count : (all.count / 2)...all.count, using: &random)
                let one = Case(
                    core: core, snapshot: snapshot, pod: cluster.pod("pod-\(index)", using: &random),
                    names: Array(all.shuffled(using: &random).prefix(some)), wholeObjects: random.chance(2),
                    comment: "seed \(seed), world \(world), pod \(index)")
                var text = RequestText(seed: random.next())
                let plan = try core.plan(for: one.pod)
                let failed = try checkFilter(one, plan, &text, &tally)
                let scores = try checkPrioritize(one, plan, &text, &tally)
                try checkPreempt(one, failed, &text, &random, &tally)
                try checkExplain(one, isFirst: index == 0, cluster.policy, failed, scores, &text)
            }
            tally.heldSpace += core.reservations.pods
        }
        for (what, count) in Mirror(reflecting: tally).children {
            let count = try #require(count as? Int)
            #expect(count > 20, "\(what ?? "") hardly occurred: \(tally), seed \(seed)")
        }
    }

    private static func core(_ snapshot: TopologySnapshot, _ policy: PlacementPolicy) -> ExtenderCore {
        ExtenderCore(
            policy: policy, metrics: ExtenderMetrics(factory: PrometheusRegistry()),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), monotonic: { 0 },
            wall: { Timestamp(milliseconds: 0) }, topology: { snapshot })
    }

    // MARK: Filter

    /// Each node is passed or failed; the ones that pass are as the request has them, in its order.
    private func checkFilter(
        _ one: Case, _ asked: PlacementPlan, _ text: inout RequestText, _ tally: inout Tally
    ) throws -> [String: String] {
        let request = text.arguments(one.pod, names: one.names, wholeNodes: one.wholeObjects)
        let answer = try one.core.filter(request.body)
        let bytes = answer.bytes
        let json = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any], one.comment)
        let failed = try #require(json["FailedAndUnresolvableNodes"] as? [String: String], one.comment)
        #expect(json["FailedNodes"] as? [String: String] == [:], one.comment)
        #expect(json["Error"] as? String == "", one.comment)

        let passed = one.names.filter { failed[$0] == nil }
        #expect(passed.count + failed.count == one.names.count, "failed nodes that were not asked for; \(one.comment)")
        let answered: [String]?
        if one.wholeObjects {
            #expect(json["NodeNames"] is NSNull, one.comment)
            let items = (json["Nodes"] as? [String: Any])?["items"] as? [[String: Any]]
            answered = items?.compactMap { ($0["metadata"] as? [String: Any])?["name"] as? String }
        } else {
            #expect(json["Nodes"] is NSNull, one.comment)
            answered = json["NodeNames"] as? [String]
        }
        #expect(answered == passed, one.comment)
        let head = one.wholeObjects ? #"{"Nodes":{"metadata":{},"items":["# : #"{"Nodes":null,"NodeNames":["#
        let items = zip(one.names, request.items).filter { failed[$0.0] == nil }.map(\.1)
        #expect(Self.list(in: bytes, after: head, is: items), "the nodes are not as they were; \(one.comment)")

        var plan = asked
        for name in one.names {
            let node = one.snapshot.nodes.index.find(name)
            #expect(failed[name] == plan.rejection(at: node)?.sentence, "\(name), \(one.comment)")
            if node == nil { tally.unknown += 1 }
        }
        tally.passed += passed.count
        tally.rejected += failed.count
        if one.wholeObjects, !passed.isEmpty, !failed.isEmpty {
            if answer.parts.count > 1 { tally.sliced += 1 } else { tally.copied += 1 }
        }
        return failed
    }

    /// Whether the answer has, after its head, a list of the very texts, with nothing but white space around them.
    private static func list(in bytes: [UInt8], after head: String, is items: [String]) -> Bool {
        var rest = bytes[...]
        func take(_ text: String) -> Bool {
            guard rest.starts(with: text.utf8) else { return false }
            rest = rest.dropFirst(text.utf8.count)
            return true
        }
        guard take(head) else { return false }
        for (index, item) in items.enumerated() {
            rest = rest.drop { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
            if index > 0 {
                guard take(",") else { return false }
                rest = rest.drop { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
            }
            guard take(item) else { return false }
        }
        return take("]")
    }

    // MARK: Prioritize

    /// Each node is scored once, in the request's order, from 0 to 10.
    private func checkPrioritize(
        _ one: Case, _ asked: PlacementPlan, _ text: inout RequestText, _ tally: inout Tally
    ) throws -> [String: Int] {
        let request = text.arguments(one.pod, names: one.names, wholeNodes: one.wholeObjects)
        let answer = try one.core.prioritize(request.body).bytes
        let list = try #require(try JSONSerialization.jsonObject(with: Data(answer)) as? [[String: Any]], one.comment)
        #expect(list.map { $0["Host"] as? String } == one.names, one.comment)
        var plan = asked
        var scores: [String: Int] = [:]
        for (name, entry) in zip(one.names, list) {
            let score = try #require(entry["Score"] as? Int, one.comment)
            #expect((0...10).contains(score), one.comment)
            #expect(score == plan.score(at: one.snapshot.nodes.index.find(name)), "\(name), \(one.comment)")
            if score > 0 { tally.scored += 1 }
            scores[name] = score
        }
        return scores
    }

    // MARK: Preempt

    /// The nodes that filter passes are kept, with their victims.
    private func checkPreempt(
        _ one: Case, _ failed: [String: String], _ text: inout RequestText, _ random: inout SeededGenerator,
        _ tally: inout Tally
    ) throws {
        let victims = one.names.map { name in
            let uids = (0..<Int.random(in: 0...2, using: &random)).map { "uid-\($0)-of-\(name)" }
            return (node: name, victims: RequestText.Victims(uids: uids, violations: Int(random.next() % 3)))
        }
        let body = text.preemption(one.pod, victims, wholePods: one.wholeObjects)
        let answer = try JSONSerialization.jsonObject(with: Data(try one.core.preempt(body).bytes))
        let kept = try #require((answer as? [String: Any])?["NodeNameToMetaVictims"] as? [String: Any], one.comment)
        #expect(Set(kept.keys) == Set(one.names.filter { failed[$0] == nil }), one.comment)
        for (node, victims) in victims where failed[node] == nil {
            let value = try #require(kept[node] as? [String: Any], "\(node), \(one.comment)")
            let pods = try #require(value["Pods"] as? [[String: String]], "\(node), \(one.comment)")
            #expect(pods == victims.uids.map { ["UID": $0] }, "\(node), \(one.comment)")
            #expect(value["NumPDBViolations"] as? Int == victims.violations, "\(node), \(one.comment)")
        }
        tally.victimsKept += kept.count
        tally.victimsDropped += one.names.count - kept.count
    }

    // MARK: Explain

    /// A person is shown what the scheduler got, by the server and, before anything is held, without one.
    private func checkExplain(
        _ one: Case, isFirst: Bool, _ policy: PlacementPolicy, _ failed: [String: String], _ scores: [String: Int],
        _ text: inout RequestText
    ) throws {
        let body = text.arguments(one.pod, names: one.names, wholeNodes: one.wholeObjects).body
        let request = try RequestScanner.scanArguments(body.readableBytesSpan, quantity: bytes(ofQuantity:))
        #expect(request.pod == one.pod, one.comment)
        let names = RequestExplainer.names(of: request, in: body)
        #expect(names == one.names, one.comment)
        var plan = try one.core.plan(for: request.pod)
        var explanations = [Explanation(plan: &plan, pod: request.pod, nodes: names)]
        if isFirst {
            explanations.append(
                try RequestExplainer.explain(
                    body: Array(body.readableBytesView), snapshot: one.snapshot, policy: policy))
        }
        for explanation in explanations {
            #expect(explanation.nodes.count == names.count, one.comment)
            for node in explanation.nodes {
                #expect(node.rejection == failed[node.name], "\(node.name), \(one.comment)")
                #expect(node.score == scores[node.name], "\(node.name), \(one.comment)")
            }
        }
    }
}

extension Answer {
    fileprivate var bytes: [UInt8] { parts.flatMap { Array($0.readableBytesView) } }
}
