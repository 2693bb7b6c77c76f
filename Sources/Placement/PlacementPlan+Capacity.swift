import Topology

extension PlacementPlan {
    /// Puts what the pod newly needs into the node's pools; the result stays in ``fit`` until the next call.
    mutating func fits(at node: Int) -> Bool {
        guard !needs.isEmpty else { return true }
        // Also where the node is left early: a fit of the node before must not be taken for this one's.
        fit.clear()
        let entries = snapshot.nodes.pools[node]
        let pools = entries.span
        for index in needOrder.indices {
            let ordered = needOrder[index]
            if hot[ordered.volume].standing == .replicated, hasReplica(ordered.volume, at: node) { continue }
            let works = snapshot.nodes.health(engine: hot[ordered.volume].engine, at: node).servesReplicas
            // One bit a pool of the right kind, full or not.
            var suitable: UInt64 = 0
            for pool in 0..<(works ? min(pools.count, CapacityFit.maximumPools) : 0)
            where ordered.suits(pools[pool], needs) { suitable |= 1 << UInt64(pool) }
            if suitable != 0 {
                fit.add(need: ordered.need, bytes: needs[ordered.need].bytes, pools: suitable)
            } else if ordered.mustBeOnNode {
                return false
            }
            // Else the engine serves the volume over the network and can make its replicas on other nodes.
        }
        if fit.isEmpty { return true }
        fit.read(pools)
        if !ownCommitted.isEmpty {
            for own in ownCommitted where own.node == node { fit.take(-own.bytes, pool: own.pool) }
        }
        if !reserved.isEmpty {
            for (pool, bytes) in reserved.held(node: node) { fit.take(bytes, pool: pool) }
        }
        return fit.place(policy.unbound)
    }

    /// Whether the emptiest pools alone have room for all that the pod newly needs, which is so on most nodes.
    ///
    /// `false` says nothing. Reads one number a need, where ``fits(at:)`` goes through the node's pools.
    func fitsClearly(at node: Int) -> Bool {
        if !reserved.isEmpty, reserved.holdsAny(node: node) { return false }
        var needed: Int64 = 0
        var free = Int64.max
        for index in needOrder.indices {
            let ordered = needOrder[index]
            if hot[ordered.volume].standing == .replicated, hasReplica(ordered.volume, at: node) { continue }
            let engine = hot[ordered.volume].engine
            guard !ordered.isChoosy, snapshot.nodes.health(engine: engine, at: node).servesReplicas else {
                return false
            }
            // As if all needs went into one pool, and that the fullest of the engines' emptiest ones.
            let (sum, overflow) = needed.addingReportingOverflow(needs[ordered.need].bytes)
            if overflow { return false }
            needed = sum
            free = min(free, snapshot.nodes.largestFree(engine: engine, at: node))
        }
        return needed <= free
    }

    /// The space that the pod would newly take in the node's pools; nothing where it does not fit.
    public mutating func newSpace(at node: Int) -> [NewSpace] {
        guard !needs.isEmpty, known(node) != nil, fits(at: node) else { return [] }
        return needOrder.compactMap { ordered in
            let pool = fit.pool[ordered.need]
            guard pool >= 0 else { return nil }
            let volume = volumes[ordered.volume]
            return NewSpace(claim: volume.claim, volume: volume.volume, pool: pool, bytes: needs[ordered.need].bytes)
        }
    }
}

/// A need with what decides where it goes.
struct OrderedNeed {
    /// Its place in the plan's list of needs.
    var need: Int
    /// The place of its volume in the plan's list of volumes.
    var volume: Int
    /// Whether the volume can be used only where its data is.
    var mustBeOnNode: Bool
    /// The engine, and whether more than that matters; here so that the names are read only where they have to be.
    var engine: Int
    var isChoosy: Bool

    @inline(__always)
    func suits(_ pool: borrowing PoolEntry, _ needs: [SpaceNeed]) -> Bool {
        if isChoosy { return needs[need].suits(copy pool) }
        return pool.engine == engine && pool.takesReplicas
    }
}

/// Space that a pod's volume would newly take on a node.
public struct NewSpace: Hashable, Sendable {
    /// The claim's name.
    public var claim: String
    /// The volume that would get another replica; `nil` for a claim that is not bound yet.
    public var volume: String?
    /// The pool's place in the node's list.
    public var pool: Int
    /// The bytes.
    public var bytes: Int64

    /// Makes a new space of its parts.
    public init(claim: String, volume: String? = nil, pool: Int, bytes: Int64) {
        self.claim = claim
        self.volume = volume
        self.pool = pool
        self.bytes = bytes
    }
}
