import Topology

extension PlacementPlan {
    /// The pod's score on a node, from 0 to 10.
    ///
    /// The weighted mean of its volumes' shares × 10, rounded half up. Rejected nodes are not told apart here.
    public mutating func score(at node: Int?) -> Int { Self.rounded(exactScore(at: node)) }

    /// A mean share as a score: × 10, rounded half up.
    public static func rounded(_ mean: Double) -> Int {
        // The small term keeps a mean that is a half in decimal from being rounded down for its last binary digit.
        min(10, max(0, Int(mean * 10 + 0.5 + 1e-9)))
    }

    /// The weighted mean of the volumes' shares on a node, from 0 to 1; tells nodes apart that score the same.
    public mutating func exactScore(at node: Int?) -> Double {
        guard !scored.isEmpty, let node = known(node) else { return 0 }
        if scoresSpace { _ = fits(at: node) }
        return meanShare(at: node)
    }

    private func meanShare(at node: Int) -> Double {
        let here = position(of: node)
        var sum = 0.0
        for index in scored.indices {
            let volume = scored[index]
            sum += share(volume, at: node, here) * hot[volume].weight
        }
        return sum / scoredWeight
    }

    /// What a volume contributes to the score on a node; `nil` where it has no say.
    public mutating func share(of volume: Int, at node: Int?) -> VolumeShare? {
        guard scored.contains(volume) else { return nil }
        guard let node = known(node) else { return .nothing }
        let here = position(of: node)
        var share = VolumeShare.nothing
        share.healthFactor = healthFactor(volume, at: node)
        if hot[volume].standing == .unbound {
            _ = fits(at: node)
            share.freeFraction = freeFraction(volume, at: node)
        } else {
            share.nearness = nearness(volume, to: here)
            share.nearest = nearest(volume, to: here, within: share.nearness)
            share.progress = share.nearness < .local ? progress(volume, at: node) : nil
        }
        share.share = self.share(volume, at: node, here)
        return share
    }

    /// A volume's share on a known node, from 0 to 1. For an unbound claim the node's fit has to be computed already.
    @inline(__always)
    private func share(_ volume: Int, at node: Int, _ here: Position) -> Double {
        let factor = healthFactor(volume, at: node)
        if hot[volume].standing == .unbound { return factor * (freeFraction(volume, at: node) ?? 0) }
        switch hot[volume].locality {
        case .preferRemote, .requireRemote:
            return hasReplica(volume, at: node) ? 0 : factor
        case .preferLocal, .requireLocal, .ignore:
            let near = nearness(volume, to: here).share
            guard hot[volume].isSyncing, near < Nearness.local.share else { return factor * near }
            return factor * (near + (progress(volume, at: node) ?? 0) * 0.5 * (Nearness.local.share - near))
        }
    }

    @inline(__always)
    private func healthFactor(_ volume: Int, at node: Int) -> Double {
        let engine = hot[volume].engine
        // An engine that is seen on no node tells nothing of its health.
        let health = engine < 0 ? HealthCode.unknown : snapshot.nodes.health(engine: engine, at: node)
        return switch health {
        case .absent, .offline: 0
        case .storageDown, .degraded, .unknown: 0.5
        case .online: 1
        }
    }

    /// Where a node stands, to be compared with usable replicas.
    @inline(__always)
    private func position(of node: Int) -> Position {
        Position(node: node, location: snapshot.nodes.locations[node], missing: -2)
    }

    /// How near the nearest usable replica is.
    @inline(__always)
    private func nearness(_ volume: Int, to here: Position) -> Nearness {
        var matches = SIMDMask<SIMD4<Int32>>(repeating: false)
        for index in hot[volume].usable { matches .|= usable[index].lanes .== here.lanes }
        return Position.nearness(of: matches)
    }

    /// The first node that holds a usable replica as near as the nearest; -1 without one.
    private func nearest(_ volume: Int, to here: Position, within nearness: Nearness) -> Int32 {
        if nearness == .none { return -1 }
        for index in hot[volume].usable
        where Position.nearness(of: usable[index].lanes .== here.lanes) == nearness {
            return usable[index].node
        }
        return -1
    }

    /// How far a replica that is being filled on the node has come; `nil` without one.
    private func progress(_ volume: Int, at node: Int) -> Double? {
        var furthest: Double?
        for index in hot[volume].replicas where Int(replicas[index].node) == node && replicas[index].state == .syncing {
            furthest = max(furthest ?? 0, replicas[index].progress)
        }
        return furthest
    }

    /// How good a node is for an unbound claim, from 0 to 1: the fraction of the pool that stays free, or, packing, that
    /// is used; `nil` where the claim takes no space on the node.
    private func freeFraction(_ volume: Int, at node: Int) -> Double? {
        let place = fit.pool[hot[volume].need]
        guard place >= 0 else { return nil }
        let entries = snapshot.nodes.pools[node]
        let pools = entries.span
        guard pools[place].available != nil else { return nil }
        let whole = pools[place].capacity ?? snapshot.nodes.space[pools[place].engine].largestFree
        guard whole > 0 else { return nil }
        let free = min(1, max(0, Double(fit.freeBytes(pool: place)) / Double(whole)))
        return policy.unbound == .spread ? free : 1 - free
    }
}
