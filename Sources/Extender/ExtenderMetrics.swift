public import Metrics
import Placement
public import Telemetry
public import Topology

/// The extender's metrics, made once so that a verb only counts.
public struct ExtenderMetrics: Sendable {
    /// A verb's counters.
    struct Verb: Sendable {
        let answered: Counter
        let malformed: Counter
        let tooLarge: Counter
        let refused: Counter
        let duration: Metrics.Timer

        init(_ name: String, _ factory: any MetricsFactory) {
            func counter(_ code: String) -> Counter {
                Counter(
                    label: "jabiru_extender_requests_total", dimensions: [("verb", name), ("code", code)],
                    factory: factory)
            }
            answered = counter("200")
            malformed = counter("400")
            tooLarge = counter("413")
            refused = counter("503")
            duration = Metrics.Timer(
                label: "jabiru_extender_request_duration_seconds", dimensions: [("verb", name)], factory: factory)
        }
    }

    let filter: Verb
    let prioritize: Verb
    let preempt: Verb
    let filterNodes: Recorder
    let prioritizeNodes: Recorder
    let preemptNodes: Recorder
    /// By `RejectionReason`.
    let rejections: [Counter]
    let noOpinion: Counter
    let unknownClaims: Counter
    let timeouts: Counter
    let tlsReloads: Counter
    let tlsReloadFailures: Counter

    /// Makes the metrics.
    ///
    /// - Parameter factory: Where they are kept.
    public init(factory: any MetricsFactory) {
        filter = Verb("filter", factory)
        prioritize = Verb("prioritize", factory)
        preempt = Verb("preempt", factory)
        func nodes(_ verb: String) -> Recorder {
            Recorder(
                label: "jabiru_extender_request_nodes", dimensions: [("verb", verb)], aggregate: true,
                factory: factory)
        }
        filterNodes = nodes("filter")
        prioritizeNodes = nodes("prioritize")
        preemptNodes = nodes("preempt")
        rejections = RejectionReason.allCases.map {
            Counter(
                label: "jabiru_extender_rejected_nodes_total", dimensions: [("reason", $0.word)], factory: factory)
        }
        noOpinion = Counter(label: "jabiru_extender_no_opinion_total", factory: factory)
        unknownClaims = Counter(label: "jabiru_extender_unknown_claims_total", factory: factory)
        timeouts = Counter(label: "jabiru_http_timeouts_total", factory: factory)
        tlsReloads = Counter(
            label: "jabiru_tls_reloads_total", dimensions: [("result", "done")], factory: factory)
        tlsReloadFailures = Counter(
            label: "jabiru_tls_reloads_total", dimensions: [("result", "failed")], factory: factory)
    }

    /// Declares the help texts and buckets of these metrics.
    public static func describe(in registry: PrometheusRegistry) {
        registry.describe("jabiru_extender_requests_total", help: "Verbs answered, by verb and HTTP status.")
        registry.describe(
            "jabiru_extender_request_duration_seconds",
            help: "Time from a verb's whole body to its whole answer, without the network.",
            buckets: [
                0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
            ])
        registry.describe(
            "jabiru_extender_request_nodes", help: "Nodes in a verb's request.",
            buckets: [1, 5, 10, 50, 100, 500, 1000, 5000, 10000])
        registry.describe("jabiru_extender_rejected_nodes_total", help: "Nodes that filter rejected, by reason.")
        registry.describe(
            "jabiru_extender_no_opinion_total", help: "Verbs answered without an opinion because of a fault inside.")
        registry.describe(
            "jabiru_extender_unknown_claims_total",
            help: "Claims of pods in filter requests that the cache did not know yet.")
        registry.describe("jabiru_http_timeouts_total", help: "Connections closed because a request took too long.")
        registry.describe("jabiru_tls_reloads_total", help: "Reloads of changed TLS files, by result.")
    }

    /// Adds gauges of a core and of the topology it answers from.
    public static func addGauges(
        to registry: PrometheusRegistry, core: ExtenderCore, topology: PublishedTopology
    ) {
        func gauge(_ name: String, _ help: String, _ value: @escaping @Sendable (TopologySnapshot) -> Int) {
            registry.addGauge(name, help: help) { topology.snapshot.map { Double(value($0)) } ?? 0 }
        }
        gauge("jabiru_topology_nodes", "Nodes in the topology.") { $0.knownNodeCount }
        gauge("jabiru_topology_volumes", "Volumes in the topology.") { $0.volumeCount }
        gauge("jabiru_topology_claims", "Claims in the topology.") { $0.claimCount }
        gauge("jabiru_topology_pods", "Pods with claims in the topology.") { $0.podCount }
        gauge("jabiru_topology_generation", "Generation of the topology: batches committed.") { Int($0.generation) }
        registry.addGauge(
            "jabiru_topology_age_seconds", help: "Time since the topology was last known to be what its source says."
        ) {
            topology.current.confirmedAt.map { Double(Timestamp.now.milliseconds - $0.milliseconds) / 1000 } ?? .nan
        }
        registry.addGauge("jabiru_reservations", help: "Pods in flight that hold space.") {
            Double(core.reservations.pods)
        }
        registry.addGauge("jabiru_reserved_bytes", help: "Bytes held for pods in flight.") {
            Double(core.reservations.bytes)
        }
        registry.addCounter(
            "jabiru_decisions_dropped_total", help: "Decisions not logged because the cache's writer was too slow."
        ) { Double(core.decisions.dropped) }
    }
}
