import HTTPTypes
import HummingbirdCore
import Logging
import Metrics
import NIOCore
import Synchronization

/// Answers the extender's HTTP requests.
struct ExtenderResponder: Sendable {
    let core: ExtenderCore
    let endpoints: Endpoints
    let routes: Routes
    let bodies: BodyReader
    let metrics: ExtenderMetrics
    let logger: Logger

    /// Answers one request.
    ///
    /// Every answer carries its length, and a verb's is 200: kube-scheduler drops its connection after a chunked answer
    /// or one with another status (measured with its own client), and reads no body of those.
    @concurrent
    func respond(to request: Request, _ writer: consuming ResponseWriter) async throws {
        let path = (request.head.path ?? "/").prefix { $0 != "?" }
        let route = routes.route(path)
        guard let route else {
            try await send(routes.notFound(path), to: request, writer)
            return
        }
        guard route.methods.contains(request.method) else {
            try await send(
                routes.wrongMethod(request.method, path, route), to: request, writer,
                allow: route.methods.map(\.rawValue).joined(separator: ", "))
            return
        }
        if request.headers[.expect]?.lowercased() == "100-continue",
            request.headers[.contentLength].flatMap({ Int($0) }) ?? 0 <= bodies.limit
        {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        let answer: Answer
        switch route {
        case .filter: answer = try await verb(request, metrics.filter, core.filter)
        case .prioritize: answer = try await verb(request, metrics.prioritize, core.prioritize)
        case .preempt: answer = try await verb(request, metrics.preempt, core.preempt)
        case .explain where request.method == .post:
            answer = try await verb(request, nil) { (body) throws(ScanError) in try endpoints.explain(body) }
        case .health: answer = Answer(text: "ok\n", contentType: "text/plain; charset=utf-8")
        case .readiness: answer = endpoints.readiness()
        case .metrics: answer = endpoints.renderMetrics()
        case .topology:
            let format = request.uri.queryParameters["format"].map(String.init)
            answer = try await endpoints.offThePool { $0.topology(format: format) }
        case .explain:
            let query = request.uri.queryParameters
            let (namespace, pod) = (query["namespace"].map(String.init), query["pod"].map(String.init))
            answer = try await endpoints.offThePool { $0.explain(namespace: namespace, pod: pod) }
        }
        try await send(answer, to: request, writer)
    }

    /// Reads a body and answers it; what cannot be read or scanned gets its status and a sentence.
    private func verb(
        _ request: Request, _ counters: ExtenderMetrics.Verb?, _ answer: (ByteBuffer) throws(ScanError) -> Answer
    ) async throws -> Answer {
        do {
            let (body, charge) = try await bodies.read(request)
            let start = ContinuousClock.now
            var result = try answer(body)
            result.charge = charge
            counters?.answered.increment()
            counters?.duration.recordNanoseconds((ContinuousClock.now - start).nanoseconds)
            return result
        } catch let error as ScanError {
            logger.debug("Malformed request", metadata: ["error": "\(error)"])
            if error.code == .tooLarge {
                counters?.tooLarge.increment()
                return Answer(status: 413, sentence: error.description)
            }
            counters?.malformed.increment()
            return Answer(status: 400, sentence: error.description)
        } catch let refusal as BodyReader.Refusal {
            switch refusal {
            case .tooLarge:
                counters?.tooLarge.increment()
                return Answer(
                    status: 413,
                    sentence: "The body is larger than \(bodies.limit) bytes: raise --max-body, or set "
                        + "nodeCacheCapable: true so that kube-scheduler sends names only.")
            case .tooMany:
                counters?.refused.increment()
                return Answer(status: 503, sentence: "Too many request bodies are in memory: try again.")
            case .incomplete:
                counters?.malformed.increment()
                return Answer(status: 400, sentence: "The body ends before its Content-Length.")
            }
        }
    }

    @concurrent
    private func send(
        _ answer: Answer, to request: Request, _ writer: consuming ResponseWriter, allow: String? = nil
    ) async throws {
        var fields = HTTPFields()
        fields[.contentType] = answer.contentType
        fields[.contentLength] = String(answer.byteCount)
        if let allow { fields[.allow] = allow }
        let head = HTTPResponse(status: HTTPResponse.Status(code: answer.status), headerFields: fields)
        if request.method == .head {
            try await writer.writeResponse(head)
        } else if answer.parts.count == 1 {
            try await writer.write(response: head, body: ResponseBody(byteBuffer: answer.parts[0]))
        } else {
            try await writer.write(response: head, body: ResponseBody(contentsOf: answer.parts))
        }
    }
}

extension Duration {
    /// The duration in nanoseconds; those of requests fit.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
