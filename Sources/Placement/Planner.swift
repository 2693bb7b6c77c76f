import Topology

/// Builds the parts of a ``PlacementPlan``.
struct Planner {
    let pod: Pod
    let snapshot: TopologySnapshot
    let policy: PlacementPolicy
    private let resolver: LocalityResolver

    var volumes: [PlannedVolume] = []
    var hot: [HotVolume] = []
    var replicas: [ReplicaEntry] = []
    var usable: [Position] = []
    var needs: [SpaceNeed] = []
    var ownCommitted: [CommittedSpace] = []
    var podRejection: RejectionReason?

    init(pod: Pod, snapshot: TopologySnapshot, policy: PlacementPolicy) {
        self.pod = pod
        self.snapshot = snapshot
        self.policy = policy
        resolver = LocalityResolver(pod: pod.annotations)
    }

    mutating func run() {
        for claim in pod.claims { add(claim: claim, template: nil) }
        for volume in pod.ephemeral { add(claim: pod.claimName(of: volume), template: volume) }
    }

    private mutating func add(claim name: String, template: EphemeralVolume?) {
        let key = ObjectKey(namespace: pod.namespace, name: name)
        var entry = snapshot.claim(key)
        if entry == nil, let template {
            // The claim of an ephemeral volume is made after the pod; its template says what it will be.
            entry = ClaimEntry(storageClass: template.storageClass, requested: template.requested)
        }
        guard let entry else {
            append(name, standing: .unknownClaim)
            return
        }
        if isRestoring(entry) { podRejection = .restoring }
        if let own = snapshot.committed[key] { ownCommitted.append(own) }
        if let volume = entry.volume {
            addBound(name, entry, volume: volume)
        } else {
            addUnbound(name, entry)
        }
    }

    private func isRestoring(_ claim: ClaimEntry) -> Bool {
        [AnnotationKey.restoreInProgress, AnnotationKey.storkRestoreInProgress].contains { key in
            claim.annotations[key].flatMap(AnnotationKey.parseBool) ?? false
        }
    }

    // MARK: Bound claims

    private mutating func addBound(_ name: String, _ claim: ClaimEntry, volume volumeName: String) {
        let storageClass = claim.storageClass.flatMap { snapshot.storageClasses[$0] }
        guard let volume = snapshot.volume(volumeName) else {
            append(name, standing: .unknownVolume)
            return
        }
        let engine = snapshot.engines[volume.engine]
        let parameters = storageClass?.parameters ?? [:]
        let locality = resolver.resolve(
            claim: claim.annotations, volume: volume.parameters, storageClass: parameters)
        var notes = locality.notes
        let isSeen = snapshot.isSeen(engine: volume.engine)
        let firstReplica = replicas.count
        let firstUsable = usable.count
        replicas += volume.replicas
        for replica in volume.replicas where replica.state == .inSync {
            let node = Int(replica.node)
            // A node without an object, and an engine that is seen nowhere, tell nothing of their health: losing sight of
            // storage must not strand a pod.
            let isBlind = !isSeen || !snapshot.nodes.known[node]
            guard isBlind || snapshot.nodes.health(engine: volume.engine, at: node).servesReplicas else { continue }
            usable.append(Position(node: node, location: snapshot.nodes.locations[node], missing: -1))
        }
        var standing = PlannedVolume.Standing.replicated
        if volume.replicas.isEmpty {
            standing = .unknownReplicas
        } else if usable.count == firstUsable, podRejection == nil {
            podRejection = .noUsableReplica
        }
        if usable.count == firstUsable, !volume.replicas.isEmpty { notes.append("no replica is usable") }
        var need = -1
        if standing == .replicated, isSeen, engine.dataFollowsPod {
            // What the volume was made with counts, not what its class says by now.
            let made = parameters.merging(volume.parameters) { _, volume in volume }
            need = add(need: SpaceNeed(engine: volume.engine, bytes: volume.size, parameters: made))
        }
        volumes.append(
            PlannedVolume(
                claim: name, volume: volumeName, engine: engine, standing: standing, locality: locality.locality,
                isScored: locality.isScored, weight: weight(volume.size), notes: notes))
        hot.append(
            HotVolume(
                engine: seen(volume.engine), standing: standing, locality: locality.locality,
                isScored: locality.isScored, weight: weight(volume.size), replicas: firstReplica..<replicas.count,
                usable: firstUsable..<usable.count,
                isSyncing: volume.replicas.contains { $0.state == .syncing }, need: need))
    }

