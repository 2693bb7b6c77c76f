/// Why a pod cannot run on a node.
///
/// Each has one constant sentence without names, because kube-scheduler groups them by their text in the pod's event.
public enum RejectionReason: UInt8, Sendable, CaseIterable {
    /// A claim's volume is being restored.
    case restoring
    /// A volume has replicas, none of them usable.
    case noUsableReplica
    /// The node is closed to pods with volumes.
    case storageClosed
    /// A volume's engine does not run on the node.
    case engineAbsent
    /// The engine's storage is offline on the node.
    case storageOffline
    /// A volume must be local and is not.
    case notLocal
    /// A volume must not be local and is.
    case notRemote
    /// What the pod newly needs does not fit into the node's pools.
    case noSpace

    /// The sentence for the pod's event.
    public var sentence: String {
        switch self {
        case .restoring: "a volume of the pod is being restored"
        case .noUsableReplica: "a volume of the pod has no usable replica on any node"
        case .storageClosed: "storage on the node is closed to new pods"
        case .engineAbsent: "the storage engine of a volume does not run on the node"
        case .storageOffline: "storage on the node is offline"
        case .notLocal: "the node has no usable replica of a volume that requires one"
        case .notRemote: "the node has a usable replica of a volume that requires none"
        case .noSpace: "the node has too little free storage for the pod's volumes"
        }
    }

    /// A short word for metrics and JSON.
    public var word: String {
        switch self {
        case .restoring: "restoring"
        case .noUsableReplica: "no_usable_replica"
        case .storageClosed: "storage_closed"
        case .engineAbsent: "engine_absent"
        case .storageOffline: "storage_offline"
        case .notLocal: "not_local"
        case .notRemote: "not_remote"
        case .noSpace: "no_space"
        }
    }
}
