import Metrics
import NIOCore
import Placement
import Topology

extension ExtenderCore {
    /// Answers `prioritize`: the score of each of the request's nodes, from 0 to 10.
    ///
    /// - Throws: ``ScanError`` for a malformed body.
    func prioritize(_ body: ByteBuffer) throws(ScanError) -> Answer {
        let request = try RequestScanner.scanArguments(body.readableBytesSpan, quantity: bytes(ofQuantity:))
        metrics.prioritizeNodes.record(request.candidates.count)
        var scores = [UInt8](repeating: 0, count: request.candidates.count)
        if !request.pod.claims.isEmpty || !request.pod.ephemeral.isEmpty {
            do {
                try prioritize(request, body, into: &scores)
            } catch {
                noOpinion(error)
                for place in scores.indices { scores[place] = 0 }
            }
        }
        return PriorityAnswer.answer(request: request, body: body, scores: scores)
    }

    private func prioritize(_ request: ScannedArguments, _ body: ByteBuffer, into scores: inout [UInt8]) throws {
        var plan = try plan(for: request.pod)
        recent.remember(request.pod)
        guard plan.hasOpinion else { return }
        let ordinals = Ordinals(of: request.candidates.lazy.map(\.name), in: plan.snapshot.nodes.index, body)
        var best = BestNode(pod: request.pod)
        for place in request.candidates.indices {
            let node = ordinals[place]
            let exact = plan.exactScore(at: node)
            scores[place] = UInt8(PlacementPlan.rounded(exact))
            if let node { best.offer(node, exact) }
        }
        var decision = decision(
            on: request.pod, .prioritize, candidates: request.candidates.count, passed: request.candidates.count)
        if let node = best.node, best.score > 0 {
            hold(&plan, for: request.pod, at: node)
            decision.bestNode = plan.snapshot.nodes.names[node]
            decision.bestScore = PlacementPlan.rounded(best.score)
        } else {
            // Where all score 0 the score decides nothing, and the pod may land anywhere.
            release(request.pod, in: plan.snapshot)
        }
        decisions.add(decision)
    }
}

/// The node that scores best.
///
/// Among equals one that the pod's identity chooses, so that a burst of pods does not hold all its space on one node.
private struct BestNode {
    private(set) var node: Int?
    private(set) var score = -1.0
    private var rank: UInt64 = 0
    private let salt: UInt64

    init(pod: Pod) {
        var salt: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in (pod.uid ?? pod.name).utf8 { salt = (salt ^ UInt64(byte)) &* 0x100_0000_01B3 }
        self.salt = salt
    }

    mutating func offer(_ node: Int, _ score: Double) {
        guard score >= self.score else { return }
        var mixed = (salt ^ UInt64(node)) &* 0x9E37_79B9_7F4A_7C15
        mixed ^= mixed >> 32
        if score > self.score || mixed > rank {
            self.node = node
            self.score = score
            rank = mixed
        }
    }
}
