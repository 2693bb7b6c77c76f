import Metrics
import NIOCore
import Placement
import Topology

extension ExtenderCore {
    /// Answers `preempt`: of the nodes on which pods would be evicted for this one, those that filter would pass.
    ///
    /// The victims stay as they are: evicting a pod frees no storage. The answer has the meta form whichever form was
    /// asked in, as kube-scheduler expects.
    ///
    /// - Throws: ``ScanError`` for a malformed body.
    func preempt(_ body: ByteBuffer) throws(ScanError) -> Answer {
        let request = try RequestScanner.scanPreemption(body.readableBytesSpan, quantity: bytes(ofQuantity:))
        metrics.preemptNodes.record(request.nodes.count)
        var keeps = [Bool](repeating: true, count: request.nodes.count)
        if !request.pod.claims.isEmpty || !request.pod.ephemeral.isEmpty {
            do {
                try preempt(request, body, into: &keeps)
            } catch {
                noOpinion(error)
                for place in keeps.indices { keeps[place] = true }
            }
        }
        return PreemptAnswer.answer(request: request, body: body, keeps: keeps)
    }

    private func preempt(_ request: ScannedPreemption, _ body: ByteBuffer, into keeps: inout [Bool]) throws {
        var plan = try plan(for: request.pod)
        recent.remember(request.pod)
        guard plan.hasOpinion else { return }
        let ordinals = Ordinals(of: request.nodes.lazy.map(\.name), in: plan.snapshot.nodes.index, body)
        var decision = decision(on: request.pod, .preempt, candidates: request.nodes.count, passed: request.nodes.count)
        for place in request.nodes.indices {
            let node = ordinals[place]
            guard let reason = plan.rejection(at: node) else { continue }
            keeps[place] = false
            decision.passed -= 1
            decision.reasons[reason.word, default: 0] += 1
        }
        decisions.add(decision)
    }
}
