import HashTreeCollections

/// Keeps the newest state of the topology and makes snapshots of it.
///
/// Owned by the one writer. Its maps share their structure with the snapshots already made.
public struct SnapshotBuilder: Sendable {
    private var nodes = NodeTable()
    private var engines: [Engine] = []
    private var volumes: TreeDictionary<String, VolumeEntry> = [:]
    private var claims: TreeDictionary<ObjectKey, ClaimEntry> = [:]
    private var pods: TreeDictionary<ObjectKey, PodEntry> = [:]
    private var storageClasses: [String: StorageClass] = [:]
    private var places = PlaceNumbers()
    /// Claims with a selected node and no volume, and the nodes whose committed space has to be summed again.
    private var pending: Set<ObjectKey> = []
    private var committed: [ObjectKey: CommittedSpace] = [:]
    private var nodesToSum: Set<Int> = []
    private var spaceIsStale = false

    /// Makes a builder with an empty topology.
    public init() {}

    /// A snapshot of the state after the changes so far.
    public mutating func snapshot(generation: Int64) -> TopologySnapshot {
        sumCommitted()
        sumSpace()
        return TopologySnapshot(
            generation: generation, nodes: nodes, engines: engines, volumes: volumes, claims: claims, pods: pods,
            storageClasses: storageClasses, committed: committed)
    }

    /// Takes one change in.
    public mutating func apply(_ change: TopologyChange) {
        switch change {
        case .node(let node): set(node)
        case .nodeRemoved(let name): removeNode(name)
        case .volume(let volume): volumes[volume.name] = entry(for: volume)
        case .volumeRemoved(let name): volumes[name] = nil
        case .claim(let claim): set(claim)
        case .claimRemoved(let namespace, let name): removeClaim(ObjectKey(namespace: namespace, name: name))
        case .storageClass(let storageClass):
            storageClasses[storageClass.name] = storageClass
            sumAllPending()
        case .storageClassRemoved(let name):
            storageClasses[name] = nil
            sumAllPending()
        case .pod(let pod):
            pods[ObjectKey(namespace: pod.namespace, name: pod.name)] = PodEntry(
                uid: pod.uid, node: pod.node.map { nodes.intern($0) })
        case .podRemoved(let namespace, let name):
            pods[ObjectKey(namespace: namespace, name: name)] = nil
        case .volumeAttachment, .volumeAttachmentRemoved:
            // No verb reads attachments; the cache keeps them for the rescheduler.
            break
        }
    }

    // MARK: Nodes

    private mutating func set(_ node: Node) {
        let ordinal = nodes.intern(node.name)
        nodes.known[ordinal] = true
        nodes.closed[ordinal] =
            node.annotations[AnnotationKey.storkUnschedulable].flatMap(AnnotationKey.parseBool) ?? false
        nodes.locations[ordinal] = places.location(of: node)
        setHealth(Dictionary(node.storage.map { ($0.engine, $0.health) }, uniquingKeysWith: { $1 }), at: ordinal)
        nodes.pools[ordinal] = node.pools.map { pool in
            PoolEntry(
                engine: number(of: pool.engine), name: pool.name, media: pool.media, capacity: pool.capacity,
                available: pool.available, committed: 0, takesReplicas: pool.health != .failed)
        }
        nodesToSum.insert(ordinal)
        spaceIsStale = true
    }

    private mutating func removeNode(_ name: String) {
        guard let ordinal = nodes.index.find(name) else { return }
        nodes.known[ordinal] = false
        nodes.closed[ordinal] = false
        nodes.locations[ordinal] = .nowhere
        setHealth([:], at: ordinal)
        nodes.pools[ordinal] = []
        nodesToSum.insert(ordinal)
        spaceIsStale = true
    }

    private mutating func setHealth(_ health: [Engine: StorageHealth], at ordinal: Int) {
        for engine in health.keys { _ = number(of: engine) }
        for (number, engine) in engines.enumerated() {
            nodes.setHealth(HealthCode(health[engine]), engine: number, at: ordinal)
        }
    }

    private mutating func number(of engine: Engine) -> Int {
        if let known = engines.firstIndex(of: engine) { return known }
        engines.append(engine)
        nodes.addEngine()
        return engines.count - 1
    }

    private mutating func sumSpace() {
        guard spaceIsStale else { return }
        spaceIsStale = false
        var space = [EngineSpace](repeating: EngineSpace(), count: engines.count)
        for pool in nodes.pools.joined() {
            guard let available = pool.available else { continue }
            space[pool.engine].isReported = true
            if pool.capacity == nil {
                space[pool.engine].largestFree = max(space[pool.engine].largestFree, available)
            }
        }
        nodes.space = space
    }

