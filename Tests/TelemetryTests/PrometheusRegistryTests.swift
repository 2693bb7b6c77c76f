import Logging
import Metrics
import Synchronization
import Testing

@testable import Telemetry

struct PrometheusRegistryTests {
    private let registry = PrometheusRegistry()

    private func rendered() throws -> ExpositionParser {
        try ExpositionParser(registry.render())
    }

    // MARK: Sharing and destroying

    @Test func theSameLabelsGiveTheSameHandler() throws {
        let first = registry.makeCounter(label: "c_total", dimensions: [("a", "1"), ("b", "2")])
        let second = registry.makeCounter(label: "c_total", dimensions: [("b", "2"), ("a", "1")])
        #expect(first === second)
        let other = registry.makeCounter(label: "c_total", dimensions: [("a", "1")])
        #expect(first !== other)
        first.increment(by: 1)
        second.increment(by: 2)
        #expect(try rendered().value("c_total", ["a": "1", "b": "2"]) == 3)
    }

    @Test func wholeAndFractionalCountersShareAFamily() throws {
        Counter(label: "c_total", factory: registry).increment(by: 2)
        FloatingPointCounter(label: "c_total", factory: registry).increment(by: 0.5)
        #expect(try rendered().value("c_total") == 2.5)
    }

    @Test func aSeriesGoesWithItsLastUse() throws {
        let first = Counter(label: "c_total", dimensions: [("a", "1")], factory: registry)
        let second = Counter(label: "c_total", dimensions: [("a", "1")], factory: registry)
        first.increment(by: 5)
        first.destroy()
        second.increment()
        #expect(try rendered().value("c_total", ["a": "1"]) == 6)
        second.destroy()
        #expect(try rendered().families["c_total"] == nil)
        Counter(label: "c_total", dimensions: [("a", "1")], factory: registry).increment()
        #expect(try rendered().value("c_total", ["a": "1"]) == 1)
    }

    @Test func everyKindCanBeDestroyed() throws {
        FloatingPointCounter(label: "a", factory: registry).destroy()
        Meter(label: "b", factory: registry).destroy()
        Gauge(label: "c", factory: registry).destroy()
        Recorder(label: "d", factory: registry).destroy()
        Timer(label: "e", factory: registry).destroy()
        #expect(try rendered().order == ["jabiru_metric_conflicts_total"])
        // A name whose metrics are all gone may become another kind.
        Counter(label: "d", factory: registry).increment()
        #expect(try rendered().families["d"]?.type == "counter")
    }

    @Test func destroyingAnOldHandlerSparesTheNewSeries() throws {
        let old = Counter(label: "c_total", factory: registry)
        old.destroy()
        let new = Counter(label: "c_total", factory: registry)
        new.increment(by: 4)
        old.destroy()
        #expect(try rendered().value("c_total") == 4)
    }

    // MARK: Values

    @Test func countersNeverFall() throws {
        let counter = Counter(label: "c_total", factory: registry)
        counter.increment(by: 3)
        counter.increment(by: -2)
        let floating = FloatingPointCounter(label: "f_total", factory: registry)
        floating.increment(by: 1.5)
        for amount in [-1, .nan, .infinity, -.infinity] as [Double] {
            registry.makeFloatingPointCounter(label: "f_total", dimensions: []).increment(by: amount)
        }
        #expect(try rendered().value("c_total") == 3)
        #expect(try rendered().value("f_total") == 1.5)
        counter.reset()
        floating.reset()
        #expect(try rendered().value("c_total") == 0)
        #expect(try rendered().value("f_total") == 0)
    }

    @Test func aHistogramDropsWhatWouldSpoilItsSum() throws {
        let recorder = Recorder(label: "r", factory: registry)
        for value in [2, .nan, .infinity, -.infinity] as [Double] { recorder.record(value) }
        #expect(try rendered().value("r_count") == 1)
        #expect(try rendered().value("r_sum") == 2)
    }

