/// Lets each key through once, then at most once per interval, and counts what it held back.
///
/// For log lines that a fault would otherwise repeat thousands of times. The number of keys is bounded: the one that
/// was let through longest ago is forgotten when a new one needs its place.
public struct OnceEvery<Key: Hashable & Sendable>: Sendable {
    private struct Entry {
        var admittedAt: ContinuousClock.Instant
        var suppressed: Int
    }

    private let interval: Duration
    private let capacity: Int
    private var entries: [Key: Entry] = [:]

    /// Makes a limiter that knows no key yet.
    ///
    /// - Parameters:
    ///   - interval: How long a key is held back after it was let through.
    ///   - capacity: The most keys to remember, at least one.
    public init(interval: Duration, capacity: Int = 1024) {
        self.interval = interval
        self.capacity = max(capacity, 1)
    }

    /// Asks to let a key through.
    ///
    /// - Returns: How often the key was held back since it was last let through, or `nil` where it is held back now.
    public mutating func admit(_ key: Key, at now: ContinuousClock.Instant) -> Int? {
        if let entry = entries[key] {
            guard now >= entry.admittedAt + interval else {
                entries[key]?.suppressed += 1
                return nil
            }
            entries[key] = Entry(admittedAt: now, suppressed: 0)
            return entry.suppressed
        }
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.admittedAt < $1.value.admittedAt }) {
            entries[oldest.key] = nil
        }
        entries[key] = Entry(admittedAt: now, suppressed: 0)
        return 0
    }
}
