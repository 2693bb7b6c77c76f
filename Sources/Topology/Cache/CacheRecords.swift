/// Where a cache stands: how often it was changed, from what, and when.
public struct CacheState: Hashable, Sendable {
    /// Grows by one with every committed batch that holds a change; 0 in a new cache.
    public var generation: Int64
    /// What the topology was read from, such as `file:/etc/jabiru/topology.yaml`; `nil` where nobody said.
    public var source: String?
    /// When the topology was last written or confirmed; `nil` in a new cache.
    public var savedAt: Timestamp?
    /// The version of the cache's tables.
    public var schemaVersion: Int

    /// Makes a state of its parts.
    public init(generation: Int64, source: String? = nil, savedAt: Timestamp? = nil, schemaVersion: Int) {
        self.generation = generation
        self.source = source
        self.savedAt = savedAt
        self.schemaVersion = schemaVersion
    }
}

/// A change of an engine's health on a node, as the cache noted it.
public struct HealthTransition: Hashable, Sendable {
    /// When it was noted.
    public var time: Timestamp
    /// The node.
    public var node: String
    /// The engine.
    public var engine: Engine
    /// The health before; `nil` where the engine was not on the node.
    public var from: StorageHealth?
    /// The health after; `nil` where the engine, or the node, is gone.
    public var to: StorageHealth?
    /// Why, as the new state says.
    public var reason: String?

    /// Makes a health transition of its parts.
    public init(
        time: Timestamp, node: String, engine: Engine, from: StorageHealth?, to: StorageHealth?, reason: String? = nil
    ) {
        self.time = time
        self.node = node
        self.engine = engine
        self.from = from
        self.to = to
        self.reason = reason
    }
}

/// A question of the scheduler and the gist of the answer, kept for `jabiru explain` and for bug reports.
public struct DecisionRecord: Hashable, Sendable {
    /// The extender's verbs that are logged.
    public enum Verb: String, Hashable, Sendable, CaseIterable {
        /// Which nodes can take the pod.
        case filter
        /// How good each node is.
        case prioritize
        /// Which pods would have to go.
        case preempt
    }

    /// When it was answered.
    public var time: Timestamp
    /// The pod's namespace.
    public var namespace: String
    /// The pod's name.
    public var pod: String
    /// The pod's UID.
    public var uid: String?
    /// The verb.
    public var verb: Verb
    /// How many nodes the scheduler offered.
    public var candidates: Int
    /// How many of them passed.
    public var passed: Int
    /// The node with the highest score.
    public var bestNode: String?
    /// That node's score, 0 to 10.
    public var bestScore: Int?
    /// How many nodes were refused for each reason.
    public var reasons: [String: Int]

    /// Makes a decision record of its parts.
    public init(
        time: Timestamp, namespace: String, pod: String, uid: String? = nil, verb: Verb, candidates: Int, passed: Int,
        bestNode: String? = nil, bestScore: Int? = nil, reasons: [String: Int] = [:]
    ) {
        self.time = time
        self.namespace = namespace
        self.pod = pod
        self.uid = uid
        self.verb = verb
        self.candidates = candidates
        self.passed = passed
        self.bestNode = bestNode
        self.bestScore = bestScore
        self.reasons = reasons
    }
}
