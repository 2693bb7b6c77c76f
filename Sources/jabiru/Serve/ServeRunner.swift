import Extender
import Glibc
import Logging
import Metrics
import NIOCore
import ServiceLifecycle
import Telemetry
import Topology
import UnixSignals

/// Wires `jabiru serve` together and runs it.
struct ServeRunner {
    let options: ServeOptions
    private let logger = Logger(label: "jabiru")

    init(options: ServeOptions) { self.options = options }

    func run() async throws {
        raiseFileLimit()
        // Trapped before anything takes time, since an untrapped one ends the process.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let registry = PrometheusRegistry(logger: logger)
        MetricsSystem.bootstrap(registry)
        ExtenderMetrics.describe(in: registry)
        ProcessMetrics().register(in: registry)
        let metrics = ExtenderMetrics(factory: registry)
        let tls = try options.tls.map { try TLSIdentity(files: $0, metrics: metrics, logger: logger) }

        let published = PublishedTopology()
        let core = ExtenderCore(policy: options.policy, metrics: metrics, logger: logger) {
            guard let snapshot = published.snapshot else { throw TopologyNotLoaded() }
            return snapshot
        }
        ExtenderMetrics.addGauges(to: registry, core: core, topology: published)
        let store = try await openStore(published: published, core: core)
        let source = try await startSource(store: store, registry: registry)

        let server = ExtenderServer(
            configuration: options.extender, core: core, published: published, cache: store.cache, registry: registry,
            metrics: metrics, tls: tls, logger: logger
        ) { [logger] address in
            logger.info(
                "Listening",
                metadata: [
                    "address": "\(ListenAddress.text(address))",
                    "tls": "\(options.tls == nil ? "off" : options.tls?.clientAuthority == nil ? "on" : "mutual")",
                ])
        }
        var services: [any Service] = [
            server, DecisionWriter(core: core, store: store, logger: logger),
            HangupReloader(signals: hangups, source: source, tls: tls),
        ]
        if let source { services.append(source) }
        if let tls { services.append(TLSReloader(identity: tls)) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw CommandFailure(
                "\(options.extender.host):\(options.extender.port) is in use by another program: stop it, or give "
                    + "this one its own --listen")
        } catch let error as IOError where error.errnoCode == EADDRNOTAVAIL || error.errnoCode == EACCES {
            throw CommandFailure(
                "cannot listen on \(options.extender.host):\(options.extender.port): \(String(cString: strerror(error.errnoCode))): "
                    + "give --listen an address of this machine and a free port")
        } catch is SocketAddressError {
            throw CommandFailure(
                "--listen names the host \(options.extender.host), which is not known: give an address of this machine")
        }
        try store.cache.close()
        logger.info("Stopped")
    }

    /// Opens the cache and publishes what it holds; a damaged one is set aside where it can be filled anew.
    private func openStore(published: PublishedTopology, core: ExtenderCore) async throws -> TopologyStore {
        do {
            return try await openStoreOnce(published, core)
        } catch let error as CacheError where error.code == .corrupt && options.topology != nil {
            let moved = try TopologyCache.setAside(path: options.cache)
            logger.error(
                "Cache was damaged: it is set aside and filled anew",
                metadata: ["error": "\(error)", "movedTo": "\(moved)"])
            return try await openStoreOnce(published, core)
        }
    }

    private func openStoreOnce(_ published: PublishedTopology, _ core: ExtenderCore) async throws -> TopologyStore {
        let cache = try TopologyCache(path: options.cache, access: .writer)
        do {
            let store = TopologyStore(cache: cache, published: published) { core.topologyChanged() }
            let start = ContinuousClock.now
            try await store.load()
            let state = try cache.state
            logger.info(
                "Cache loaded",
                metadata: [
                    "file": "\(options.cache)", "generation": "\(state.generation)",
                    "milliseconds": "\((ContinuousClock.now - start) / .milliseconds(1))",
                ])
            return store
        } catch {
            // Let go of its lock, so that a damaged file can be set aside.
            try? cache.close()
            throw error
        }
    }

    private func startSource(
        store: TopologyStore, registry: PrometheusRegistry
    ) async throws -> TopologyFileSource? {
        guard let path = options.topology else {
            logger.notice("No --topology: serving what the cache holds")
            return nil
        }
        registry.describe("jabiru_topology_reloads_total", help: "Reads of a changed topology file, by result.")
        func counter(_ result: String) -> Counter {
            Counter(label: "jabiru_topology_reloads_total", dimensions: [("result", result)], factory: registry)
        }
        let (done, failed) = (counter("done"), counter("failed"))
        let source = TopologyFileSource(path: path, store: store, logger: logger) { outcome in
            switch outcome {
            case .unchanged: break
            case .replaced: done.increment()
            case .failed: failed.increment()
            }
        }
        // With a topology from an earlier run, that one is served at once, and the file is read meanwhile.
        if try store.cache.state.generation == 0 { try await source.start() }
        return source
    }

    /// Takes the hard limit of open files, since each connection is one and the usual soft limit is 1024.
    private func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            logger.notice("The limit of open files cannot be raised")
            return
        }
    }
}

/// The fault of a verb that is asked before the topology is loaded.
struct TopologyNotLoaded: Error, CustomStringConvertible {
    var description: String { "the topology is not loaded yet" }
}

/// Writes the decisions to the cache's log, once a second.
private struct DecisionWriter: Service {
    let core: ExtenderCore
    let store: TopologyStore
    let logger: Logger

    func run() async throws {
        let limiter = LogLimiter<String>(interval: .seconds(60))
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                await write(limiter)
            }
        }
        await write(limiter)
    }

    private func write(_ limiter: LogLimiter<String>) async {
        do {
            try await store.record(core.takeDecisions())
        } catch {
            // Decisions are for people; scheduling goes on without their log.
            limiter.log("decisions", to: logger, "Decisions not logged", metadata: ["error": "\(error)"])
        }
    }
}

/// Reads the files again on SIGHUP.
private struct HangupReloader: Service {
    let signals: UnixSignalsSequence
    let source: TopologyFileSource?
    let tls: TLSIdentity?

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            await source?.reload()
            tls?.reloadIfChanged(isAsked: true)
        }
    }
}

/// A listening address as people write it.
private enum ListenAddress {
    static func text(_ address: SocketAddress) -> String {
        let host = address.ipAddress ?? ""
        return "\(host.contains(":") ? "[\(host)]" : host):\(address.port ?? 0)"
    }
}
