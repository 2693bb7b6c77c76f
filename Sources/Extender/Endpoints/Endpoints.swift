import FoundationEssentials
import HummingbirdCore
import NIOCore
import Placement
import Telemetry
import Topology

/// The paths for people and probes. Not the hot path: these may read the cache.
struct Endpoints: Sendable {
    let core: ExtenderCore
    let published: PublishedTopology
    let registry: PrometheusRegistry
    let readinessPolicy: ReadinessPolicy
    let cache: TopologyCache

    /// GET `/metrics`.
    func renderMetrics() -> Answer {
        Answer(text: registry.render(), contentType: PrometheusRegistry.contentType)
    }

    /// GET `/readyz`.
    func readiness() -> Answer {
        switch readinessPolicy.judge(published.current, now: core.wall()) {
        case .ready: Answer(text: "ok\n", contentType: "text/plain; charset=utf-8")
        case .notReady(let why): Answer(status: 503, sentence: "not ready: \(why)")
        }
    }
}

/// When a server counts as ready.
public struct ReadinessPolicy: Hashable, Sendable {
    /// How old the topology may be before a server that has not synced yet is not ready.
    public var maximumCacheAge: Duration

    /// Makes a policy.
    public init(maximumCacheAge: Duration) { self.maximumCacheAge = maximumCacheAge }

    enum Verdict: Hashable {
        case ready
        case notReady(String)
    }

    /// Ready once the topology is loaded and either synced with its source or young enough.
    func judge(_ state: PublishedTopology.State, now: Timestamp) -> Verdict {
        guard state.snapshot != nil else { return .notReady("the topology is not loaded yet") }
        if state.isSynced { return .ready }
        guard let confirmed = state.confirmedAt else { return .notReady("the topology has never been synced") }
        let age = Duration.milliseconds(now.milliseconds - confirmed.milliseconds)
        guard age <= maximumCacheAge else {
            return .notReady(
                "the topology is \(age.components.seconds) s old, --max-cache-age allows "
                    + "\(maximumCacheAge.components.seconds) s, and its source has not been read")
        }
        return .ready
    }
}