    // MARK: Volumes

    private mutating func entry(for volume: Volume) -> VolumeEntry {
        VolumeEntry(
            engine: number(of: volume.engine), size: volume.size,
            // By name, so that the nearest of equally near replicas does not depend on the order they came in.
            replicas: volume.replicas.sorted { $0.node < $1.node }.map { replica in
                var progress = 0.0
                let state: ReplicaEntry.State
                switch replica.state {
                case .inSync: state = .inSync
                case .syncing(let fraction):
                    state = .syncing
                    // What is no number counts as none.
                    progress = fraction > 0 ? min(fraction, 1) : 0
                case .stale: state = .stale
                case .failed: state = .failed
                }
                return ReplicaEntry(node: Int32(nodes.intern(replica.node)), state: state, progress: progress)
            },
            parameters: volume.parameters.filter { AnnotationKey.isReadParameter($0.key) })
    }

    // MARK: Claims

    private mutating func set(_ claim: Claim) {
        let key = ObjectKey(namespace: claim.namespace, name: claim.name)
        leavePending(key)
        var annotations = claim.annotations.filter { AnnotationKey.isRead($0.key) }
        let selected = annotations.removeValue(forKey: AnnotationKey.selectedNode)
        let entry = ClaimEntry(
            volume: claim.volume, storageClass: claim.storageClass, requested: claim.requested,
            selectedNode: selected.map { nodes.intern($0) }, annotations: annotations)
        claims[key] = entry
        if entry.volume == nil, let node = entry.selectedNode {
            pending.insert(key)
            nodesToSum.insert(node)
        }
    }

    private mutating func removeClaim(_ key: ObjectKey) {
        leavePending(key)
        claims[key] = nil
    }

    private mutating func leavePending(_ key: ObjectKey) {
        guard pending.remove(key) != nil, let node = claims[key]?.selectedNode else { return }
        nodesToSum.insert(node)
    }

    private mutating func sumAllPending() {
        for key in pending {
            if let node = claims[key]?.selectedNode { nodesToSum.insert(node) }
        }
    }

    /// Puts the pending claims of the nodes that changed into those nodes' pools, the largest first.
    private mutating func sumCommitted() {
        guard !nodesToSum.isEmpty else { return }
        var needs: [Int: [(key: ObjectKey, need: SpaceNeed)]] = [:]
        for key in pending {
            guard let claim = claims[key], let node = claim.selectedNode, nodesToSum.contains(node) else { continue }
            committed[key] = nil
            guard let bytes = claim.requested, let storageClass = claim.storageClass.flatMap({ storageClasses[$0] })
            else { continue }
            let engine = number(of: Engine(driver: storageClass.provisioner))
            needs[node, default: []].append(
                (key, SpaceNeed(engine: engine, bytes: bytes, parameters: storageClass.parameters)))
        }
        committed = committed.filter { pending.contains($0.key) }
        for node in nodesToSum {
            for pool in nodes.pools[node].indices { nodes.pools[node][pool].committed = 0 }
            let largestFirst = (needs[node] ?? []).sorted {
                ($1.need.bytes, $0.key.description) < ($0.need.bytes, $1.key.description)
            }
            for (key, need) in largestFirst {
                let suitable = nodes.pools[node].indices.filter { need.suits(nodes.pools[node][$0]) }
                let pools = nodes.pools[node]
                guard let pool = suitable.max(by: { pools[$0].freeBytes < pools[$1].freeBytes }) else { continue }
                let before = nodes.pools[node][pool].committed
                nodes.pools[node][pool].committed = before.addingSaturated(need.bytes)
                committed[key] = CommittedSpace(node: node, pool: pool, bytes: need.bytes)
            }
            nodes.sumFree(at: node)
        }
        nodesToSum.removeAll()
    }

}

/// Numbers for regions, zones and racks; see ``NodeLocation``.
private struct PlaceNumbers: Sendable {
    private var numbers: [[String?]: Int32] = [:]

    mutating func location(of node: Node) -> NodeLocation {
        let region = Self.label(node.region)
        let zone = Self.label(node.zone)
        let rack = Self.label(node.rack)
        return NodeLocation(
            region: region.map { number([$0]) } ?? -1,
            zone: zone.map { number([region, $0]) } ?? -1,
            rack: rack.map { number([region, zone, $0]) } ?? -1)
    }

    /// An empty label names no place.
    private static func label(_ text: String?) -> String? { text?.isEmpty == true ? nil : text }

    private mutating func number(_ place: [String?]) -> Int32 {
        if let known = numbers[place] { return known }
        let new = Int32(numbers.count)
        numbers[place] = new
        return new
    }
}
