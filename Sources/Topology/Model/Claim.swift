/// A PersistentVolumeClaim.
public struct Claim: Hashable, Sendable {
    /// The claim's namespace.
    public var namespace: String
    /// The claim's name; unique in its namespace.
    public var name: String
    /// The claim object's UID.
    public var uid: String?
    /// The volume the claim is bound to (`spec.volumeName`, which leads the phase).
    public var volume: String?
    /// The claim's StorageClass.
    public var storageClass: String?
    /// The claim's phase.
    public var phase: ClaimPhase
    /// The bytes the claim asks for.
    public var requested: Int64?
    /// The annotations that placement reads; see ``AnnotationKey``.
    public var annotations: [String: String]

    /// - Parameter phase: `nil` takes what follows from the volume: bound with one, pending without.
    public init(
        namespace: String, name: String, uid: String? = nil, volume: String? = nil, storageClass: String? = nil,
        phase: ClaimPhase? = nil, requested: Int64? = nil, annotations: [String: String] = [:]
    ) {
        self.namespace = namespace
        self.name = name
        self.uid = uid
        self.volume = volume
        self.storageClass = storageClass
        self.phase = phase ?? ClaimPhase.implied(volume: volume)
        self.requested = requested
        self.annotations = annotations
    }
}

/// A claim's phase (`status.phase`).
public enum ClaimPhase: String, Hashable, Sendable, CaseIterable {
    /// Not bound to a volume yet.
    case pending = "Pending"
    /// Bound to a volume.
    case bound = "Bound"
    /// Its volume is gone.
    case lost = "Lost"

    /// The phase of a claim of which only the volume is known.
    public static func implied(volume: String?) -> ClaimPhase { volume == nil ? .pending : .bound }
}

/// A StorageClass.
public struct StorageClass: Hashable, Sendable {
    /// The class' name; unique.
    public var name: String
    /// Who makes its volumes; see ``Engine/init(driver:)``.
    public var provisioner: String
    /// When a claim of the class is bound.
    public var binding: VolumeBindingMode
    /// The class' parameters.
    public var parameters: [String: String]

    /// Makes a storage class of its parts.
    public init(
        name: String, provisioner: String, binding: VolumeBindingMode = .immediate, parameters: [String: String] = [:]
    ) {
        self.name = name
        self.provisioner = provisioner
        self.binding = binding
        self.parameters = parameters
    }
}

/// When a claim is bound (`volumeBindingMode`).
public enum VolumeBindingMode: String, Hashable, Sendable, CaseIterable {
    /// As soon as it is made.
    case immediate = "Immediate"
    /// When a pod that uses it has been given a node.
    case waitForFirstConsumer = "WaitForFirstConsumer"
}
