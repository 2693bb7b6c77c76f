/// What an administrator chooses about scoring.
public struct PlacementPolicy: Hashable, Sendable {
    /// How a pod's volumes are weighted against each other.
    public var weighting: Weighting
    /// How claims without a volume yet are spread.
    public var unbound: UnboundStrategy

    /// Makes a policy; the defaults are those of the product.
    public init(weighting: Weighting = .equal, unbound: UnboundStrategy = .spread) {
        self.weighting = weighting
        self.unbound = unbound
    }

    /// How a pod's volumes are weighted against each other.
    public enum Weighting: String, Sendable, CaseIterable {
        /// Each volume counts alike.
        case equal
        /// Each volume counts by its size.
        case size
    }

    /// How claims without a volume yet are spread over the pools.
    public enum UnboundStrategy: String, Sendable, CaseIterable {
        /// The emptiest pools first.
        case spread
        /// The fullest pools that still have room first.
        case pack
    }
}
