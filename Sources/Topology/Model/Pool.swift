/// A pool of storage on a node that an engine takes space from.
public struct Pool: Hashable, Sendable {
    /// The engine that owns the pool.
    public var engine: Engine
    /// The pool's name; unique on the node for its engine.
    public var name: String
    /// What the pool is made of: `ssd`, `hdd`, `nvme` or a word of the cluster's own.
    public var media: String?
    /// The pool's size in bytes; `nil` where only the free space is known.
    public var capacity: Int64?
    /// The space in bytes that a new replica can take; `nil` where it is not known.
    public var available: Int64?
    /// Whether the pool works.
    public var health: PoolHealth

    /// Makes a pool of its parts.
    public init(
        engine: Engine, name: String, media: String? = nil, capacity: Int64? = nil, available: Int64? = nil,
        health: PoolHealth = .online
    ) {
        self.engine = engine
        self.name = name
        self.media = media
        self.capacity = capacity
        self.available = available
        self.health = health
    }
}

/// Whether a pool works.
public enum PoolHealth: String, Hashable, Sendable, CaseIterable {
    /// The pool works.
    case online
    /// The pool works with something lost; it still takes replicas.
    case degraded
    /// The pool does not work; nothing new goes there.
    case failed
}
