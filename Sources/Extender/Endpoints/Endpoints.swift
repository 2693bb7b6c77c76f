import FoundationEssentials
import HummingbirdCore
import NIOCore
import NIOPosix
import Placement
import Synchronization
import Telemetry
import Topology

/// The paths for people and probes. Not the hot path: these may read the cache.
struct Endpoints: Sendable {
    let core: ExtenderCore
    let published: PublishedTopology
    let registry: PrometheusRegistry
    let readinessPolicy: ReadinessPolicy
    let cache: TopologyCache
    private let busy = Busy()

    /// The most questions of people that are worked on at once.
    private static let maximumBusy = 2

    private final class Busy: Sendable {
        let count = Atomic<Int>(0)
    }

    init(
        core: ExtenderCore, published: PublishedTopology, registry: PrometheusRegistry,
        readinessPolicy: ReadinessPolicy, cache: TopologyCache
    ) {
        self.core = core
        self.published = published
        self.registry = registry
        self.readinessPolicy = readinessPolicy
        self.cache = cache
    }

    /// Answers a person's question, which may read the whole cache, on a thread that answers no verbs.
    func offThePool(_ answer: @escaping @Sendable (Endpoints) -> Answer) async throws -> Answer {
        guard busy.count.add(1, ordering: .relaxed).newValue <= Self.maximumBusy else {
            busy.count.subtract(1, ordering: .relaxed)
            return Answer(status: 503, sentence: "\(Self.maximumBusy) such questions are being answered: try again.")
        }
        defer { busy.count.subtract(1, ordering: .relaxed) }
        return try await NIOThreadPool.singleton.runIfActive { answer(self) }
    }

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
