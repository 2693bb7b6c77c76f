/// A volume, as the hot path needs it.
public struct VolumeEntry: Sendable {
    /// The engine's number in the snapshot.
    public var engine: Int
    /// The size in bytes.
    public var size: Int64
    /// The replicas; empty where they are not known.
    public var replicas: [ReplicaEntry]
    /// The parameters that placement reads.
    public var parameters: [String: String]
}

/// A replica, as the hot path needs it.
public struct ReplicaEntry: Hashable, Sendable {
    /// The node's ordinal.
    public var node: Int32
    /// How current the replica is.
    public var state: State
    /// From 0 to 1 while syncing, else 0.
    public var progress: Double

    /// ``ReplicaState`` without its details.
    public enum State: UInt8, Sendable {
        /// ``ReplicaState/inSync``.
        case inSync
        /// ``ReplicaState/syncing(progress:)``.
        case syncing
        /// ``ReplicaState/stale(bytes:seconds:)``.
        case stale
        /// ``ReplicaState/failed``.
        case failed
    }
}

/// A claim, as the hot path needs it.
public struct ClaimEntry: Sendable {
    /// The volume it is bound to.
    public var volume: String?
    /// Its StorageClass.
    public var storageClass: String?
    /// The bytes it asks for.
    public var requested: Int64?
    /// The ordinal of the node that kube-scheduler selected for it.
    public var selectedNode: Int?
    /// The other annotations that placement reads.
    public var annotations: [String: String]

    /// Makes a claim entry of its parts.
    public init(
        volume: String? = nil, storageClass: String? = nil, requested: Int64? = nil, selectedNode: Int? = nil,
        annotations: [String: String] = [:]
    ) {
        self.volume = volume
        self.storageClass = storageClass
        self.requested = requested
        self.selectedNode = selectedNode
        self.annotations = annotations
    }
}

/// A pod, as the hot path needs it.
public struct PodEntry: Sendable {
    /// The pod's UID.
    public var uid: String?
    /// The ordinal of the node it is bound to.
    public var node: Int?
}

/// The space that a pending claim takes in a pool of the node selected for it.
public struct CommittedSpace: Sendable {
    /// The node's ordinal.
    public var node: Int
    /// The pool's place in the node's list.
    public var pool: Int
    /// The bytes.
    public var bytes: Int64
}

/// A need for space that a volume has on the node it is placed on.
public struct SpaceNeed: Hashable, Sendable {
    /// The engine's number in the snapshot.
    public var engine: Int
    /// The bytes.
    public var bytes: Int64
    /// The only pool that will do (``AnnotationKey/pool``).
    public var pool: String?
    /// The only media that will do (``AnnotationKey/media``).
    public var media: String?

    /// Makes a space need of its parts; bytes below 0 count as none.
    public init(engine: Int, bytes: Int64, pool: String? = nil, media: String? = nil) {
        self.engine = engine
        self.bytes = max(0, bytes)
        self.pool = pool
        self.media = media
    }

    /// A need of a class' volumes.
    public init(engine: Int, bytes: Int64, parameters: [String: String]) {
        self.init(
            engine: engine, bytes: bytes, pool: parameters[AnnotationKey.pool],
            media: parameters[AnnotationKey.media])
    }

    /// Whether a pool is of the right kind, full or not.
    @inlinable
    public func suits(_ entry: PoolEntry) -> Bool {
        entry.engine == engine && entry.takesReplicas && (pool == nil || pool == entry.name)
            && (media == nil || media == entry.media)
    }
}
