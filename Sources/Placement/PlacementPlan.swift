public import Topology

/// A pod resolved against one snapshot: everything about the pod that does not depend on the node.
///
/// Filter, prioritize, preempt and explain all ask the same plan, so that a person is shown what the scheduler got. A
/// plan is a pure value: no clock, no I/O. The methods that take a node are `mutating` only because they reuse scratch
/// space; asking does not change what a plan answers.
public struct PlacementPlan: Sendable {
    /// The topology that the plan was made of.
    public let snapshot: TopologySnapshot
    /// The policy it was made with.
    public let policy: PlacementPolicy
    /// The pod's volumes, claims first, then ephemeral ones.
    public let volumes: [PlannedVolume]
    /// Why the pod can run nowhere, if so.
    public let podRejection: RejectionReason?
    /// Whether any volume has a say in anything; without one every node passes and scores 0.
    public let hasOpinion: Bool

    let hot: [HotVolume]
    let replicas: [ReplicaEntry]
    let usable: [Position]
    let needs: [SpaceNeed]
    /// The needs in the order they are placed in.
    let needOrder: [OrderedNeed]
    let reserved: ReservedSpace
    let ownCommitted: [CommittedSpace]
    /// The volumes that have a say in the score, and the sum of their weights.
    let scored: [Int]
    let scoredWeight: Double
    /// Whether any of them is scored by the space it takes.
    let scoresSpace: Bool
    /// Scratch space for one node.
    var fit: CapacityFit

    /// Resolves a pod.
    ///
    /// - Parameters:
    ///   - pod: The pod, as the scheduler sent it or as the cache has it.
    ///   - snapshot: The topology.
    ///   - policy: How to weigh.
    ///   - reserved: Space that other pods in flight hold; not the pod's own.
    public init(
        pod: Pod, snapshot: TopologySnapshot, policy: PlacementPolicy = PlacementPolicy(),
        reserved: ReservedSpace = .none
    ) {
        var planner = Planner(pod: pod, snapshot: snapshot, policy: policy)
        planner.run()
        self.snapshot = snapshot
        self.policy = policy
        self.reserved = reserved
        volumes = planner.volumes
        hot = planner.hot
        replicas = planner.replicas
        usable = planner.usable
        needs = planner.needs
        needOrder = planner.orderedNeeds()
        fit = CapacityFit(needs: planner.needs.count)
        ownCommitted = planner.ownCommitted
        podRejection = planner.podRejection
        hasOpinion =
            planner.podRejection != nil || planner.hot.contains { $0.engine >= 0 || $0.standing == .replicated }
        let scored = planner.hot.indices.filter { planner.isScored(planner.hot[$0]) }
        self.scored = scored
        scoredWeight = scored.reduce(0) { $0 + planner.hot[$1].weight }
        scoresSpace = scored.contains { planner.hot[$0].standing == .unbound }
    }

    // MARK: Filter

    /// Why the pod cannot run on a node; `nil` where it can.
    ///
    /// The rules in their order: restore, no usable replica, engine and health, locality, capacity.
    ///
    /// - Parameter node: The node's ordinal; `nil` for a node that the cache does not know, which is rejected only by
    ///   what holds for every node and by `require-local`.
    public mutating func rejection(at node: Int?) -> RejectionReason? {
        if let podRejection { return podRejection }
        guard hasOpinion else { return nil }
        guard let node = known(node) else { return rejection(atUnknown: node) }
        if snapshot.nodes.closed[node] { return .storageClosed }
        // Where volumes differ in their reasons, the same one is given whatever their order.
        var isOffline = false
        for index in hot.indices where hot[index].engine >= 0 {
            switch snapshot.nodes.health(engine: hot[index].engine, at: node) {
            case .absent: return .engineAbsent
            case .offline: isOffline = true
            case .storageDown, .degraded, .unknown, .online: break
            }
        }
        if isOffline { return .storageOffline }
        var isTooNear = false
        for index in hot.indices where hot[index].standing == .replicated {
            switch hot[index].locality {
            case .requireLocal where !hasUsableReplica(index, at: node): return .notLocal
            case .requireRemote where hasUsableReplica(index, at: node): isTooNear = true
            case .preferLocal, .requireLocal, .preferRemote, .requireRemote, .ignore: break
            }
        }
        if isTooNear { return .notRemote }
        return fitsClearly(at: node) || fits(at: node) ? nil : .noSpace
    }

    /// A node without an object is rejected only where a volume has to be local and is not known to be there.
    private func rejection(atUnknown node: Int?) -> RejectionReason? {
        let isMissed = hot.indices.contains { index in
            guard hot[index].standing == .replicated, hot[index].locality == .requireLocal else { return false }
            return !(node.map { hasUsableReplica(index, at: $0) } ?? false)
        }
        return isMissed ? .notLocal : nil
    }

    /// The node's ordinal if the cache has an object of it.
    func known(_ node: Int?) -> Int? {
        guard let node, snapshot.nodes.known[node] else { return nil }
        return node
    }

    func hasUsableReplica(_ volume: Int, at node: Int) -> Bool {
        for index in hot[volume].usable where Int(usable[index].node) == node { return true }
        return false
    }

    /// Whether the node holds a copy of the volume that is there or on its way, so that it needs no new space.
    func hasReplica(_ volume: Int, at node: Int) -> Bool {
        for index in hot[volume].replicas where Int(replicas[index].node) == node && replicas[index].state != .failed {
            return true
        }
        return false
    }

    /// The replicas of a volume, and whether each is usable.
    func replicas(of volume: Int) -> [(replica: ReplicaEntry, isUsable: Bool)] {
        hot[volume].replicas.map { index in
            let replica = replicas[index]
            return (replica, replica.state == .inSync && hasUsableReplica(volume, at: Int(replica.node)))
        }
    }
}
