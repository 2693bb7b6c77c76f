public import ArgumentParser
public import Placement
import Topology

/// `jabiru explain`: why a pod goes where it goes.
struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show each node's verdict on a pod, and each volume's share of the score.",
        discussion: """
            A running server explains with the space that pods in flight hold, and as it answered the scheduler; from \
            a cache or a topology file, the same is computed here.

            Examples:
              jabiru explain pod default/pg-0
              jabiru explain pod default/pg-0 --topology topology.yaml --all
              jabiru explain --request filter-pg-0.json
            """,
        subcommands: [ExplainPod.self])

    @OptionGroup var options: ExplainOptions

    func run() async throws {
        guard let request = options.request else {
            throw ValidationError(
                "nothing to explain: give a pod with jabiru explain pod NAMESPACE/NAME, or a request with --request")
        }
        let file = InputFile(request)
        let body = try file.read(expecting: "the body of a filter or prioritize request")
        let policy = options.policy
        try options.show(
            try await options.explanation(
                server: { try await $0.explain(body: body) },
                local: { try $0.explain(body: body, from: file, policy: policy) }))
    }
}

/// `jabiru explain pod`.
struct ExplainPod: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pod",
        abstract: "Explain a pod of the topology, or one that the scheduler has asked the server about.",
        discussion: """
            Example:
              jabiru explain pod default/pg-0
            """)

    @Argument(help: ArgumentHelp("The pod; without a namespace, one in default.", valueName: "namespace/name"))
    var pod: String

    @OptionGroup var options: ExplainOptions

    func validate() throws {
        if options.request != nil { throw ValidationError("--request takes the place of a pod: give one of the two") }
        _ = try key()
    }

    func run() async throws {
        let key = try key()
        let policy = options.policy
        try options.show(
            try await options.explanation(
                server: { try await $0.explain(pod: key) },
                local: { try $0.explain(pod: key, policy: policy) }))
    }

    private func key() throws -> ObjectKey {
        let parts = pod.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, !parts.contains("") else {
            throw ValidationError("the pod is \"\(pod)\": expected NAMESPACE/NAME")
        }
        return ObjectKey(namespace: parts.count == 2 ? parts[0] : "default", name: parts[parts.count - 1])
    }
}

/// The options of `jabiru explain` and its subcommands.
///
/// One set for both, because ArgumentParser gives an option that both know to the one that comes first.
struct ExplainOptions: ParsableArguments {
    /// The forms of an explanation.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, yaml
    }

    @OptionGroup var source: SourceOptions

    @Option(
        help: ArgumentHelp(
            "Topology file to compute from, instead of a server or the cache. (default: none)", valueName: "file"),
        completion: .file())
    var topology: String?

    @Option(
        help: ArgumentHelp(
            "Explain the saved body of a filter or prioritize request; - is the standard input. (default: none)",
            valueName: "file"),
        completion: .file())
    var request: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("Form of the explanation.", valueName: "format"))
    var output = Format.table

    @Option(
        help: ArgumentHelp(
            "Show so many nodes, the best first. (default: 20 in a table, else all)", valueName: "count"))
    var nodes: Int?

    @Flag(help: "Show all nodes. (default: see --nodes)")
    var all = false

    @Option(
        help: ArgumentHelp(
            "How the pod's volumes are weighted; with --cache or --topology only. (default: equal)", valueName: "word"))
    var weighting: PlacementPolicy.Weighting?

    @Option(
        help: ArgumentHelp(
            "How claims without a volume are placed; with --cache or --topology only. (default: spread)",
            valueName: "word"))
    var unbound: PlacementPolicy.UnboundStrategy?

    func validate() throws {
        if topology != nil, source.isNamed {
            throw ValidationError("--topology, --server and --cache exclude each other")
        }
        if weighting != nil || unbound != nil, topology == nil, source.cache == nil {
            throw ValidationError("--weighting and --unbound need --cache or --topology: a server goes by its own")
        }
        if let nodes {
            if all { throw ValidationError("--nodes and --all exclude each other") }
            if nodes < 1 { throw ValidationError("--nodes is \(nodes): expected a number above 0") }
        }
        if topology == "-", request == "-" {
            throw ValidationError("only one of --topology and --request can be the standard input")
        }
    }

    /// How to weigh where no server does.
    var policy: PlacementPolicy {
        PlacementPolicy(weighting: weighting ?? .equal, unbound: unbound ?? .spread)
    }

    /// Gets an explanation from where a person said.
    func explanation(
        server: (ServerClient) async throws -> Explanation, local: (LocalTopology) throws -> Explanation
    ) async throws -> Explanation {
        if let topology { return try local(try LocalTopology(file: InputFile(topology))) }
        return try await source.read(server: server, cache: { try local(try LocalTopology(cache: $0)) })
    }

    /// Shows an explanation in the form that was asked for.
    func show(_ explanation: Explanation) throws {
        switch output {
        case .table:
            let table = ExplanationTable(explanation, limit: all ? .max : nodes ?? 20)
            try StandardOutput.write(table.text(paint: .forStandardOutput()))
        case .json, .yaml:
            var explanation = explanation
            if let nodes { explanation.nodes.removeSubrange(min(nodes, explanation.nodes.count)...) }
            try StandardOutput.write(output == .json ? explanation.json() : explanation.yaml())
        }
    }
}

extension PlacementPolicy.Weighting: ExpressibleByArgument {}
extension PlacementPolicy.UnboundStrategy: ExpressibleByArgument {}
