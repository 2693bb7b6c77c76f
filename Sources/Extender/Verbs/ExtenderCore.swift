public import Logging
import Metrics
import NIOCore
public import Placement
import Synchronization
import Telemetry
public import Topology

/// Answers the extender's verbs out of the newest snapshot.
///
/// A verb runs no SQL and calls no API: it scans the body, asks a ``PlacementPlan`` for each node, and writes the
/// answer. What a verb cannot do, it has no opinion on: all nodes pass with score 0, counted and logged once, because a
/// fault of ours must not keep a cluster from scheduling.
public final class ExtenderCore: Sendable {
    let topology: @Sendable () throws -> TopologySnapshot
    let policy: PlacementPolicy
    let ledger = Mutex(ReservationLedger())
    let recent: RecentPods
    let decisions: DecisionBuffer
    let metrics: ExtenderMetrics
    /// Milliseconds of a monotonic clock.
    let monotonic: @Sendable () -> Int64
    let wall: @Sendable () -> Timestamp
    private let logger: Logger
    private let limiter = LogLimiter<String>(interval: .seconds(60))

    /// Makes a core.
    ///
    /// - Parameters:
    ///   - policy: How to weigh.
    ///   - metrics: Where to count.
    ///   - logger: Where faults are logged, each kind once a minute.
    ///   - monotonic: Milliseconds of a monotonic clock, for reservations.
    ///   - wall: The time of day, for decisions.
    ///   - topology: The newest snapshot; what it throws is a fault, answered as no opinion.
    public init(
        policy: PlacementPolicy, metrics: ExtenderMetrics, logger: Logger,
        monotonic: @escaping @Sendable () -> Int64 = ExtenderCore.uptime,
        wall: @escaping @Sendable () -> Timestamp = { .now },
        topology: @escaping @Sendable () throws -> TopologySnapshot
    ) {
        self.policy = policy
        self.metrics = metrics
        self.topology = topology
        self.monotonic = monotonic
        self.wall = wall
        recent = RecentPods(capacity: 1024)
        decisions = DecisionBuffer(capacity: 4096)
        self.logger = logger
    }

    /// Milliseconds since an arbitrary start that never go back.
    public static let uptime: @Sendable () -> Int64 = { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    /// The decisions made since the last call, for the log in the cache.
    public func takeDecisions() -> [DecisionRecord] { decisions.take() }

    /// Drops reservations that the newest snapshot settles; called when one is published.
    public func topologyChanged() {
        guard let snapshot = try? topology() else { return }
        ledger.withLock { $0.settle(with: snapshot, now: monotonic()) }
    }

    /// How many pods hold space, and how much.
    public var reservations: (pods: Int, bytes: Int64) { ledger.withLock { ($0.count, $0.heldBytes) } }

    /// Resolves a pod against the newest snapshot.
    func plan(for pod: Pod) throws -> PlacementPlan {
        let snapshot = try topology()
        let now = monotonic()
        let reserved = ledger.withLock { $0.reserved(in: snapshot, excluding: pod, now: now) }
        return PlacementPlan(pod: pod, snapshot: snapshot, policy: policy, reserved: reserved)
    }

    /// Holds on a node what the pod would take there, until the cluster shows what became of it.
    func hold(_ plan: inout PlacementPlan, for pod: Pod, at node: Int) {
        // Also where it takes nothing there: then it gives up what it held elsewhere.
        let space = plan.newSpace(at: node)
        let snapshot = plan.snapshot
        let now = monotonic()
        ledger.withLock { $0.hold(space, for: pod, at: node, in: snapshot, now: now) }
    }

    /// Gives up what a pod holds, since nobody can tell where it will go.
    func release(_ pod: Pod, in snapshot: TopologySnapshot) {
        ledger.withLock { $0.release(pod, in: snapshot) }
    }

    /// The record of a decision, to be completed.
    func decision(
        on pod: Pod, _ verb: DecisionRecord.Verb, candidates: Int, passed: Int
    ) -> DecisionRecord {
        DecisionRecord(
            time: wall(), namespace: pod.namespace, pod: pod.name, uid: pod.uid, verb: verb, candidates: candidates,
            passed: passed)
    }

    /// Notes a fault of ours, for which the verb answers that it has no opinion.
    func noOpinion(_ error: any Error) {
        metrics.noOpinion.increment()
        limiter.log(
            String(reflecting: type(of: error)), to: logger, level: .error, "No opinion: a verb failed inside",
            metadata: ["error": "\(error)"])
    }

    /// Counts the pod's claims that the cache does not know yet.
    func countUnknown(_ plan: PlacementPlan) {
        for volume in plan.volumes where volume.standing == .unknownClaim {
            metrics.unknownClaims.increment()
            logger.debug("Claim not in the cache", metadata: ["claim": "\(volume.claim)"])
        }
    }
}

/// Reads a Kubernetes quantity, as the scanner needs it.
func bytes(ofQuantity text: String) -> Int64? { Quantity.bytes(text) }
