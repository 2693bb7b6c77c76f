import Metrics
import Testing

@testable import Telemetry

/// The text that Prometheus reads.
struct ExpositionTests {
    /// What every registry renders of itself.
    static let ownFamily = """
        # HELP jabiru_metric_conflicts_total Metrics refused because their name is in use as another kind.
        # TYPE jabiru_metric_conflicts_total counter
        jabiru_metric_conflicts_total 0

        """

    @Test func everyKindOfMetric() {
        let registry = PrometheusRegistry()
        registry.describe("jabiru_requests_total", help: "Requests answered.")
        registry.describe("jabiru_duration_seconds", help: "Time to answer.", buckets: [0.25, 0.001, 1])
        registry.describe("jabiru_batch_size", help: "Events in a batch.", buckets: [1, 10])
        registry.describe("jabiru_nobody_made_this", help: "Has no samples and is therefore not shown.")
        Counter(
            label: "jabiru_requests_total", dimensions: [("verb", "prioritize"), ("code", "200")], factory: registry
        )
        .increment(by: 2)
        Counter(label: "jabiru_requests_total", dimensions: [("verb", "filter"), ("code", "200")], factory: registry)
            .increment()
        FloatingPointCounter(label: "jabiru_cpu_seconds_total", factory: registry).increment(by: 0.75)
        let meter = Meter(label: "jabiru_inflight", factory: registry)
        meter.set(3)
        meter.decrement(by: 0.5)
        Gauge(label: "jabiru_temperature", factory: registry).record(-4)
        let timer = Timer(label: "jabiru_duration_seconds", dimensions: [("verb", "filter")], factory: registry)
        timer.recordNanoseconds(1_000_000)  // exactly a bound, which belongs to the bucket
        timer.recordMilliseconds(500)
        timer.recordSeconds(8)
        let sizes = Recorder(label: "jabiru_batch_size", factory: registry)
        sizes.record(10)
        sizes.record(0.5)
        #expect(
            registry.render() == """
                # HELP jabiru_batch_size Events in a batch.
                # TYPE jabiru_batch_size histogram
                jabiru_batch_size_bucket{le="1"} 1
                jabiru_batch_size_bucket{le="10"} 2
                jabiru_batch_size_bucket{le="+Inf"} 2
                jabiru_batch_size_sum 10.5
                jabiru_batch_size_count 2
                # HELP jabiru_cpu_seconds_total Not described.
                # TYPE jabiru_cpu_seconds_total counter
                jabiru_cpu_seconds_total 0.75
                # HELP jabiru_duration_seconds Time to answer.
                # TYPE jabiru_duration_seconds histogram
                jabiru_duration_seconds_bucket{verb="filter",le="0.001"} 1
                jabiru_duration_seconds_bucket{verb="filter",le="0.25"} 1
                jabiru_duration_seconds_bucket{verb="filter",le="1"} 2
                jabiru_duration_seconds_bucket{verb="filter",le="+Inf"} 3
                jabiru_duration_seconds_sum{verb="filter"} 8.501
                jabiru_duration_seconds_count{verb="filter"} 3
                # HELP jabiru_inflight Not described.
                # TYPE jabiru_inflight gauge
                jabiru_inflight 2.5

                """ + Self.ownFamily + """
                    # HELP jabiru_requests_total Requests answered.
                    # TYPE jabiru_requests_total counter
                    jabiru_requests_total{code="200",verb="filter"} 1
                    jabiru_requests_total{code="200",verb="prioritize"} 2
                    # HELP jabiru_temperature Not described.
                    # TYPE jabiru_temperature gauge
                    jabiru_temperature -4

                    """)
    }

    @Test func escaping() {
        let registry = PrometheusRegistry()
        registry.describe("a", help: "A \\ and\na \"quote\".\r\n")
        Meter(label: "a", dimensions: [("v", "\\ \"q\"\r\nline é")], factory: registry).set(1)
        #expect(
            registry.render() == """
                # HELP a A \\\\ and\\na "quote".\r\\n
                # TYPE a gauge
                a{v="\\\\ \\"q\\"\r\\nline é"} 1

                """ + Self.ownFamily)
    }

    @Test(
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-17, "-17"), (0.1, "0.1"), (1e-5, "1e-05"),
            (123_456_789_012, "123456789012"),
            (9_007_199_254_740_991, "9007199254740991"), (1e300, "1e+300"), (.nan, "NaN"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"), (.leastNonzeroMagnitude, "5e-324"),
        ] as [(Double, String)])
    func numbers(value: Double, text: String) {
        #expect(ExpositionText().number(value) == text)
    }

    @Test(arguments: [
        ("jabiru_ok:total", "jabiru_ok:total"), ("http.server.requests", "http_server_requests"), ("9lives", "_9lives"),
        ("", "_"), ("größe", "gr__e"), ("a\nb 1", "a_b_1"), ("__reserved", "__reserved"),
    ])
    func metricNames(raw: String, name: String) {
        #expect(MetricName.metric(raw) == name)
    }

    @Test(arguments: [
        ("verb", "verb"), ("le", "le"), ("a:b", "a_b"), ("http.code", "http_code"), ("1st", "_1st"), ("", "_"),
        ("__name__", "_name__"), ("___", "_"), ("_one", "_one"), ("--x", "_x"),
    ])
    func labelNames(raw: String, name: String) {
        #expect(MetricName.label(raw) == name)
    }

    @Test func labelsAreSortedAndNeverTwice() {
        #expect(LabelSet.rendered([("z", "1"), ("a", "2")], kind: .gauge) == #"a="2",z="1""#)
        #expect(LabelSet.rendered([("a.b", "first"), ("a-b", "last")], kind: .gauge) == #"a_b="last""#)
        #expect(LabelSet.rendered([("a", ""), ("b", "1")], kind: .gauge) == #"b="1""#)
        #expect(LabelSet.rendered([("le", "1")], kind: .gauge) == #"le="1""#)
        #expect(LabelSet.rendered([("le", "1")], kind: .histogram) == #"exported_le="1""#)
    }

    /// Whatever is recorded under whatever name, Prometheus can read the result, and finds what was counted.
    @Test func randomOperationsRenderValidText() throws {
        let seed = SeededGenerator.testSeed
        var random = SeededGenerator(seed: seed)
        for round in 0..<60 {
            let registry = PrometheusRegistry()
            let names =
                (0..<6).map { _ in random.nastyString(maximumLength: 4) } + ["h", "h_count", "h_sum", "h_seconds"]
            let values: [Double] = [0, 1, -1, 0.1, 1e-9, 1e21, .nan, .infinity, -.infinity, .greatestFiniteMagnitude]
            let counted = Counter(label: "exact_total", factory: registry)
            var expected: Int64 = 0
            for _ in 0..<60 {
                let name = names.randomElement(using: &random) ?? ""
                let dimensions = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    (
                        Bool.random(using: &random) ? random.nastyString(maximumLength: 3) : "le",
                        random.nastyString()
                    )
                }
                let value = values.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<10, using: &random) {
                case 0: Counter(label: name, dimensions: dimensions, factory: registry).increment(by: 3)
                case 1:
                    FloatingPointCounter(label: name, dimensions: dimensions, factory: registry).increment(by: value)
                case 2: Meter(label: name, dimensions: dimensions, factory: registry).set(value)
                case 3: Gauge(label: name, dimensions: dimensions, factory: registry).record(value)
                case 4: Recorder(label: name, dimensions: dimensions, factory: registry).record(value)
                case 5: Timer(label: name, dimensions: dimensions, factory: registry).recordNanoseconds(Int64.min)
                case 6:
                    registry.describe(
                        name, help: random.nastyString(),
                        buckets: HistogramBuckets((0..<4).map { _ in values.randomElement(using: &random) ?? 0 }))
                case 7: registry.addGauge(name, help: random.nastyString(), dimensions: dimensions) { value }
                case 8: Meter(label: name, dimensions: dimensions, factory: registry).destroy()
                default:
                    counted.increment(by: 2)
                    expected += 2
                }
            }
            let text = registry.render()
            do {
                let parsed = try ExpositionParser(text)
                #expect(parsed.value("exact_total") == Double(expected), "seed \(seed), round \(round)")
                #expect(parsed.order == parsed.order.sorted(), "seed \(seed), round \(round)")
            } catch {
                Issue.record("seed \(seed), round \(round): \(error)\n\(text)")
                return
            }
        }
    }

    /// The parser of these tests refuses what Prometheus refuses; else the test above would prove nothing.
    @Test(arguments: [
        "a 1\n", "# HELP a x\n# TYPE a gauge\na 1", "# HELP a x\n# TYPE a gauge\na{b=\"1\",b=\"2\"} 1\n",
        "# HELP a x\n# TYPE a gauge\na inf\n", "# HELP a x\n# TYPE a gauge\na 1\na 1\n",
        "# HELP a x\n# TYPE a gauge\na{b=\"\\x\"} 1\n", "# HELP a x\n# HELP a x\n# TYPE a gauge\na 1\n",
        "# HELP a x\n# TYPE a gauge\na 1\n# HELP a x\n# TYPE a counter\na 1\n", "# HELP a x\n# TYPE a gauge\nb 1\n",
        "# HELP a x\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 2\na_sum 1\na_count 1\n",
        "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
        "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
    ])
    func theParserIsStrict(text: String) {
        #expect(throws: ExpositionParser.Failure.self) { try ExpositionParser(text) }
    }
}
