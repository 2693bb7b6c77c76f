import ArgumentParser
import Extender
import Foundation
import Logging
import Placement
import Telemetry
import Topology

/// `jabiru serve`: the extender.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer kube-scheduler's filter, prioritize and preempt calls.",
        discussion: """
            Each setting is taken from its flag, else from the environment (JABIRU_LISTEN for --listen), else from the \
            file given with --config, else it has its default.

            Example:
              jabiru serve --topology examples/three-zones.yaml --cache /var/lib/jabiru/topology.sqlite

            SIGHUP reads the topology file and the TLS files again; both are also read again when they change. SIGTERM \
            and SIGINT finish the requests in flight and stop.
            """)

    @Option(
        help: ArgumentHelp(
            "Topology file to serve, in YAML or JSON. (default: none; the cache is served as it is)", valueName: "file")
    )
    var topology: String?

    @Option(
        help: ArgumentHelp("Cache file. (default: \(DefaultPaths.cacheDescription))", valueName: "file"))
    var cache: String?

    @Option(help: ArgumentHelp("Address to listen on. (default: 127.0.0.1:8099)", valueName: "host:port"))
    var listen: String?

    @Option(
        help: ArgumentHelp(
            "Path under which the verbs are; may be repeated. (default: the root and /jabiru)", valueName: "path"))
    var prefix: [String] = []

    @Option(help: ArgumentHelp("Largest request body. (default: 256Mi)", valueName: "size"))
    var maxBody: String?

    @Option(help: ArgumentHelp("Most bytes of all request bodies in memory. (default: 512Mi)", valueName: "size"))
    var maxBodies: String?

    @Option(help: ArgumentHelp("Most connections at once. (default: 4096)", valueName: "count"))
    var maxConnections: String?

    @Option(
        help: ArgumentHelp(
            "Longest time from a request's first byte until its answer is taken. (default: 10s)",
            valueName: "duration"))
    var requestTimeout: String?

    @Option(help: ArgumentHelp("Longest time a connection may be idle. (default: 120s)", valueName: "duration"))
    var idleTimeout: String?

    @Option(
        help: ArgumentHelp(
            "Oldest cache that counts as ready before its source has been read. (default: 10m)",
            valueName: "duration"))
    var maxCacheAge: String?

    @Option(help: ArgumentHelp("Certificate chain in PEM form; turns TLS on. (default: none)", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("The certificate's private key in PEM form. (default: none)", valueName: "file"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "Authorities whose clients may connect; turns mutual TLS on. (default: none)", valueName: "file"))
    var tlsClientCa: String?

    @Option(help: ArgumentHelp("How a pod's volumes are weighted: equal or size. (default: equal)", valueName: "word"))
    var weighting: String?

    @Option(
        help: ArgumentHelp(
            "How claims without a volume are placed: spread or pack. (default: spread)", valueName: "word"))
    var unbound: String?

    @Option(
        help: ArgumentHelp(
            "Form of log records: auto (text on a terminal, else json), text or json. (default: auto)",
            valueName: "word"))
    var logFormat: String?

    @Option(help: ArgumentHelp("Least severe level that is logged. (default: info)", valueName: "level"))
    var logLevel: String?

    @Option(
        help: ArgumentHelp(
            "Configuration file in YAML, with the flags' names as keys. (default: none)", valueName: "file"))
    var config: String?

    func run() async throws {
        let options = try await resolved()
        options.logging.bootstrap()
        try await ServeRunner(options: options).run()
    }

    private func resolved() async throws -> ServeOptions {
        let environment = ProcessInfo.processInfo.environment
        let sources = try await SettingSources(configurationFile: config ?? environment["JABIRU_CONFIG"])
        var options = ServeOptions()
        options.topology = try sources.text("topology", flag: topology)?.text
        options.cache = try sources.text("cache", flag: cache)?.text ?? DefaultPaths.cache()
        let address = try sources.value(
            "listen", flag: listen, default: (host: "127.0.0.1", port: 8099),
            expected: "an address such as 127.0.0.1:8099", SettingReader.address)
        options.extender.host = address.host
        options.extender.port = address.port
        if let prefixes = try sources.texts("prefix", flags: prefix) { options.extender.prefixes = prefixes }
        let size = "a size such as 256Mi"
        options.extender.maximumBodyBytes = try sources.value(
            "max-body", flag: maxBody, default: options.extender.maximumBodyBytes, expected: size, SettingReader.size)
        options.extender.maximumBodiesBytes = try sources.value(
            "max-bodies", flag: maxBodies, default: options.extender.maximumBodiesBytes, expected: size,
            SettingReader.size)
        options.extender.maximumConnections = try sources.value(
            "max-connections", flag: maxConnections, default: options.extender.maximumConnections,
            expected: "a whole number above 0", SettingReader.count)
        let duration = "a duration such as 10s, 500ms or 2m"
        options.extender.requestTimeout = try sources.value(
            "request-timeout", flag: requestTimeout, default: options.extender.requestTimeout, expected: duration,
            SettingReader.duration)
        options.extender.idleTimeout = try sources.value(
            "idle-timeout", flag: idleTimeout, default: options.extender.idleTimeout, expected: duration,
            SettingReader.duration)
        options.extender.readiness.maximumCacheAge = try sources.value(
            "max-cache-age", flag: maxCacheAge, default: options.extender.readiness.maximumCacheAge,
            expected: duration, SettingReader.duration)
        options.tls = try tlsFiles(sources)
        options.policy.weighting = try sources.value(
            "weighting", flag: weighting, default: .equal,
            expected: SettingReader.words(PlacementPolicy.Weighting.self),
            SettingReader.word(PlacementPolicy.Weighting.self))
        options.policy.unbound = try sources.value(
            "unbound", flag: unbound, default: .spread,
            expected: SettingReader.words(PlacementPolicy.UnboundStrategy.self),
            SettingReader.word(PlacementPolicy.UnboundStrategy.self))
        options.logging.format = try sources.value(
            "log-format", flag: logFormat, default: .auto, expected: SettingReader.words(LogFormat.self),
            SettingReader.word(LogFormat.self))
        options.logging.level = try sources.value(
            "log-level", flag: logLevel, default: .info, expected: SettingReader.words(Logger.Level.self),
            SettingReader.word(Logger.Level.self))
        return options
    }

    private func tlsFiles(_ sources: SettingSources) throws -> TLSIdentity.Files? {
        let certificate = try sources.text("tls-cert", flag: tlsCert)?.text
        let key = try sources.text("tls-key", flag: tlsKey)?.text
        let authority = try sources.text("tls-client-ca", flag: tlsClientCa)?.text
        switch (certificate, key) {
        case (let certificate?, let key?):
            return TLSIdentity.Files(certificate: certificate, key: key, clientAuthority: authority)
        case (nil, nil):
            if authority != nil { throw ValidationError("--tls-client-ca needs --tls-cert and --tls-key") }
            return nil
        case (_, nil):
            throw ValidationError("--tls-cert needs --tls-key")
        case (nil, _):
            throw ValidationError("--tls-key needs --tls-cert")
        }
    }
}

/// What `jabiru serve` was asked to do.
struct ServeOptions {
    var topology: String?
    var cache = ""
    var extender = ExtenderConfiguration()
    var tls: TLSIdentity.Files?
    var policy = PlacementPolicy()
    var logging = LogConfiguration()
}