    @Test func aTimerIsInSecondsAndNeverNegative() throws {
        let timer = Timer(label: "http.request.duration", factory: registry)
        timer.recordMilliseconds(250)
        timer.recordNanoseconds(-5)
        let parsed = try rendered()
        #expect(parsed.value("http_request_duration_seconds_sum") == 0.25)
        #expect(parsed.value("http_request_duration_seconds_bucket", ["le": "0.1"]) == 1)
        #expect(parsed.value("http_request_duration_seconds_bucket", ["le": "0.25"]) == 2)
    }

    @Test func bucketsOfAFamilyAreFixedByItsFirstSeries() throws {
        registry.describe("r", help: "Old.", buckets: [1, 2])
        Recorder(label: "r", dimensions: [("a", "1")], factory: registry).record(1)
        registry.describe("r", help: "New.", buckets: [5])
        Recorder(label: "r", dimensions: [("a", "2")], factory: registry).record(1)
        let family = try #require(try rendered().families["r"])
        #expect(family.help == "New.")
        for label in ["1", "2"] {
            let bounds = family.samples.filter { $0.series.labels["a"] == label }.compactMap { $0.series.labels["le"] }
            #expect(bounds == ["1", "2", "+Inf"])
        }
    }

    // MARK: Collectors

    @Test func collectorsAreReadAtEachRendering() throws {
        let calls = Mutex(0.0)
        registry.addGauge("g", help: "Calls.", dimensions: [("a", "1")]) {
            calls.withLock {
                $0 += 1
                return $0
            }
        }
        registry.addCounter("c_total", help: "Always 7.") { 7 }
        registry.addGauge("absent", help: "Cannot be read.") { nil }
        #expect(try rendered().value("g", ["a": "1"]) == 1)
        let parsed = try rendered()
        #expect(parsed.value("g", ["a": "1"]) == 2)
        #expect(parsed.families["g"]?.help == "Calls.")
        #expect(parsed.families["c_total"]?.type == "counter")
        #expect(parsed.value("c_total") == 7)
        #expect(parsed.families["absent"] == nil)
    }

    @Test func collectedSeriesStandBesideMadeOnes() throws {
        Meter(label: "nodes", dimensions: [("health", "made")], factory: registry).set(9)
        registry.addGauges("nodes", help: "Nodes by health.") {
            [
                .init(1, dimensions: [("health", "online")]), .init(2, dimensions: [("health", "offline")]),
                .init(3, dimensions: [("health", "online")]), .init(4, dimensions: [("health", "made")]),
            ]
        }
        let samples = try #require(try rendered().families["nodes"]).samples
        #expect(samples.map(\.value) == [9, 2, 1], "sorted by label, the first of a label taken")
    }

    @Test func aCollectorMayUseTheRegistry() throws {
        registry.addGauge("g", help: "Makes a metric.") { [registry] in
            Counter(label: "made_total", factory: registry).increment()
            return 1
        }
        #expect(try rendered().value("g") == 1)
        // Not in the first text, whose families stood before it was made; read after "g" in the second.
        #expect(try rendered().value("made_total") == 2)
    }

    // MARK: Conflicts

    @Test func aNameHasOneKind() throws {
        let records = RecordedOutput()
        let logger = Logger(label: "metrics") { label in JSONLogHandler(label: label, output: records) }
        let registry = PrometheusRegistry(logger: logger)
        Counter(label: "x", factory: registry).increment()
        for _ in 0..<2 {
            let refused = Meter(label: "x", factory: registry)
            refused.set(40)
            refused.destroy()
        }
        Timer(label: "x_seconds", factory: registry).recordSeconds(1)
        Gauge(label: "x_seconds", factory: registry).record(1)
        registry.addGauge("x", help: "Refused, help and all.") { 99 }
        let parsed = try ExpositionParser(registry.render())
        #expect(parsed.families["x"]?.type == "counter")
        #expect(parsed.families["x"]?.help == "Not described.")
        #expect(parsed.value("x") == 1)
        #expect(parsed.families["x_seconds"]?.type == "histogram")
        #expect(parsed.value("jabiru_metric_conflicts_total") == 4)
        #expect(records.lines.count == 2, "logged once for each name and kind")
        #expect(records.lines.first?.contains(#""existing":"x","kind":"gauge","metric":"x""#) == true)
    }

