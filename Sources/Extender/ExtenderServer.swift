import HummingbirdCore
public import Logging
public import NIOCore
public import NIOPosix
public import ServiceLifecycle
import Synchronization
public import Telemetry
public import Topology

/// How the extender listens and what it bounds.
public struct ExtenderConfiguration: Hashable, Sendable {
    /// The address to listen on.
    public var host: String
    /// The port to listen on; 0 takes a free one.
    public var port: Int
    /// Where the verbs are; an empty prefix is the root.
    public var prefixes: [String]
    /// The most bytes of a request's body.
    public var maximumBodyBytes: Int
    /// The most bytes of all request bodies in memory at once.
    public var maximumBodiesBytes: Int
    /// The most connections at once; more wait to be accepted.
    public var maximumConnections: Int
    /// How long a request may take from its first byte until its answer is taken.
    public var requestTimeout: Duration
    /// How long a connection may be idle. Longer than the 90 s for which kube-scheduler keeps one.
    public var idleTimeout: Duration
    /// When the server counts as ready.
    public var readiness: ReadinessPolicy

    /// Makes a configuration; the defaults are those of the product.
    public init(
        host: String = "127.0.0.1", port: Int = 8099, prefixes: [String] = ["", "/jabiru"],
        maximumBodyBytes: Int = 256 << 20, maximumBodiesBytes: Int = 512 << 20, maximumConnections: Int = 4096,
        requestTimeout: Duration = .seconds(10), idleTimeout: Duration = .seconds(120),
        readiness: ReadinessPolicy = ReadinessPolicy(maximumCacheAge: .seconds(600))
    ) {
        self.host = host
        self.port = port
        self.prefixes = prefixes
        self.maximumBodyBytes = maximumBodyBytes
        self.maximumBodiesBytes = maximumBodiesBytes
        self.maximumConnections = maximumConnections
        self.requestTimeout = requestTimeout
        self.idleTimeout = idleTimeout
        self.readiness = readiness
    }
}

/// The extender's HTTP server.
///
/// On graceful shutdown it stops accepting and finishes the requests in flight.
public struct ExtenderServer: Service {
    private let server: Server<ListenerChannel>

    /// Makes a server.
    ///
    /// - Parameters:
    ///   - configuration: How to listen.
    ///   - core: What answers the verbs.
    ///   - published: The topology that is published, for readiness.
    ///   - cache: The cache, for those who ask for the whole topology.
    ///   - registry: What `/metrics` shows.
    ///   - tls: The server's identity; `nil` for plain HTTP.
    ///   - eventLoopGroup: The threads that do the network's work.
    ///   - onListening: Called with the address once the server listens.
    public init(
        configuration: ExtenderConfiguration, core: ExtenderCore, published: PublishedTopology,
        cache: TopologyCache, registry: PrometheusRegistry, metrics: ExtenderMetrics,
        tls: TLSIdentity? = nil, eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger, onListening: @escaping @Sendable (SocketAddress) async -> Void = { _ in }
    ) {
        let bodies = BodyReader(
            limit: configuration.maximumBodyBytes, totalLimit: configuration.maximumBodiesBytes)
        registry.addGauge("jabiru_http_body_bytes", help: "Bytes of request bodies in memory.") {
            Double(bodies.bytesInMemory)
        }
        let responder = ExtenderResponder(
            core: core,
            endpoints: Endpoints(
                core: core, published: published, registry: registry, readinessPolicy: configuration.readiness,
                cache: cache),
            routes: Routes(prefixes: configuration.prefixes),
            bodies: bodies,
            metrics: metrics, logger: logger)
        // Hummingbird says itself that it listens, in words that change with the address.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let channel = ListenerChannel(
            responder: { request, writer, _ in try await responder.respond(to: request, writer) },
            tls: tls, requestTimeout: TimeAmount(configuration.requestTimeout),
            idleTimeout: TimeAmount(configuration.idleTimeout), metrics: metrics)
        server = Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.maximumConnections, logger: quiet)),
            onServerRunning: { listener in
                if let address = listener.localAddress { await onListening(address) }
            },
            eventLoopGroup: eventLoopGroup, logger: quiet)
    }

    /// Serves until the service group shuts down.
    public func run() async throws { try await server.run() }
}
