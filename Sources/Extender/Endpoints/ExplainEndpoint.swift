import Foundation
import NIOCore
public import Placement
public import Topology

extension Endpoints {
    /// GET `/v1/explain?namespace=&pod=`: a pod's verdict and score on each node, as JSON.
    ///
    /// The pod is the one that the scheduler asked about last, else the one in the cache.
    func explain(namespace: String?, pod name: String?) -> Answer {
        guard let name, !name.isEmpty else {
            return Answer(status: 400, sentence: "The query has no pod: expected ?namespace=NAMESPACE&pod=NAME.")
        }
        let key = ObjectKey(namespace: namespace ?? "default", name: name)
        do {
            guard let pod = try core.recent.pod(key) ?? cache.pod(key) else {
                return Answer(
                    status: 404,
                    sentence: "The pod \(key) is not known: only pods with claims are, once they are in the topology "
                        + "or the scheduler has asked about them.")
            }
            var plan = try core.plan(for: pod)
            var explanation = Explanation(plan: &plan, pod: pod, nodes: plan.snapshot.knownNodes)
            explanation.lastAsked = try cache.decisions(limit: 5, namespace: key.namespace, pod: key.name).map {
                Explanation.AskedNote($0)
            }
            return try answer(explanation)
        } catch {
            return Answer(status: 500, sentence: "The pod cannot be explained: \(error)")
        }
    }

    /// POST `/v1/explain`: the same for a saved request body of filter or prioritize, on the nodes that it names.
    func explain(_ body: ByteBuffer) throws(ScanError) -> Answer {
        let request = try RequestScanner.scanArguments(body.readableBytesSpan, quantity: bytes(ofQuantity:))
        do {
            var plan = try core.plan(for: request.pod)
            return try answer(
                Explanation(
                    plan: &plan, pod: request.pod, nodes: RequestExplainer.names(of: request, in: body)))
        } catch {
            return Answer(status: 500, sentence: "The request cannot be explained: \(error)")
        }
    }

    private func answer(_ explanation: Explanation) throws -> Answer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Answer(
            text: String(decoding: try encoder.encode(explanation), as: UTF8.self) + "\n",
            contentType: "application/json")
    }
}

/// Explains a saved request body without a server.
public enum RequestExplainer {
    /// Explains a request body of filter or prioritize against a snapshot.
    ///
    /// - Throws: An error whose description says where the body is malformed.
    public static func explain(
        body: [UInt8], snapshot: TopologySnapshot, policy: PlacementPolicy
    ) throws -> Explanation {
        let buffer = ByteBuffer(bytes: body)
        let request = try RequestScanner.scanArguments(buffer.readableBytesSpan, quantity: bytes(ofQuantity:))
        var plan = PlacementPlan(pod: request.pod, snapshot: snapshot, policy: policy)
        return Explanation(plan: &plan, pod: request.pod, nodes: names(of: request, in: buffer))
    }

    static func names(of request: ScannedArguments, in body: ByteBuffer) -> [String] {
        request.candidates.map { $0.name.string(in: body.readableBytesSpan) }
    }
}
