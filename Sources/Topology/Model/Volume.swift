/// A volume of an engine, with the replicas that are known of it.
public struct Volume: Hashable, Sendable {
    /// The PersistentVolume's name; unique.
    public var name: String
    /// The engine that keeps the volume.
    public var engine: Engine
    /// The engine's own name for the volume, where it differs (`spec.csi.volumeHandle`).
    public var handle: String?
    /// The volume's size in bytes.
    public var size: Int64
    /// How many replicas the volume should have; `nil` where the engine does not say.
    public var desiredReplicas: Int?
    /// The access modes, as Kubernetes spells them (`ReadWriteOnce`).
    public var accessModes: [String]
    /// The node the volume is attached to.
    public var attachedTo: String?
    /// The StorageClass parameters or volume labels that the volume was made with.
    public var parameters: [String: String]
    /// The replicas, in the order of their nodes. Empty where the engine does not tell: such a volume gives no opinion.
    public var replicas: [Replica]

    /// Makes a volume of its parts.
    public init(
        name: String, engine: Engine, handle: String? = nil, size: Int64, desiredReplicas: Int? = nil,
        accessModes: [String] = [], attachedTo: String? = nil, parameters: [String: String] = [:],
        replicas: [Replica] = []
    ) {
        self.name = name
        self.engine = engine
        self.handle = handle
        self.size = size
        self.desiredReplicas = desiredReplicas
        self.accessModes = accessModes
        self.attachedTo = attachedTo
        self.parameters = parameters
        self.replicas = replicas
    }
}

/// A copy of a volume on a node. A node holds at most one of a volume.
public struct Replica: Hashable, Sendable {
    /// The node that holds the replica.
    public var node: String
    /// The pool it lies in, where the engine says.
    public var pool: String?
    /// How current it is.
    public var state: ReplicaState

    /// Makes a replica of its parts.
    public init(node: String, pool: String? = nil, state: ReplicaState = .inSync) {
        self.node = node
        self.pool = pool
        self.state = state
    }
}

/// How current a replica is.
public enum ReplicaState: Hashable, Sendable {
    /// Holds all acknowledged writes.
    case inSync
    /// Is being filled or caught up; `progress` runs from 0 to 1.
    case syncing(progress: Double)
    /// Is behind by about so many bytes and seconds; `nil` where the engine does not say.
    case stale(bytes: Int64?, seconds: Int64?)
    /// Cannot be used.
    case failed

    /// The state's word in the topology file and the cache.
    public var word: String {
        switch self {
        case .inSync: "inSync"
        case .syncing: "syncing"
        case .stale: "stale"
        case .failed: "failed"
        }
    }
}
