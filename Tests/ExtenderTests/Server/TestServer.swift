import Foundation
import Logging
import NIOCore
import NIOPosix
import Placement
import ServiceLifecycle
import Synchronization
import Telemetry
import Testing
import Topology

@testable import Extender

/// A real extender on a free port, over a real cache, for the time of a test.
struct TestServer: Sendable {
    let port: Int
    let core: ExtenderCore
    let store: TopologyStore
    let registry: PrometheusRegistry
    let tls: TLSIdentity?
    let stop: @Sendable () async -> Void

    /// Runs a server.
    ///
    /// - Parameters:
    ///   - topology: What it serves.
    ///   - change: Changes its configuration.
    ///   - snapshot: What its verbs ask instead of the newest snapshot, to bring faults in.
    ///   - body: Uses the server; afterwards it is shut down gracefully.
    static func run(
        _ topology: ClusterTopology, tls files: TLSIdentity.Files? = nil,
        configure change: (inout ExtenderConfiguration) -> Void = { _ in },
        snapshot: (@Sendable (PublishedTopology) throws -> TopologySnapshot)? = nil,
        logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "jabiru-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let registry = PrometheusRegistry()
        ExtenderMetrics.describe(in: registry)
        let metrics = ExtenderMetrics(factory: registry)
        let published = PublishedTopology()
        let core = ExtenderCore(policy: PlacementPolicy(), metrics: metrics, logger: logger) {
            if let snapshot { return try snapshot(published) }
            guard let newest = published.snapshot else { throw CancellationError() }
            return newest
        }
        ExtenderMetrics.addGauges(to: registry, core: core, topology: published)
        let cache = try TopologyCache(path: folder.appending(path: "cache.sqlite").path, access: .writer)
        let store = TopologyStore(cache: cache, published: published) { core.topologyChanged() }
        try await store.replace(with: topology, source: "test", at: .now)
        var configuration = ExtenderConfiguration(port: 0)
        change(&configuration)
        let tls = try files.map { try TLSIdentity(files: $0, metrics: metrics, logger: logger) }
        let (ports, portsContinuation) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let server = ExtenderServer(
            configuration: configuration, core: core, published: published, cache: cache, registry: registry,
            metrics: metrics, tls: tls, logger: logger
        ) { address in portsContinuation.yield(address.port ?? 0) }
        let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = await iterator.next() ?? 0
            let test = TestServer(
                port: port, core: core, store: store, registry: registry, tls: tls,
                stop: { await group.triggerGracefulShutdown() })
            do {
                try await body(test)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        try cache.close()
    }

    /// Sends one request on a connection of its own.
    func send(
        _ method: String, _ path: String, body: [UInt8] = [], headers: [String: String] = [:]
    ) async throws -> Reply {
        let port = port
        return try await onThread {
            let connection = try RawConnection(port: port)
            try connection.send(request(method, path, body: body, headers: headers))
            return try connection.readReply(isHead: method == "HEAD")
        }
    }

    /// Sends one request and expects a status.
    @discardableResult
    func expect(
        _ status: Int, _ method: String, _ path: String, _ body: [UInt8] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Reply {
        let reply = try await send(method, path, body: body)
        #expect(reply.status == status, "\(path): \(reply.text.prefix(200))", sourceLocation: sourceLocation)
        return reply
    }

    /// Posts a recorded body.
    func post(_ path: String, _ body: [UInt8]) async throws -> Reply { try await send("POST", path, body: body) }
}

/// Runs blocking code on a thread that is not the server's.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await NIOThreadPool.singleton.runIfActive(work)
}

/// The bytes of a request as kube-scheduler writes it.
func request(_ method: String, _ path: String, body: [UInt8] = [], headers: [String: String] = [:]) -> [UInt8] {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Go-http-client/1.1\r\n"
    if method == "POST" && headers["Transfer-Encoding"] == nil && headers["Content-Length"] == nil {
        head += "Content-Length: \(body.count)\r\nContent-Type: application/json\r\n"
    }
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
    return Array((head + "Accept-Encoding: gzip\r\n\r\n").utf8) + body
}

/// A response as it came over the wire.
struct Reply: Sendable {
    var status: Int
    /// By lower-case name.
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(body)) }
}
