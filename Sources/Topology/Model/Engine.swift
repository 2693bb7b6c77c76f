/// A storage engine: what keeps the replicas of a volume.
///
/// The raw value is the name used in the topology file, in the cache and in metrics. Drivers that Jabiru has no name of
/// its own for keep their CSI driver name, so that two unknown drivers are never taken for one.
public struct Engine: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The engine's name.
    public let rawValue: String

    /// Names an engine.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Jabiru's own replication engine.
    public static let embedded = Engine(rawValue: "embedded")
    /// Longhorn.
    public static let longhorn = Engine(rawValue: "longhorn")
    /// LINSTOR (Piraeus).
    public static let linstor = Engine(rawValue: "linstor")
    /// HwameiStor.
    public static let hwameistor = Engine(rawValue: "hwameistor")
    /// Portworx.
    public static let portworx = Engine(rawValue: "portworx")
    /// Local volumes without a provisioner.
    public static let local = Engine(rawValue: "local")

    /// The engine behind a CSI driver or a provisioner name, as in a StorageClass' `provisioner`.
    public init(driver: String) {
        switch driver {
        case "csi.jabiru.dev": self = .embedded
        case "driver.longhorn.io": self = .longhorn
        case "linstor.csi.linbit.com": self = .linstor
        case "lvm.hwameistor.io", "disk.hwameistor.io": self = .hwameistor
        case "pxd.portworx.com", "kubernetes.io/portworx-volume": self = .portworx
        case "kubernetes.io/no-provisioner": self = .local
        default: self.init(rawValue: driver)
        }
    }

    /// Whether a volume can be used only on a node that holds a replica, so that the data has to move with the pod.
    ///
    /// Such a volume newly needs its whole size on a node without a replica; the other engines serve it over the
    /// network.
    public var dataFollowsPod: Bool { self == .embedded }

    /// The text for a person.
    public var description: String { rawValue }

    /// The order used for sorting.
    public static func < (left: Engine, right: Engine) -> Bool { left.rawValue < right.rawValue }
}
