import HTTPTypes

/// What a path stands for.
enum Route: Hashable, Sendable {
    case filter
    case prioritize
    case preempt
    case health
    case readiness
    case metrics
    case topology
    case explain

    /// The methods that the path answers.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .filter, .prioritize, .preempt: [.post]
        case .health, .readiness, .metrics, .topology: [.get, .head]
        case .explain: [.get, .post]
        }
    }
}

/// The paths that the extender answers.
struct Routes: Sendable {
    private var routes: [String: Route] = [
        "/healthz": .health, "/readyz": .readiness, "/metrics": .metrics, "/v1/topology": .topology,
        "/v1/explain": .explain,
    ]
    private let prefixes: [String]

    /// - Parameter prefixes: Where the verbs are, such as `/jabiru`; an empty one is the root. A slash at the end does
    ///   not count, since kube-scheduler drops it from its `urlPrefix` as well.
    init(prefixes: [String]) {
        self.prefixes = prefixes.map { prefix in
            var trimmed = prefix[...]
            while trimmed.last == "/" { trimmed = trimmed.dropLast() }
            return trimmed.isEmpty || trimmed.first == "/" ? String(trimmed) : "/\(trimmed)"
        }
        for prefix in self.prefixes {
            routes["\(prefix)/filter"] = .filter
            routes["\(prefix)/prioritize"] = .prioritize
            routes["\(prefix)/preempt"] = .preempt
        }
    }

    /// The route of a path without its query, with or without a slash at its end; `nil` where there is none.
    func route(_ path: Substring) -> Route? {
        routes[String(path.last == "/" ? path.dropLast() : path)]
    }

    /// The sentence for a path that is not answered.
    func notFound(_ path: Substring) -> Answer {
        let verbs = prefixes.map { "\($0)/{filter,prioritize,preempt}" }.joined(separator: " and ")
        return Answer(
            status: 404,
            sentence: "There is nothing at \(path.prefix(200)): the verbs are at \(verbs), and a person may GET "
                + "/healthz, /readyz, /metrics, /v1/topology and /v1/explain.")
    }

    /// The sentence for a method that a path does not answer.
    func wrongMethod(_ method: HTTPRequest.Method, _ path: Substring, _ route: Route) -> Answer {
        let allowed = route.methods.map(\.rawValue).joined(separator: " or ")
        return Answer(status: 405, sentence: "\(path.prefix(200)) answers \(allowed), not \(method.rawValue).")
    }
}
