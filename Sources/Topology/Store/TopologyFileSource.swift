import Dispatch
import FoundationEssentials
public import Logging
public import ServiceLifecycle

/// Keeps a store equal to a topology file that may change.
///
/// The file is looked at once a second, which also sees a ConfigMap's swap of symbolic links, and whenever ``reload()``
/// is called. A file that cannot be read or is not a topology leaves the old topology as it is, and is said once.
public actor TopologyFileSource: Service {
    /// What a look at the file came to.
    public enum Outcome: Hashable, Sendable {
        /// The file is as before.
        case unchanged
        /// The topology was replaced; so many changes.
        case replaced(changes: Int)
        /// The file or the cache did not work.
        case failed
    }

    private struct Stamp: Hashable {
        var modified: Date?
        var size: UInt64?
        var inode: UInt64?
    }

    private let path: String
    private let store: TopologyStore
    private let logger: Logger
    private let interval: Duration
    private let onOutcome: @Sendable (Outcome) -> Void
    private var taken: Stamp?
    private var failure: Failure?

    /// A file that could not be taken, so that it is not parsed and said again each second.
    private struct Failure {
        var stamp: Stamp?
        var message: String
        /// How many looks are left out before the next try: 1, 2, 4, up to 30.
        var pause: Int
        var looksLeftOut = 0
    }

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - store: What to keep equal to it.
    ///   - interval: How often to look.
    ///   - onOutcome: Called after each look that was not `unchanged`.
    public init(
        path: String, store: TopologyStore, interval: Duration = .seconds(1), logger: Logger,
        onOutcome: @escaping @Sendable (Outcome) -> Void = { _ in }
    ) {
        self.path = path
        self.store = store
        self.interval = interval
        self.logger = logger
        self.onOutcome = onOutcome
    }

    /// Reads the file for the first time.
    ///
    /// - Throws: `TopologyFileError` or ``CacheError``: a server does not start on a file that it cannot use.
    public func start() async throws { _ = try await take(stamp()) }

    /// Looks at the file, first at once, until the service group shuts down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.look()
                try? await Task.sleep(for: self.interval)
            }
        }
    }

    /// Reads the file now, changed or not.
    public func reload() async {
        taken = nil
        failure = nil
        await look()
    }

    /// Reads the file if it has changed.
    @discardableResult
    public func look() async -> Outcome {
        let now = stamp()
        do {
            if let now, now == taken {
                failure = nil
                await store.confirm(at: .now)
                return .unchanged
            }
            if mustWait(for: now) { return .failed }
            let changes = try await take(now)
            logger.info("Topology file read", metadata: ["file": "\(path)", "changes": "\(changes)"])
            onOutcome(.replaced(changes: changes))
            return .replaced(changes: changes)
        } catch {
            note("\(error)", at: now)
            return .failed
        }
    }

    /// A file that failed as it is now is tried again less and less often: the cache's disk may have room again.
    private func mustWait(for stamp: Stamp?) -> Bool {
        guard var known = failure, known.stamp == stamp, known.looksLeftOut < known.pause else { return false }
        known.looksLeftOut += 1
        failure = known
        return true
    }

    private func note(_ message: String, at stamp: Stamp?) {
        let known = failure?.stamp == stamp ? failure : nil
        failure = Failure(stamp: stamp, message: message, pause: min((known?.pause ?? 0) * 2 + 1, 30))
        guard known?.message != message else { return }
        logger.error(
            "Topology file not taken, the topology stays as it was",
            metadata: ["file": "\(path)", "error": "\(message)"])
        onOutcome(.failed)
    }

    private func take(_ stamp: Stamp?) async throws -> Int {
        let text: Data
        do {
            text = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw TopologySourceError("the topology file \(path) cannot be read: check the path and its permissions")
        }
        let topology = try await parse(text)
        let changes = try await store.replace(with: topology, source: "file:\(path)", at: .now)
        // The stamp was taken before the text was read: a change in between is seen at the next look.
        taken = stamp
        failure = nil
        return changes.count
    }

    /// Parses on a thread of its own: a large file takes seconds, and the threads that answer the scheduler are few.
    private func parse(_ text: Data) async throws -> ClusterTopology {
        let path = path
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(with: Result { try TopologyFile.parse(bytes: text, name: path) })
            }
        }
    }

    private func stamp() -> Stamp? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved) else { return nil }
        return Stamp(
            modified: attributes[.modificationDate] as? Date, size: attributes[.size] as? UInt64,
            inode: attributes[.systemFileNumber] as? UInt64)
    }

    /// The file behind symbolic links: attributes are those of a link itself.
    private var resolved: String { URL(filePath: path).resolvingSymlinksInPath().path }
}

/// Why a topology source cannot be read.
public struct TopologySourceError: Error, Hashable, CustomStringConvertible {
    /// The sentence for a person.
    public let description: String

    init(_ description: String) { self.description = description }
}