    @Test(arguments: ["_bucket", "_sum", "_count"])
    func aHistogramOwnsItsSeriesNames(suffix: String) throws {
        Recorder(label: "h", factory: registry).record(1)
        Counter(label: "h" + suffix, factory: registry).increment()
        #expect(try rendered().families["h" + suffix] == nil)
        Counter(label: "g" + suffix, factory: registry).increment()
        Recorder(label: "g", factory: registry).record(1)
        #expect(try rendered().families["g"] == nil)
        #expect(try rendered().value("jabiru_metric_conflicts_total") == 2)
        // Only a histogram claims them.
        Meter(label: "plain", factory: registry).set(1)
        Counter(label: "plain" + suffix, factory: registry).increment()
        #expect(try rendered().value("plain" + suffix) == 1)
    }

    // MARK: Threads

    /// Totals are exact whatever the interleaving, and what is rendered meanwhile is always valid.
    @Test func recordsOfManyThreadsAreAllCounted() throws {
        let threads = 8
        let rounds = 5000
        let failures = Mutex<[String]>([])
        onThreads(threads + 1) { [registry] thread in
            if thread == threads {
                var lastCount = 0.0
                for _ in 0..<50 {
                    do {
                        let count = try ExpositionParser(registry.render()).value("r_count") ?? 0
                        if count < lastCount { failures.withLock { $0.append("the count fell to \(count)") } }
                        lastCount = count
                    } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                }
                return
            }
            // Made by each thread anew, so that making races too.
            let meter = Meter(label: "m", factory: registry)
            let floating = FloatingPointCounter(label: "f_total", factory: registry)
            let recorder = Recorder(label: "r", factory: registry)
            for round in 0..<rounds {
                Counter(label: "c_total", dimensions: [("parity", "\(round % 2)")], factory: registry).increment()
                floating.increment(by: 0.5)
                meter.increment(by: 2)
                meter.decrement(by: 1)
                recorder.record(round % 8)
            }
        }
        #expect(failures.withLock { $0 } == [])
        let total = Double(threads * rounds)
        let parsed = try rendered()
        #expect(parsed.value("c_total", ["parity": "0"]) == total / 2)
        #expect(parsed.value("c_total", ["parity": "1"]) == total / 2)
        #expect(parsed.value("f_total") == total / 2)
        #expect(parsed.value("m") == total)
        #expect(parsed.value("r_count") == total)
        #expect(parsed.value("r_sum") == total / 8 * 28)
        #expect(parsed.value("r_bucket", ["le": "1"]) == total / 4)
        #expect(parsed.value("r_bucket", ["le": "4"]) == total / 8 * 5)
    }

    /// The same without anything between two records that would keep the threads from meeting.
    @Test func recordsToOneSeriesNeverGetLost() throws {
        let threads = 4
        let rounds = 400_000
        let counter = Counter(label: "c_total", factory: registry)
        let floating = FloatingPointCounter(label: "f_total", factory: registry)
        let recorder = Recorder(label: "r", factory: registry)
        let texts = Mutex<[String]>([])
        onThreads(threads + 1) { [registry] thread in
            if thread == 0 {
                for _ in 0..<300 {
                    let text = registry.render()
                    texts.withLock { $0.append(text) }
                }
                return
            }
            for _ in 0..<rounds { recorder.record(2) }
            for _ in 0..<rounds { floating.increment(by: 0.5) }
            for _ in 0..<rounds { counter.increment() }
        }
        for text in texts.withLock({ $0 }) { _ = try ExpositionParser(text) }
        let total = Double(threads * rounds)
        let parsed = try rendered()
        #expect(parsed.value("f_total") == total / 2)
        #expect(parsed.value("c_total") == total)
        #expect(parsed.value("r_count") == total)
        #expect(parsed.value("r_sum") == total * 2)
    }
}
