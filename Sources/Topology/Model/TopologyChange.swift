/// One change to the topology: an object as it is now, or the key of one that is gone.
///
/// The cache's writer takes batches of these, so that a file's reload and a cluster's watch events go the same way.
public enum TopologyChange: Hashable, Sendable {
    /// A node with its storage and pools was made or changed.
    case node(Node)
    /// A node is gone.
    case nodeRemoved(name: String)
    /// A volume with its replicas was made or changed.
    case volume(Volume)
    /// A volume is gone.
    case volumeRemoved(name: String)
    /// A claim was made or changed.
    case claim(Claim)
    /// A claim is gone.
    case claimRemoved(namespace: String, name: String)
    /// A storage class was made or changed.
    case storageClass(StorageClass)
    /// A storage class is gone.
    case storageClassRemoved(name: String)
    /// A pod with claims was made or changed.
    case pod(Pod)
    /// A pod is gone.
    case podRemoved(namespace: String, name: String)
    /// A volume attachment was made or changed.
    case volumeAttachment(VolumeAttachment)
    /// A volume attachment is gone.
    case volumeAttachmentRemoved(name: String)
}

extension ClusterTopology {
    /// The changes that turn this topology into another one, removals first.
    public func changes(to other: ClusterTopology) -> [TopologyChange] {
        var changes: [TopologyChange] = []
        collect(
            volumeAttachments, other.volumeAttachments, key: \.name, into: &changes,
            changed: { .volumeAttachment($0) }, removed: { .volumeAttachmentRemoved(name: $0.name) })
        collect(
            pods, other.pods, key: { ObjectKey(namespace: $0.namespace, name: $0.name) }, into: &changes,
            changed: { .pod($0) }, removed: { .podRemoved(namespace: $0.namespace, name: $0.name) })
        collect(
            claims, other.claims, key: { ObjectKey(namespace: $0.namespace, name: $0.name) }, into: &changes,
            changed: { .claim($0) }, removed: { .claimRemoved(namespace: $0.namespace, name: $0.name) })
        collect(
            storageClasses, other.storageClasses, key: \.name, into: &changes,
            changed: { .storageClass($0) }, removed: { .storageClassRemoved(name: $0.name) })
        collect(
            volumes, other.volumes, key: \.name, into: &changes,
            changed: { .volume($0) }, removed: { .volumeRemoved(name: $0.name) })
        collect(
            nodes, other.nodes, key: \.name, into: &changes,
            changed: { .node($0) }, removed: { .nodeRemoved(name: $0.name) })
        return changes
    }

    private func collect<Entity: Equatable, Key: Hashable>(
        _ old: [Entity], _ new: [Entity], key: (Entity) -> Key, into changes: inout [TopologyChange],
        changed: (Entity) -> TopologyChange, removed: (Entity) -> TopologyChange
    ) {
        let newKeys = Set(new.map(key))
        for entity in old where !newKeys.contains(key(entity)) {
            changes.append(removed(entity))
        }
        let oldByKey = Dictionary(old.map { (key($0), $0) }, uniquingKeysWith: { _, last in last })
        for entity in new where oldByKey[key(entity)] != entity {
            changes.append(changed(entity))
        }
    }
}

/// The key of a namespaced object.
public struct ObjectKey: Hashable, Sendable, CustomStringConvertible {
    /// The object's namespace.
    public var namespace: String
    /// The object's name.
    public var name: String

    /// Makes an object key of its parts.
    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// The text for a person.
    public var description: String { "\(namespace)/\(name)" }
}
