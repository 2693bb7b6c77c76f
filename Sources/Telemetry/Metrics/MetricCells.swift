internal import Metrics
internal import Synchronization

/// What a family of metrics is, as the exposition's TYPE line names it.
enum MetricKind: String {
    case counter, gauge, histogram
}

/// Where a series belongs: its family and its labels as they are rendered, which identify it.
struct SeriesID: Hashable {
    let family: String
    let labels: String
}

/// The storage of one series.
///
/// Every cell is recorded to by several threads at once and read while they do. Relaxed atomics suffice: no other
/// memory hangs on a metric's value.
protocol MetricCell: AnyObject, Sendable {
    static var kind: MetricKind { get }
    var id: SeriesID { get }
    func write(to text: inout ExpositionText)
}

/// A count that only grows, in whole numbers and in fractions.
///
/// One type for both, so that the same name may be used by an integer and a floating-point counter.
final class CounterCell: MetricCell, CounterHandler, FloatingPointCounterHandler {
    static let kind = MetricKind.counter
    let id: SeriesID
    private let whole = Atomic<UInt64>(0)
    private let fractional = Atomic<Double>(0)

    init(id: SeriesID) {
        self.id = id
    }

    func increment(by amount: Int64) {
        // A counter that falls reads as a restart of the process, so that a negative amount must not get in.
        guard amount > 0 else { return }
        whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fractional.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fractional.store(0, ordering: .relaxed)
    }

    func write(to text: inout ExpositionText) {
        let count = whole.load(ordering: .relaxed)
        let rest = fractional.load(ordering: .relaxed)
        text.sample(id.family, labels: id.labels, value: rest == 0 ? "\(count)" : text.number(Double(count) + rest))
    }
}

/// A value that goes up and down: a meter, or a recorder that does not aggregate.
final class GaugeCell: MetricCell, MeterHandler, RecorderHandler {
    static let kind = MetricKind.gauge
    let id: SeriesID
    private let value = Atomic<Double>(0)

    init(id: SeriesID) {
        self.id = id
    }

    func set(_ value: Int64) { self.value.store(Double(value), ordering: .relaxed) }
    func set(_ value: Double) { self.value.store(value, ordering: .relaxed) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func increment(by amount: Double) {
        // An infinite step could never be taken back.
        guard amount.isFinite else { return }
        value.add(amount)
    }

    func decrement(by amount: Double) {
        increment(by: -amount)
    }

    func write(to text: inout ExpositionText) {
        text.sample(id.family, labels: id.labels, value: text.number(value.load(ordering: .relaxed)))
    }
}

/// A distribution: a timer, in seconds, or a recorder that aggregates.
final class HistogramCell: MetricCell, RecorderHandler, TimerHandler {
    /// One bucket's own count. A class, since an atomic cannot be an element of an array.
    private final class Bucket: Sendable {
        let count = Atomic<UInt64>(0)
    }

    static let kind = MetricKind.histogram
    let id: SeriesID
    private let bounds: HistogramBuckets
    private let buckets: [Bucket]
    private let sum = Atomic<Double>(0)

    init(id: SeriesID, bounds: HistogramBuckets) {
        self.id = id
        self.bounds = bounds
        self.buckets = (0...bounds.upperBounds.count).map { _ in Bucket() }
    }

    func record(_ value: Int64) {
        record(Double(value))
    }

    func record(_ value: Double) {
        // One NaN or infinity would stay in the sum for good.
        guard value.isFinite else { return }
        buckets[bounds.index(of: value)].count.wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    func recordNanoseconds(_ duration: Int64) {
        // A clock that was set back must not make the sum fall.
        record(Double(max(duration, 0)) / 1e9)
    }

    /// Writes the buckets, the sum and the count.
    ///
    /// The count is that of the last bucket rather than a number of its own: records made while this runs then never
    /// show as a histogram whose count disagrees with its buckets. The sum may be ahead or behind by such records.
    func write(to text: inout ExpositionText) {
        var cumulative: UInt64 = 0
        for (index, bucket) in buckets.enumerated() {
            cumulative += bucket.count.load(ordering: .relaxed)
            let bound = index < bounds.upperBounds.count ? bounds.upperBounds[index] : .infinity
            text.sample(
                "\(id.family)_bucket", labels: LabelSet.appending("le", text.number(bound), to: id.labels),
                value: "\(cumulative)")
        }
        text.sample("\(id.family)_sum", labels: id.labels, value: text.number(sum.load(ordering: .relaxed)))
        text.sample("\(id.family)_count", labels: id.labels, value: "\(cumulative)")
    }
}

extension Atomic<Double> {
    /// Adds without a lock.
    fileprivate func add(_ amount: Double) {
        var current = load(ordering: .relaxed)
        while true {
            let (exchanged, original) = weakCompareExchange(
                expected: current, desired: current + amount, ordering: .relaxed)
            if exchanged { return }
            current = original
        }
    }
}
