public import Logging
internal import Synchronization

/// The metrics of this process, kept for Prometheus to scrape.
///
/// A backend for swift-metrics: make it the factory of `MetricsSystem.bootstrap`, or hand it to each metric. Names are
/// expected to be complete (`jabiru_extender_requests_total`); what Prometheus' grammar does not allow in them becomes
/// an underscore. Recording takes no lock. Making a metric takes a short one, so that a hot path keeps its metrics
/// rather than make them anew.
///
/// A name has one kind. A metric whose name is in use as another kind, or whose name is one of a histogram's own
/// series (`_bucket`, `_sum`, `_count`), is refused: it records nothing, it is counted in
/// `jabiru_metric_conflicts_total`, and it is logged once.
public final class PrometheusRegistry: Sendable {
    /// The media type of ``render()``'s text.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// One sample of a family that is read when it is rendered.
    public struct Sample: Sendable {
        /// The labels, as pairs of name and value.
        public var dimensions: [(String, String)]
        /// The value.
        public var value: Double

        /// Makes a sample.
        public init(_ value: Double, dimensions: [(String, String)] = []) {
            self.dimensions = dimensions
            self.value = value
        }
    }

    private struct Description {
        var help: String
        var buckets: HistogramBuckets?
    }

    private struct Series {
        let cell: any MetricCell
        /// How many metrics were made of it and not destroyed.
        var uses: Int
    }

    private struct Family {
        let kind: MetricKind
        /// The same for every series, and therefore fixed by the first one.
        let buckets: HistogramBuckets
        var series: [String: Series] = [:]
        var collectors: [@Sendable () -> [Sample]] = []

        init(kind: MetricKind, buckets: HistogramBuckets = []) {
            self.kind = kind
            self.buckets = buckets
        }
    }

    private struct State {
        var descriptions: [String: Description] = [:]
        var families: [String: Family] = [:]
        var refused: Set<String> = []
    }

    private enum Outcome<Value> {
        case made(Value)
        case refused(existing: String, first: Bool)
    }

    private static let conflictsName = "jabiru_metric_conflicts_total"
    private static let histogramSuffixes = ["_bucket", "_sum", "_count"]

    private let state: Mutex<State>
    private let conflicts = CounterCell(id: SeriesID(family: conflictsName, labels: ""))
    private let logger: Logger?

    /// Makes a registry that holds only the count of its own conflicts.
    ///
    /// - Parameter logger: Where a refused metric is reported.
    public init(logger: Logger? = nil) {
        self.logger = logger
        var state = State()
        state.descriptions[Self.conflictsName] = Description(
            help: "Metrics refused because their name is in use as another kind.", buckets: nil)
        var family = Family(kind: .counter)
        family.series[""] = Series(cell: conflicts, uses: 1)
        state.families[Self.conflictsName] = family
        self.state = Mutex(state)
    }

    /// Says what a family is, under the name it is rendered with (a timer's ends in `_seconds`).
    ///
    /// To be called before the family's first metric is made: from then on its buckets are fixed, so that all its
    /// series have the same ones, and only the help can still be changed.
    ///
    /// - Parameters:
    ///   - name: The family's name.
    ///   - help: What it measures, in one sentence.
    ///   - buckets: A histogram's bounds; `nil` for ``HistogramBuckets/seconds`` or ``HistogramBuckets/counts``.
    public func describe(_ name: String, help: String, buckets: HistogramBuckets? = nil) {
        state.withLock {
            $0.descriptions[MetricName.metric(name)] = Description(help: help, buckets: buckets)
        }
    }

    /// Adds a gauge whose value is read each time the metrics are rendered; `nil` leaves it out of that scrape.
    public func addGauge(
        _ name: String, help: String, dimensions: [(String, String)] = [], value: @escaping @Sendable () -> Double?
    ) {
        addCollector(name, help: help, kind: .gauge) { value().map { [Sample($0, dimensions: dimensions)] } ?? [] }
    }

    /// Adds gauges of one name whose values and labels are read each time the metrics are rendered.
    ///
    /// For a count by label that another part of the process already knows, such as nodes by health. Where two
    /// samples have the same labels, the first is taken.
    public func addGauges(_ name: String, help: String, samples: @escaping @Sendable () -> [Sample]) {
        addCollector(name, help: help, kind: .gauge, samples: samples)
    }

    /// Adds a counter whose value is read each time the metrics are rendered; `nil` leaves it out of that scrape.
    public func addCounter(
        _ name: String, help: String, dimensions: [(String, String)] = [], value: @escaping @Sendable () -> Double?
    ) {
        addCollector(name, help: help, kind: .counter) { value().map { [Sample($0, dimensions: dimensions)] } ?? [] }
    }

