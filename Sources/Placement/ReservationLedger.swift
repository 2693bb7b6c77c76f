public import Topology

/// The space that prioritize expects to be taken, held until the cluster shows that it was, or was not.
///
/// kube-scheduler has no call for "reserved" or "given up", and it binds asynchronously, so a burst of pods would all be
/// sent to the pool that was emptiest when the first one asked. The ledger holds the space of each pod in flight on the
/// node that scored best. A pure value: times are given, as milliseconds of any one monotonic clock.
///
/// A volume's space is settled when
/// - its claim is bound or has a node selected: from then on the snapshot itself counts it;
/// - the volume that was to move has a replica on the node;
/// - the pod is bound to another node;
/// - the time is over.
public struct ReservationLedger: Sendable {
    /// How long a reservation lasts if nothing settles it, in milliseconds.
    public static let timeToLive: Int64 = 60_000
    /// The most pods that hold space at once: far more than a scheduler places within the time to live.
    public static let capacity = 16_384

    private struct Entry: Sendable {
        var uid: String?
        var node: String
        var spaces: [Space]
        var expires: Int64
    }

    private struct Space: Sendable {
        var claim: String
        var volume: String?
        var engine: Engine
        var pool: String
        var bytes: Int64
    }

    /// By the pod's name, since no two pods of a name exist at once: one that was made anew takes over its
    /// predecessor's place.
    private var entries: [ObjectKey: Entry] = [:]
    /// The sum of all entries against one snapshot, kept up to date so that a request does not add it up again.
    private var resolved: (generation: Int64, space: ReservedSpace)?
    /// No entry ends before this.
    private var nextExpiry = Int64.max

    /// Makes an empty ledger.
    public init() {}

    /// How many pods hold space.
    public var count: Int { entries.count }

    /// The bytes held in all.
    public var heldBytes: Int64 {
        entries.values.reduce(0) { $1.spaces.reduce($0) { $0.addingSaturated($1.bytes) } }
    }

    /// Holds what a pod newly takes on a node, in place of what it held before.
    ///
    /// - Parameters:
    ///   - space: What it takes there, from ``PlacementPlan/newSpace(at:)``.
    ///   - pod: The pod.
    ///   - node: The node's ordinal in the snapshot.
    ///   - snapshot: The snapshot that the plan was made of.
    ///   - now: The current time in milliseconds.
    public mutating func hold(
        _ space: [NewSpace], for pod: Pod, at node: Int, in snapshot: TopologySnapshot, now: Int64
    ) {
        release(pod, in: snapshot)
        guard !space.isEmpty, entries.count < Self.capacity else { return }
        let pools = snapshot.nodes.pools[node]
        let entry = Entry(
            uid: pod.uid, node: snapshot.nodes.names[node],
            spaces: space.map {
                Space(
                    claim: $0.claim, volume: $0.volume, engine: snapshot.engines[pools[$0.pool].engine],
                    pool: pools[$0.pool].name, bytes: $0.bytes)
            },
            expires: now + Self.timeToLive)
        entries[Self.key(pod)] = entry
        nextExpiry = min(nextExpiry, entry.expires)
        adjust(in: snapshot) { Self.add(entry, to: &$0, in: snapshot) }
    }

    /// Releases what a pod holds.
    public mutating func release(_ pod: Pod, in snapshot: TopologySnapshot) {
        guard let entry = entries.removeValue(forKey: Self.key(pod)) else { return }
        adjust(in: snapshot) { Self.remove(entry, from: &$0, in: snapshot) }
    }

    /// What other pods hold, resolved against a snapshot.
    ///
    /// - Parameter pod: The pod whose own space does not count.
    public mutating func reserved(
        in snapshot: TopologySnapshot, excluding pod: Pod, now: Int64
    ) -> ReservedSpace {
        if entries.isEmpty { return .none }
        if resolved?.generation != snapshot.generation || nextExpiry <= now {
            settle(with: snapshot, now: now)
        }
        guard var others = resolved?.space else { return .none }
        if let own = entries[Self.key(pod)] { Self.remove(own, from: &others, in: snapshot) }
        return others
    }

    /// Drops what a snapshot settles and what has expired.
    public mutating func settle(with snapshot: TopologySnapshot, now: Int64) {
        var kept: [ObjectKey: Entry] = [:]
        var sum = ReservedSpace()
        nextExpiry = .max
        for (key, known) in entries where known.expires > now && !isBoundElsewhere(known, of: key, in: snapshot) {
            var entry = known
            entry.spaces = known.spaces.filter { !isSettled($0, at: known.node, of: key, in: snapshot) }
            if entry.spaces.isEmpty { continue }
            kept[key] = entry
            nextExpiry = min(nextExpiry, entry.expires)
            Self.add(entry, to: &sum, in: snapshot)
        }
        entries = kept
        resolved = (snapshot.generation, sum)
    }

    private func isBoundElsewhere(_ entry: Entry, of key: ObjectKey, in snapshot: TopologySnapshot) -> Bool {
        guard let pod = snapshot.pod(key), let node = pod.node else { return false }
        if let expected = entry.uid, let actual = pod.uid, expected != actual { return false }
        return snapshot.nodes.names[node] != entry.node
    }

    private func isSettled(
        _ space: Space, at holder: String, of pod: ObjectKey, in snapshot: TopologySnapshot
    ) -> Bool {
        if let volume = space.volume {
            guard let known = snapshot.volume(volume), let node = snapshot.nodes.index.find(holder) else {
                return false
            }
            // A failed one takes no part: what replaces it needs the space still.
            return known.replicas.contains { Int($0.node) == node && $0.state != .failed }
        }
        guard let claim = snapshot.claim(ObjectKey(namespace: pod.namespace, name: space.claim)) else {
            return false
        }
        return claim.volume != nil || claim.selectedNode != nil
    }

    /// Keeps the sum up to date, or gives it up where it is another snapshot's.
    private mutating func adjust(in snapshot: TopologySnapshot, _ change: (inout ReservedSpace) -> Void) {
        guard var known = resolved, known.generation == snapshot.generation else {
            resolved = nil
            return
        }
        // Held here alone, so that the change does not copy it.
        resolved = nil
        change(&known.space)
        resolved = known
    }

    private static func add(_ entry: Entry, to sum: inout ReservedSpace, in snapshot: TopologySnapshot) {
        for (space, place) in places(of: entry, in: snapshot) {
            sum.add(space.bytes, node: place.node, pool: place.pool)
        }
    }

    private static func remove(_ entry: Entry, from sum: inout ReservedSpace, in snapshot: TopologySnapshot) {
        for (space, place) in places(of: entry, in: snapshot) {
            sum.remove(space.bytes, node: place.node, pool: place.pool)
        }
    }

    /// Where an entry's spaces lie in a snapshot; those whose pool is gone are left out.
    private static func places(
        of entry: Entry, in snapshot: TopologySnapshot
    ) -> [(space: Space, place: (node: Int, pool: Int))] {
        guard let node = snapshot.nodes.index.find(entry.node) else { return [] }
        return entry.spaces.compactMap { space in
            snapshot.nodes.pools[node]
                .firstIndex { $0.name == space.pool && snapshot.engines[$0.engine] == space.engine }
                .map { (space, (node, $0)) }
        }
    }

    private static func key(_ pod: Pod) -> ObjectKey { ObjectKey(namespace: pod.namespace, name: pod.name) }
}
