public import Topology

/// A volume of a pod, resolved against one snapshot.
public struct PlannedVolume: Sendable {
    /// The claim's name.
    public var claim: String
    /// The volume's name, if the claim is bound and the cache knows the volume.
    public var volume: String?
    /// The engine that keeps it, if known.
    public var engine: Engine?
    /// What is known of the volume.
    public var standing: Standing
    /// Where it wants its pod to run.
    public var locality: Locality
    /// Whether it takes part in the score.
    public var isScored: Bool
    /// Its weight in the score.
    public var weight: Double
    /// What a person should know.
    public var notes: [String]

    /// What is known of a volume, which decides what it has a say in.
    public enum Standing: Hashable, Sendable {
        /// It has replicas whose nodes are known.
        case replicated
        /// It is not bound yet and takes space on the node its pod gets.
        case unbound
        /// The cache does not know the claim yet; kube-scheduler's VolumeBinding has already seen it.
        case unknownClaim
        /// The cache does not know the volume yet.
        case unknownVolume
        /// Its engine does not tell where the replicas are.
        case unknownReplicas
        /// It is bound without regard to the pod (class with immediate binding, or no known class).
        case boundElsewhere

        /// Whether the volume takes part in the score.
        public var hasOpinion: Bool { self == .replicated || self == .unbound }
    }
}

/// The part of a planned volume that is read for each node; trivial, so that reading it costs no reference counting.
struct HotVolume {
    /// The engine's number; -1 where it is not known or not seen on any node.
    var engine: Int
    var standing: PlannedVolume.Standing
    var locality: Locality
    var isScored: Bool
    var weight: Double
    /// Where the volume's replicas lie in the plan's list.
    var replicas: Range<Int>
    /// Where the volume's usable replicas lie in the plan's list.
    var usable: Range<Int>
    /// Whether any of its replicas is being filled.
    var isSyncing: Bool
    /// The volume's need in the plan's list, on any node (unbound) or on nodes without a replica (data follows the pod);
    /// -1 without one.
    var need: Int
}

/// Where a node stands, from itself to its region, made so that two are compared at once: a branch for each comparison
/// would be guessed wrong much of the time, which costs more than the comparisons.
struct Position {
    /// The node's ordinal, then the numbers of its rack, zone and region.
    let lanes: SIMD4<Int32>

    var node: Int32 { lanes[0] }

    /// - Parameter missing: What stands for a missing label; another one on each side, so that it matches nothing.
    @inline(__always)
    init(node: Int, location: NodeLocation, missing: Int32) {
        lanes = SIMD4(
            Int32(truncatingIfNeeded: node), location.rack < 0 ? missing : location.rack,
            location.zone < 0 ? missing : location.zone, location.region < 0 ? missing : location.region)
    }

    /// How near two positions are that are equal in some lanes.
    @inline(__always)
    static func nearness(of equal: SIMDMask<SIMD4<Int32>>) -> Nearness {
        if equal[0] { return .local }
        if equal[1] { return .rack }
        if equal[2] { return .zone }
        return equal[3] ? .region : .none
    }
}
