import HashTreeCollections

/// An immutable view of the topology, made for the hot path.
///
/// The maps share their structure with the snapshots before and after, so that a batch of changes costs what it
/// changes, and a request that is being answered keeps the view it began with.
public final class TopologySnapshot: Sendable {
    /// The cache's generation that this is a view of.
    public let generation: Int64
    /// The nodes.
    public let nodes: NodeTable
    /// The engines, by number.
    public let engines: [Engine]
    private let volumes: TreeDictionary<String, VolumeEntry>
    private let claims: TreeDictionary<ObjectKey, ClaimEntry>
    private let pods: TreeDictionary<ObjectKey, PodEntry>
    /// The storage classes by name.
    public let storageClasses: [String: StorageClass]
    /// What claims that have a node selected but no volume yet take there.
    public let committed: [ObjectKey: CommittedSpace]

    init(
        generation: Int64, nodes: NodeTable, engines: [Engine], volumes: TreeDictionary<String, VolumeEntry>,
        claims: TreeDictionary<ObjectKey, ClaimEntry>, pods: TreeDictionary<ObjectKey, PodEntry>,
        storageClasses: [String: StorageClass], committed: [ObjectKey: CommittedSpace]
    ) {
        self.generation = generation
        self.nodes = nodes
        self.engines = engines
        self.volumes = volumes
        self.claims = claims
        self.pods = pods
        self.storageClasses = storageClasses
        self.committed = committed
    }

    /// A snapshot of a whole topology.
    public static func of(_ topology: ClusterTopology, generation: Int64 = 0) -> TopologySnapshot {
        var builder = SnapshotBuilder()
        for change in ClusterTopology().changes(to: topology) { builder.apply(change) }
        return builder.snapshot(generation: generation)
    }

    /// The volume of a name.
    public func volume(_ name: String) -> VolumeEntry? { volumes[name] }

    /// The claim of a key.
    public func claim(_ key: ObjectKey) -> ClaimEntry? { claims[key] }

    /// The pod of a key; only pods with claims are known.
    public func pod(_ key: ObjectKey) -> PodEntry? { pods[key] }

    /// The names of the nodes that have a node object.
    public var knownNodes: [String] {
        nodes.names.indices.filter { nodes.known[$0] }.map { nodes.names[$0] }
    }

    /// How many nodes have a node object.
    public var knownNodeCount: Int { nodes.known.count { $0 } }

    /// How many volumes there are.
    public var volumeCount: Int { volumes.count }

    /// How many claims there are.
    public var claimCount: Int { claims.count }

    /// How many pods with claims there are.
    public var podCount: Int { pods.count }

    /// The number of an engine; `nil` where nothing in the topology uses it.
    public func number(of engine: Engine) -> Int? { engines.firstIndex(of: engine) }

    /// Whether the engine is seen on at least one node, so that its absence on another means something.
    public func isSeen(engine number: Int) -> Bool { nodes.engineNodes[number] > 0 }
}
