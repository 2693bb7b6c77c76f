import Dispatch

/// The one writer: stores changes in the cache, then publishes the snapshot that follows.
///
/// What is published is always what was committed: a batch that cannot be stored is not served either.
///
/// It runs on a queue of its own, since SQLite blocks the thread that it works on.
public actor TopologyStore {
    private let executor = QueueExecutor(label: "dev.jabiru.topology-store")

    /// The queue that the store runs on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The cache that is written.
    public nonisolated let cache: TopologyCache
    /// Where snapshots are published.
    public nonisolated let published: PublishedTopology

    private var builder = SnapshotBuilder()
    private let onPublish: @Sendable () -> Void

    /// Makes a store.
    ///
    /// - Parameters:
    ///   - cache: The cache, opened as its writer.
    ///   - published: Where to publish.
    ///   - onPublish: Called after each new snapshot.
    public init(
        cache: TopologyCache, published: PublishedTopology, onPublish: @escaping @Sendable () -> Void = {}
    ) {
        self.cache = cache
        self.published = published
        self.onPublish = onPublish
    }

    /// Publishes what the cache holds from an earlier run.
    ///
    /// - Throws: ``CacheError``.
    public func load() throws {
        var builder = SnapshotBuilder()
        let state = try cache.enumerate { builder.apply($0) }
        self.builder = builder
        publish(generation: state.generation, confirmedAt: state.savedAt, isSynced: false)
    }

    /// Makes the topology equal to another one.
    ///
    /// - Parameters:
    ///   - topology: The whole topology.
    ///   - source: What it was read from.
    ///   - time: When it was read.
    /// - Returns: What changed.
    /// - Throws: ``CacheError``; then the old topology stays stored and published.
    @discardableResult
    public func replace(
        with topology: ClusterTopology, source: String, at time: Timestamp
    ) throws -> [TopologyChange] {
        let changes = try cache.replace(with: topology, source: source, at: time)
        try advance(by: changes, at: time)
        return changes
    }

    /// Takes a batch of changes in.
    ///
    /// - Throws: ``CacheError``; then none of them is stored or published.
    public func apply(_ changes: [TopologyChange], at time: Timestamp) throws {
        try cache.apply(changes, at: time)
        try advance(by: changes, at: time)
    }

    /// Notes that the source still says what is published.
    public func confirm(at time: Timestamp) { published.confirm(at: time) }

    /// Adds to the log of decisions.
    ///
    /// - Throws: ``CacheError``.
    public func record(_ decisions: [DecisionRecord]) throws { try cache.recordDecisions(decisions) }

    private func advance(by changes: [TopologyChange], at time: Timestamp) throws {
        for change in changes { builder.apply(change) }
        publish(generation: try cache.state.generation, confirmedAt: time, isSynced: true)
    }

    private func publish(generation: Int64, confirmedAt: Timestamp?, isSynced: Bool) {
        published.publish(builder.snapshot(generation: generation), confirmedAt: confirmedAt, isSynced: isSynced)
        onPublish()
    }
}

/// Runs an actor on a dispatch queue, whose threads may block.
private final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
