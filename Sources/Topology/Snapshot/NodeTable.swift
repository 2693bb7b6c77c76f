/// The nodes as arrays by ordinal, for the hot path.
///
/// An ordinal is given to a name when it is first seen, in a node or in a replica, and is never reused, so that entries
/// of different snapshots of one builder can share it. A name without a node object is not ``known``.
public struct NodeTable: Sendable {
    /// Finds ordinals by name.
    public internal(set) var index = NodeIndex()
    /// The name of each ordinal.
    public internal(set) var names: [String] = []
    /// Where each node stands.
    public internal(set) var locations: [NodeLocation] = []
    /// Whether there is a node object of the name.
    public internal(set) var known: [Bool] = []
    /// Whether the node is closed to pods with volumes (``AnnotationKey/storkUnschedulable``).
    public internal(set) var closed: [Bool] = []
    /// The pools of each node.
    public internal(set) var pools: [[PoolEntry]] = []
    /// By node, then engine: the engines' health there, flat so that a look-up touches one array.
    @usableFromInline private(set) var healthCodes: [HealthCode] = []
    /// By node, then engine: see ``largestFree(engine:at:)``.
    @usableFromInline private(set) var freeBytes: [Int64] = []
    @usableFromInline private(set) var stride = 4
    /// By engine: on how many nodes it runs.
    public private(set) var engineNodes: [Int] = []
    /// By engine: what its pools tell of their space.
    public internal(set) var space: [EngineSpace] = []

    /// How many ordinals there are.
    public var count: Int { names.count }

    /// The ordinal of a name, which is added if it is new.
    mutating func intern(_ name: String) -> Int {
        let ordinal = index.intern(name)
        if ordinal == names.count {
            names.append(name)
            locations.append(.nowhere)
            known.append(false)
            closed.append(false)
            pools.append([])
            healthCodes.append(contentsOf: repeatElement(.absent, count: stride))
            freeBytes.append(contentsOf: repeatElement(.min, count: stride))
        }
        return ordinal
    }

    /// The health of an engine, by its number, on a node.
    @inlinable
    public func health(engine: Int, at node: Int) -> HealthCode { healthCodes[node &* stride &+ engine] }

    /// The free bytes of the emptiest of an engine's pools on a node that take replicas, less what is committed;
    /// `Int64.min` where there is no such pool.
    @inlinable
    public func largestFree(engine: Int, at node: Int) -> Int64 { freeBytes[node &* stride &+ engine] }

    /// Notes what a node's pools have free, after they or what is committed there has changed.
    mutating func sumFree(at node: Int) {
        for engine in 0..<stride { freeBytes[node * stride + engine] = .min }
        for pool in pools[node] where pool.takesReplicas {
            let slot = node * stride + pool.engine
            freeBytes[slot] = max(freeBytes[slot], pool.freeBytes)
        }
    }

    /// Makes room for an engine with the next number.
    mutating func addEngine() {
        if engineNodes.count == stride { widen() }
        engineNodes.append(0)
        space.append(EngineSpace())
    }

    mutating func setHealth(_ new: HealthCode, engine: Int, at node: Int) {
        let old = healthCodes[node * stride + engine]
        guard old != new else { return }
        healthCodes[node * stride + engine] = new
        engineNodes[engine] += (new == .absent ? 0 : 1) - (old == .absent ? 0 : 1)
    }

    private func widened<Value>(_ values: [Value], filler: Value) -> [Value] {
        var wider = [Value](repeating: filler, count: count * stride * 2)
        for node in 0..<count {
            for engine in 0..<stride { wider[node * stride * 2 + engine] = values[node * stride + engine] }
        }
        return wider
    }

    private mutating func widen() {
        healthCodes = widened(healthCodes, filler: .absent)
        freeBytes = widened(freeBytes, filler: .min)
        stride *= 2
    }
}

/// What an engine's pools tell of their space, over all nodes.
public struct EngineSpace: Hashable, Sendable {
    /// Whether any pool tells its free space; where none does, space gives no opinion.
    public internal(set) var isReported = false
    /// The largest free space of a pool of unknown capacity, to which such pools are compared.
    public internal(set) var largestFree: Int64 = 0
}

/// The health of an engine on a node in one byte; ``StorageHealth`` with one more word for "does not run here".
public enum HealthCode: UInt8, Sendable {
    /// The engine does not run on the node.
    case absent
    /// ``StorageHealth/offline``.
    case offline
    /// ``StorageHealth/storageDown``.
    case storageDown
    /// ``StorageHealth/degraded``.
    case degraded
    /// ``StorageHealth/unknown``.
    case unknown
    /// ``StorageHealth/online``.
    case online

    /// The code of a health, or of an engine that is absent.
    public init(_ health: StorageHealth?) {
        self =
            switch health {
            case nil: .absent
            case .offline: .offline
            case .storageDown: .storageDown
            case .degraded: .degraded
            case .unknown: .unknown
            case .online: .online
            }
    }

    /// Whether an in-sync replica here is usable; see ``StorageHealth/servesReplicas``.
    @inlinable
    public var servesReplicas: Bool {
        switch self {
        case .degraded, .unknown, .online: true
        case .absent, .offline, .storageDown: false
        }
    }
}

/// Where a node stands, as numbers that are equal exactly where the places are.
///
/// A rack is known by region, zone and rack together, a zone by region and zone, so that equal names in different
/// places do not meet; a missing label is -1 and matches nothing.
public struct NodeLocation: Hashable, Sendable {
    /// The region's number.
    public var region: Int32
    /// The zone's number.
    public var zone: Int32
    /// The rack's number.
    public var rack: Int32

    /// No labels at all.
    public static let nowhere = NodeLocation(region: -1, zone: -1, rack: -1)
}

/// A pool of a node.
public struct PoolEntry: Hashable, Sendable {
    /// The engine's number.
    public var engine: Int
    /// The pool's name.
    public var name: String
    /// The pool's media.
    public var media: String?
    /// Its size in bytes, if known.
    public var capacity: Int64?
    /// Its free bytes, if known.
    public var available: Int64?
    /// The bytes of claims that have this node selected and no volume yet.
    public var committed: Int64
    /// Whether new replicas can go there.
    public var takesReplicas: Bool

    /// The free bytes less what is committed. A pool that does not tell is never full.
    @inlinable
    package var freeBytes: Int64 { (available ?? Int64.max / 2).subtractingSaturated(committed) }
}
