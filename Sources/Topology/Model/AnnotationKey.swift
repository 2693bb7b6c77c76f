/// The annotation, label and parameter keys that Jabiru reads.
///
/// STORK's keys mean what they mean to STORK, so that its users move over without touching a manifest
/// (libopenstorage/stork, `pkg/extender/extender.go`).
public enum AnnotationKey {
    /// Jabiru's locality: on a pod, a claim, or as a StorageClass parameter.
    public static let locality = "jabiru.dev/locality"
    /// Set to `true` on a claim while its volume is being restored.
    public static let restoreInProgress = "jabiru.dev/restore-in-progress"
    /// StorageClass parameter: the only pool that the class' volumes may lie in.
    public static let pool = "jabiru.dev/pool"
    /// StorageClass parameter: the only media that the class' volumes may lie on.
    public static let media = "jabiru.dev/media"
    /// Set by kube-scheduler on a claim that waits for its first consumer: the node it chose.
    public static let selectedNode = "volume.kubernetes.io/selected-node"

    /// STORK, pod: only nodes with a replica of every volume.
    public static let storkPreferLocalNodeOnly = "stork.libopenstorage.org/preferLocalNodeOnly"
    /// STORK, pod: score all nodes alike.
    public static let storkDisableHyperconvergence = "stork.libopenstorage.org/disableHyperconvergence"
    /// STORK, volume: leave the volume out of scoring.
    public static let storkSkipSchedulerScoring = "stork.libopenstorage.org/skipSchedulerScoring"
    /// STORK, shared volume behind a service: score away from replicas (the default for those).
    public static let storkPreferRemoteNode = "stork.libopenstorage.org/preferRemoteNode"
    /// STORK, shared volume behind a service: only nodes without a replica.
    public static let storkPreferRemoteNodeOnly = "stork.libopenstorage.org/preferRemoteNodeOnly"
    /// STORK, claim: its volume is being restored.
    public static let storkRestoreInProgress = "stork.libopenstorage.org/restore-in-progress"
    /// Portworx' operator, node: no pods with volumes here.
    public static let storkUnschedulable = "operator.libopenstorage.org/unschedulable"
    /// Portworx, volume: the volume is shared (`sharedv4`).
    public static let portworxShared = "sharedv4"
    /// Portworx, volume: the shared volume is reached through a service of this type.
    public static let portworxSharedServiceType = "sharedv4_svc_type"

    /// Whether a pod's, claim's or node's annotation is one that is kept.
    public static func isRead(_ key: some StringProtocol) -> Bool {
        key.hasPrefix("jabiru.dev/") || key.hasPrefix("stork.libopenstorage.org/")
            || key == storkUnschedulable || key == selectedNode
    }

    /// Whether a volume's or class' parameter is one that placement reads.
    public static func isReadParameter(_ key: some StringProtocol) -> Bool {
        isRead(key) || key == portworxShared || key == portworxSharedServiceType
    }

    /// Reads a switch as STORK does (Go's `strconv.ParseBool`).
    ///
    /// - Returns: `nil` where the text is neither true nor false.
    public static func parseBool(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "TRUE", "true", "True": true
        case "0", "f", "F", "FALSE", "false", "False": false
        default: nil
        }
    }
}