    private func addCollector(
        _ rawName: String, help: String, kind: MetricKind, samples: @escaping @Sendable () -> [Sample]
    ) {
        let name = MetricName.metric(rawName)
        let outcome = state.withLock { state -> Outcome<Void> in
            if let refusal: Outcome<Void> = Self.refusal(of: name, as: kind, in: &state) { return refusal }
            state.descriptions[name] = Description(help: help, buckets: nil)
            state.families[name, default: Family(kind: kind)].collectors.append(samples)
            return .made(())
        }
        _ = accepted(outcome, name: name, kind: kind)
    }

    /// The series' cell, made where it is not there yet; `nil` where its name is refused.
    func cell<Cell: MetricCell>(
        _ name: String, dimensions: [(String, String)], defaultBuckets: HistogramBuckets = [],
        make: (SeriesID, HistogramBuckets) -> Cell
    ) -> Cell? {
        let labels = LabelSet.rendered(dimensions, kind: Cell.kind)
        let outcome = state.withLock { state -> Outcome<Cell> in
            // The common case first: the series is there.
            if let cell = state.families[name]?.series[labels]?.cell as? Cell {
                state.families[name]?.series[labels]?.uses += 1
                return .made(cell)
            }
            if let refusal: Outcome<Cell> = Self.refusal(of: name, as: Cell.kind, in: &state) { return refusal }
            var family =
                state.families[name]
                ?? Family(kind: Cell.kind, buckets: state.descriptions[name]?.buckets ?? defaultBuckets)
            let cell = make(SeriesID(family: name, labels: labels), family.buckets)
            family.series[labels] = Series(cell: cell, uses: 1)
            state.families[name] = family
            return .made(cell)
        }
        return accepted(outcome, name: name, kind: Cell.kind)
    }

    /// Ends one use of a series, and with its last use the series.
    ///
    /// Counted, since metrics of the same name and labels share a cell: one of them destroyed must not take the
    /// records of the others.
    func release(_ cell: some MetricCell) {
        let id = cell.id
        state.withLock { state in
            guard var family = state.families[id.family], var series = family.series[id.labels], series.cell === cell
            else { return }
            series.uses -= 1
            family.series[id.labels] = series.uses > 0 ? series : nil
            let unused = family.series.isEmpty && family.collectors.isEmpty
            state.families[id.family] = unused ? nil : family
        }
    }

    /// All metrics in Prometheus' text format 0.0.4.
    public func render() -> String {
        // Copied, so that a collector may make metrics itself and nobody waits for the rendering.
        let (families, descriptions) = state.withLock { ($0.families, $0.descriptions) }
        var text = ExpositionText()
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            var series = family.series.mapValues(\.cell)
            for sample in family.collectors.flatMap({ $0() }) {
                let labels = LabelSet.rendered(sample.dimensions, kind: family.kind)
                guard series[labels] == nil else { continue }
                series[labels] = SampledCell(
                    id: SeriesID(family: name, labels: labels), value: sample.value)
            }
            guard !series.isEmpty else { continue }
            let help = descriptions[name]?.help ?? ""
            text.family(name, help: help.isEmpty ? "Not described." : help, kind: family.kind)
            for (_, cell) in series.sorted(by: { $0.key < $1.key }) {
                cell.write(to: &text)
            }
        }
        return text.text
    }

    /// The refusal of a name as a kind, or `nil` where it may be used.
    private static func refusal<Value>(of name: String, as kind: MetricKind, in state: inout State) -> Outcome<Value>? {
        guard let existing = conflictingFamily(name, kind: kind, in: state) else { return nil }
        return .refused(existing: existing, first: state.refused.insert("\(kind.rawValue) \(name)").inserted)
    }

    private static func conflictingFamily(_ name: String, kind: MetricKind, in state: State) -> String? {
        if let family = state.families[name] { return family.kind == kind ? nil : name }
        if kind == .histogram, let taken = histogramSuffixes.first(where: { state.families[name + $0] != nil }) {
            return name + taken
        }
        for suffix in histogramSuffixes where name.hasSuffix(suffix) {
            let base = String(name.dropLast(suffix.count))
            if state.families[base]?.kind == .histogram { return base }
        }
        return nil
    }

    /// The value that was made; a refusal is counted and reported, outside the lock.
    private func accepted<Value>(_ outcome: Outcome<Value>, name: String, kind: MetricKind) -> Value? {
        switch outcome {
        case .made(let value): return value
        case .refused(let existing, let first):
            conflicts.increment(by: Int64(1))
            if first {
                logger?.error(
                    "metric refused: its name is in use as another kind",
                    metadata: ["metric": "\(name)", "kind": "\(kind.rawValue)", "existing": "\(existing)"])
            }
            return nil
        }
    }
}

/// A value that was read for one rendering.
private final class SampledCell: MetricCell {
    static let kind = MetricKind.gauge
    let id: SeriesID
    private let value: Double

    init(id: SeriesID, value: Double) {
        self.id = id
        self.value = value
    }

    func write(to text: inout ExpositionText) {
        text.sample(id.family, labels: id.labels, value: text.number(value))
    }
}
