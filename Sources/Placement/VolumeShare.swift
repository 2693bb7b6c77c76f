/// How near the nearest usable replica of a volume is to a node.
public enum Nearness: UInt8, Sendable, Comparable, CaseIterable {
    /// None in the region, or the node is not known.
    case none
    /// In the same region.
    case region
    /// In the same zone.
    case zone
    /// In the same rack.
    case rack
    /// On the node.
    case local

    /// The share of a volume whose nearest usable replica is so near.
    public var share: Double {
        switch self {
        case .local: 1.0
        case .rack: 0.5
        case .zone: 0.25
        case .region: 0.10
        case .none: 0
        }
    }

    /// The word for a person.
    public var word: String {
        switch self {
        case .local: "local"
        case .rack: "same rack"
        case .zone: "same zone"
        case .region: "same region"
        case .none: "elsewhere"
        }
    }

    /// The order from far to near.
    public static func < (left: Nearness, right: Nearness) -> Bool { left.rawValue < right.rawValue }
}

/// What one volume contributes to a node's score.
public struct VolumeShare: Hashable, Sendable {
    /// How near the nearest usable replica is.
    public var nearness: Nearness
    /// The ordinal of the node that holds it; -1 without one.
    public var nearest: Int32
    /// How far a replica that is being filled on this node has come, from 0 to 1; `nil` without one.
    public var progress: Double?
    /// What the health of the node's storage multiplies the share with: 1, 0.5 or 0.
    public var healthFactor: Double
    /// The fraction of the chosen pool that stays free; `nil` unless the claim is unbound and fits.
    public var freeFraction: Double?
    /// The share in all, from 0 to 1.
    public var share: Double

    /// No share.
    static let nothing = VolumeShare(
        nearness: .none, nearest: -1, progress: nil, healthFactor: 0, freeFraction: nil, share: 0)
}
