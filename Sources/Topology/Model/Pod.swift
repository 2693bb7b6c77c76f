/// A pod, as far as placement needs it. The cache keeps only pods with claims.
public struct Pod: Hashable, Sendable {
    /// The pod's namespace.
    public var namespace: String
    /// The pod's name; unique in its namespace.
    public var name: String
    /// The pod object's UID.
    public var uid: String?
    /// The node the pod is bound to.
    public var node: String?
    /// The annotations that placement reads; see ``AnnotationKey``.
    public var annotations: [String: String]
    /// The names of the claims that `persistentVolumeClaim` volumes use, in the pod's order, each once.
    public var claims: [String]
    /// The generic `ephemeral` volumes, in the pod's order.
    public var ephemeral: [EphemeralVolume]

    /// Makes a pod of its parts.
    public init(
        namespace: String, name: String, uid: String? = nil, node: String? = nil, annotations: [String: String] = [:],
        claims: [String] = [], ephemeral: [EphemeralVolume] = []
    ) {
        self.namespace = namespace
        self.name = name
        self.uid = uid
        self.node = node
        self.annotations = annotations
        self.claims = claims
        self.ephemeral = ephemeral
    }

    /// The name of the claim that Kubernetes makes for one of the pod's generic ephemeral volumes.
    ///
    /// Source: `storage/ephemeral` in k8s.io/component-helpers: pod name, hyphen, volume name.
    public func claimName(of volume: EphemeralVolume) -> String { "\(name)-\(volume.name)" }
}

/// A generic ephemeral volume of a pod and the claim it asks for.
public struct EphemeralVolume: Hashable, Sendable {
    /// The volume's name in the pod.
    public var name: String
    /// The StorageClass its claim template names.
    public var storageClass: String?
    /// The bytes its claim template asks for.
    public var requested: Int64?

    /// Makes an ephemeral volume of its parts.
    public init(name: String, storageClass: String? = nil, requested: Int64? = nil) {
        self.name = name
        self.storageClass = storageClass
        self.requested = requested
    }
}

/// A VolumeAttachment: the wish to have a volume attached to a node, and whether it is.
public struct VolumeAttachment: Hashable, Sendable {
    /// The object's name; unique.
    public var name: String
    /// The PersistentVolume.
    public var volume: String
    /// The node.
    public var node: String
    /// Whether the volume is attached (`status.attached`).
    public var attached: Bool

    /// Makes a volume attachment of its parts.
    public init(name: String, volume: String, node: String, attached: Bool = true) {
        self.name = name
        self.volume = volume
        self.node = node
        self.attached = attached
    }
}
