import Metrics
import NIOCore
import Placement
import Topology

extension ExtenderCore {
    /// Answers `filter`: which of the request's nodes the pod can run on, and why not on the others.
    ///
    /// - Throws: ``ScanError`` for a malformed body.
    func filter(_ body: ByteBuffer) throws(ScanError) -> Answer {
        let request = try RequestScanner.scanArguments(body.readableBytesSpan, quantity: bytes(ofQuantity:))
        metrics.filterNodes.record(request.candidates.count)
        if request.pod.claims.isEmpty && request.pod.ephemeral.isEmpty {
            return FilterAnswer(request: request, body: body).allPass()
        }
        do {
            return try filter(request, body)
        } catch {
            noOpinion(error)
            return FilterAnswer(request: request, body: body).allPass()
        }
    }

    private func filter(_ request: ScannedArguments, _ body: ByteBuffer) throws -> Answer {
        var plan = try plan(for: request.pod)
        recent.remember(request.pod)
        countUnknown(plan)
        guard plan.hasOpinion else { return FilterAnswer(request: request, body: body).allPass() }
        let ordinals = Ordinals(of: request.candidates.lazy.map(\.name), in: plan.snapshot.nodes.index, body)
        var reasons = [UInt8](repeating: FilterAnswer.passes, count: request.candidates.count)
        var counts = [Int](repeating: 0, count: RejectionReason.allCases.count)
        var passed = 0
        var onlyNode: Int?
        for place in request.candidates.indices {
            let node = ordinals[place]
            if let reason = plan.rejection(at: node) {
                reasons[place] = reason.rawValue
                counts[Int(reason.rawValue)] += 1
            } else {
                passed += 1
                onlyNode = node
            }
        }
        if passed == 1, let onlyNode {
            // With one node left kube-scheduler does not call prioritize.
            hold(&plan, for: request.pod, at: onlyNode)
        } else if passed == 0 {
            release(request.pod, in: plan.snapshot)
        }
        var decision = decision(on: request.pod, .filter, candidates: request.candidates.count, passed: passed)
        for reason in RejectionReason.allCases where counts[Int(reason.rawValue)] > 0 {
            metrics.rejections[Int(reason.rawValue)].increment(by: counts[Int(reason.rawValue)])
            decision.reasons[reason.word] = counts[Int(reason.rawValue)]
        }
        decisions.add(decision)
        return FilterAnswer(request: request, body: body).answer(reasons: reasons, passed: passed)
    }
}
