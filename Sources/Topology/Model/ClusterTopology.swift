/// Everything the cache knows of a cluster, as plain values.
///
/// The form for files, dumps and tests; the hot path uses ``TopologySnapshot``.
public struct ClusterTopology: Hashable, Sendable {
    /// The nodes with their storage and pools.
    public var nodes: [Node]
    /// The volumes with their replicas.
    public var volumes: [Volume]
    /// The claims.
    public var claims: [Claim]
    /// The storage classes.
    public var storageClasses: [StorageClass]
    /// The pods that use claims.
    public var pods: [Pod]
    /// The volume attachments.
    public var volumeAttachments: [VolumeAttachment]

    /// Makes a cluster topology of its parts.
    public init(
        nodes: [Node] = [], volumes: [Volume] = [], claims: [Claim] = [], storageClasses: [StorageClass] = [],
        pods: [Pod] = [], volumeAttachments: [VolumeAttachment] = []
    ) {
        self.nodes = nodes
        self.volumes = volumes
        self.claims = claims
        self.storageClasses = storageClasses
        self.pods = pods
        self.volumeAttachments = volumeAttachments
    }

    /// The same topology in the one order that dumps and comparisons use: everything by its key.
    public func canonical() -> ClusterTopology {
        var result = self
        result.nodes = nodes.map { node in
            var node = node
            node.storage.sort { $0.engine < $1.engine }
            node.pools.sort { ($0.engine, $0.name) < ($1.engine, $1.name) }
            return node
        }
        result.nodes.sort { $0.name < $1.name }
        result.volumes = volumes.map { volume in
            var volume = volume
            volume.replicas.sort { $0.node < $1.node }
            return volume
        }
        result.volumes.sort { $0.name < $1.name }
        result.claims.sort { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
        result.storageClasses.sort { $0.name < $1.name }
        result.pods.sort { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
        result.volumeAttachments.sort { $0.name < $1.name }
        return result
    }
}
