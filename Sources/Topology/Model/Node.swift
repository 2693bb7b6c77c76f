/// A node of the cluster, as far as placement needs it.
public struct Node: Hashable, Sendable {
    /// The node's name; unique.
    public var name: String
    /// The node object's UID.
    public var uid: String?
    /// The node's addresses, internal ones first.
    public var addresses: [String]
    /// The region, from `topology.kubernetes.io/region`.
    public var region: String?
    /// The zone, from `topology.kubernetes.io/zone`.
    public var zone: String?
    /// The rack, from the first of the configured label keys that is present.
    public var rack: String?
    /// Whether the node takes new pods (`false`: cordoned).
    public var schedulable: Bool
    /// What the node's `Ready` condition says.
    public var kubelet: KubeletReadiness
    /// The annotations that placement reads; see ``AnnotationKey``.
    public var annotations: [String: String]
    /// One entry for each engine that runs on the node, in the order of their names.
    public var storage: [StorageState]
    /// The node's pools, in the order of engine, then name.
    public var pools: [Pool]

    /// Makes a node of its parts.
    public init(
        name: String, uid: String? = nil, addresses: [String] = [], region: String? = nil, zone: String? = nil,
        rack: String? = nil, schedulable: Bool = true, kubelet: KubeletReadiness = .ready,
        annotations: [String: String] = [:], storage: [StorageState] = [], pools: [Pool] = []
    ) {
        self.name = name
        self.uid = uid
        self.addresses = addresses
        self.region = region
        self.zone = zone
        self.rack = rack
        self.schedulable = schedulable
        self.kubelet = kubelet
        self.annotations = annotations
        self.storage = storage
        self.pools = pools
    }

    /// The health of an engine on this node; `nil` where it does not run here.
    public func health(of engine: Engine) -> StorageHealth? {
        storage.first { $0.engine == engine }?.health
    }
}

/// What a node's `Ready` condition says.
public enum KubeletReadiness: String, Hashable, Sendable, CaseIterable {
    /// `Ready` is `True`.
    case ready
    /// `Ready` is `False`.
    case notReady
    /// `Ready` is `Unknown` or missing.
    case unknown
}
