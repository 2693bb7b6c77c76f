/// How well an engine's storage works on one node.
public enum StorageHealth: String, Hashable, Sendable, CaseIterable {
    /// Everything works.
    case online
    /// Works, with something lost: a disk, a path, redundancy.
    case degraded
    /// The node can reach storage elsewhere and holds none that works itself.
    case storageDown
    /// The node can neither serve nor reach storage.
    case offline
    /// We cannot tell. Never a reason to evict, and never a reason to strand a pod.
    case unknown

    /// Whether an in-sync replica on such a node counts as usable.
    ///
    /// `unknown` does: losing sight of storage must not strand pods.
    public var servesReplicas: Bool {
        switch self {
        case .online, .degraded, .unknown: true
        case .storageDown, .offline: false
        }
    }
}

/// The health of one engine's storage on one node, since when and why.
public struct StorageState: Hashable, Sendable {
    /// The engine that runs on the node.
    public var engine: Engine
    /// Its health there.
    public var health: StorageHealth
    /// When it became so; `nil` where nobody said.
    public var since: Timestamp?
    /// Why, in a short sentence for a person.
    public var reason: String?

    /// Makes a storage state of its parts.
    public init(engine: Engine, health: StorageHealth, since: Timestamp? = nil, reason: String? = nil) {
        self.engine = engine
        self.health = health
        self.since = since
        self.reason = reason
    }
}
