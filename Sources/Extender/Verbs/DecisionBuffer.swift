import Synchronization
import Topology

/// Decisions on their way to the log in the cache.
///
/// Bounded: when the writer does not keep up, the oldest are dropped and counted, since a verb must not wait for a disk.
final class DecisionBuffer: Sendable {
    private struct State {
        var records: [DecisionRecord] = []
        var dropped = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) { self.capacity = capacity }

    func add(_ record: DecisionRecord) {
        state.withLock { state in
            if state.records.count >= capacity {
                // Half at a time, so that a full buffer does not move all its records for each new one.
                state.records.removeFirst(capacity / 2)
                state.dropped += capacity / 2
            }
            state.records.append(record)
        }
    }

    func take() -> [DecisionRecord] {
        state.withLock { state in
            defer { state.records = [] }
            return state.records
        }
    }

    /// How many were dropped so far.
    var dropped: Int { state.withLock { $0.dropped } }
}
