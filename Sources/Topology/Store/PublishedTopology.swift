import Synchronization

/// The newest snapshot, for everyone who reads.
///
/// One writer publishes; a reader takes the snapshot that is there and keeps it for as long as it needs it.
public final class PublishedTopology: Sendable {
    /// What is published.
    public struct State: Sendable {
        /// The newest snapshot; `nil` until the cache is loaded.
        public var snapshot: TopologySnapshot?
        /// When its content was last known to be what the source says.
        public var confirmedAt: Timestamp?
        /// Whether the source has been read since this process started.
        public var isSynced = false
    }

    private let state = Mutex(State())

    /// Makes an empty one.
    public init() {}

    /// What is published now.
    public var current: State { state.withLock { $0 } }

    /// The newest snapshot; `nil` until the cache is loaded.
    public var snapshot: TopologySnapshot? { state.withLock { $0.snapshot } }

    /// Publishes a snapshot.
    public func publish(_ snapshot: TopologySnapshot, confirmedAt: Timestamp?, isSynced: Bool) {
        // The old snapshot may be the last of its kind; it is freed outside the lock.
        _ = state.withLock { state in
            let old = state.snapshot
            state.snapshot = snapshot
            state.confirmedAt = confirmedAt
            state.isSynced = isSynced || state.isSynced
            return old
        }
    }

    /// Notes that the source still says what is published.
    public func confirm(at time: Timestamp) {
        state.withLock { state in
            state.confirmedAt = time
            state.isSynced = true
        }
    }
}