    // MARK: Unbound claims

    private mutating func addUnbound(_ name: String, _ claim: ClaimEntry) {
        guard let storageClass = claim.storageClass.flatMap({ snapshot.storageClasses[$0] }),
            storageClass.binding == .waitForFirstConsumer
        else {
            append(name, standing: .boundElsewhere)
            return
        }
        let engine = Engine(driver: storageClass.provisioner)
        let locality = resolver.resolve(
            claim: claim.annotations, volume: [:], storageClass: storageClass.parameters)
        let bytes = claim.requested ?? 0
        let number = snapshot.number(of: engine).map(seen) ?? -1
        let need =
            number < 0 ? -1 : add(need: SpaceNeed(engine: number, bytes: bytes, parameters: storageClass.parameters))
        volumes.append(
            PlannedVolume(
                claim: name, volume: nil, engine: engine, standing: .unbound, locality: locality.locality,
                isScored: locality.isScored && number >= 0, weight: weight(bytes), notes: locality.notes))
        hot.append(
            HotVolume(
                engine: number, standing: .unbound, locality: locality.locality,
                isScored: locality.isScored && number >= 0, weight: weight(bytes),
                replicas: 0..<0, usable: 0..<0, isSyncing: false, need: need))
    }

    // MARK: Common

    private mutating func append(_ name: String, standing: PlannedVolume.Standing) {
        volumes.append(
            PlannedVolume(
                claim: name, volume: nil, engine: nil, standing: standing, locality: .preferLocal, isScored: false,
                weight: 0, notes: []))
        hot.append(
            HotVolume(
                engine: -1, standing: standing, locality: .preferLocal, isScored: false, weight: 0, replicas: 0..<0,
                usable: 0..<0, isSyncing: false, need: -1))
    }

    /// The needs, the largest first, and like ones together; the same whatever the order of the pod's volumes.
    func orderedNeeds() -> [OrderedNeed] {
        var ordered: [OrderedNeed] = []
        for (index, volume) in hot.enumerated() where volume.need >= 0 {
            ordered.append(
                OrderedNeed(
                    need: volume.need, volume: index,
                    mustBeOnNode: snapshot.engines[volume.engine].dataFollowsPod, engine: volume.engine,
                    isChoosy: needs[volume.need].pool != nil || needs[volume.need].media != nil))
        }
        return ordered.sorted { left, right in
            let (one, other) = (needs[left.need], needs[right.need])
            if one.bytes != other.bytes { return one.bytes > other.bytes }
            // What can go to few pools goes before what can go to any.
            if (one.pool == nil) != (other.pool == nil) { return one.pool != nil }
            if (one.media == nil) != (other.media == nil) { return one.media != nil }
            return (one.pool ?? "", one.media ?? "", one.engine, volumes[left.volume].claim)
                < (other.pool ?? "", other.media ?? "", other.engine, volumes[right.volume].claim)
        }
    }

    /// Whether a volume has a say in the score.
    func isScored(_ volume: HotVolume) -> Bool {
        guard volume.isScored else { return false }
        switch volume.standing {
        case .replicated: return true
        case .unbound: return volume.engine >= 0 && snapshot.nodes.space[volume.engine].isReported
        case .unknownClaim, .unknownVolume, .unknownReplicas, .boundElsewhere: return false
        }
    }

    private mutating func add(need: SpaceNeed) -> Int {
        needs.append(need)
        return needs.count - 1
    }

    /// The engine's number, or -1 where it is seen on no node: then nobody knows it, and its absence means nothing.
    private func seen(_ engine: Int) -> Int { snapshot.isSeen(engine: engine) ? engine : -1 }

    private func weight(_ bytes: Int64) -> Double {
        switch policy.weighting {
        case .equal: 1
        case .size: Double(max(bytes, 1))
        }
    }
}
