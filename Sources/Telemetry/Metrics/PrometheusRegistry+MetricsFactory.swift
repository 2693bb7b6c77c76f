public import Metrics

extension PrometheusRegistry: MetricsFactory {
    /// A counter; the same name and labels give the same counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A counter in fractions, which may share its name with one in whole numbers.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A histogram of the recorded values, or a gauge of the last one where they are not aggregated.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return gauge(label, dimensions) ?? NOOPMetricsHandler.instance }
        return histogram(MetricName.metric(label), dimensions, .counts) ?? NOOPMetricsHandler.instance
    }

    /// A histogram in seconds; `_seconds` is added to a name that does not end in it.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = MetricName.metric(label)
        let seconds = name.hasSuffix("_seconds") ? name : name + "_seconds"
        return histogram(seconds, dimensions, .seconds) ?? NOOPMetricsHandler.instance
    }

    /// Ends one use of a counter's series; the last one removes it.
    public func destroyCounter(_ handler: any CounterHandler) {
        if let cell = handler as? CounterCell { release(cell) }
    }

    /// Ends one use of a counter's series; the last one removes it.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        if let cell = handler as? CounterCell { release(cell) }
    }

    /// Ends one use of a gauge's series; the last one removes it.
    public func destroyMeter(_ handler: any MeterHandler) {
        if let cell = handler as? GaugeCell { release(cell) }
    }

    /// Ends one use of a histogram's or gauge's series; the last one removes it.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        if let cell = handler as? HistogramCell { release(cell) }
        if let cell = handler as? GaugeCell { release(cell) }
    }

    /// Ends one use of a histogram's series; the last one removes it.
    public func destroyTimer(_ handler: any TimerHandler) {
        if let cell = handler as? HistogramCell { release(cell) }
    }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterCell? {
        cell(MetricName.metric(label), dimensions: dimensions) { id, _ in CounterCell(id: id) }
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeCell? {
        cell(MetricName.metric(label), dimensions: dimensions) { id, _ in GaugeCell(id: id) }
    }

    private func histogram(
        _ name: String, _ dimensions: [(String, String)], _ defaultBuckets: HistogramBuckets
    ) -> HistogramCell? {
        cell(name, dimensions: dimensions, defaultBuckets: defaultBuckets) { HistogramCell(id: $0, bounds: $1) }
    }
}
