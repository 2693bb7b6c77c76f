import Topology

/// The kinds of entities in a topology.
enum EntityKind: Int, CaseIterable {
    case node, volume, claim, storageClass, pod, volumeAttachment

    /// So many entities, in words: `1 node`, `3 storage classes`.
    func counted(_ count: Int) -> String {
        let (one, many) =
            switch self {
            case .node: ("node", "nodes")
            case .volume: ("volume", "volumes")
            case .claim: ("claim", "claims")
            case .storageClass: ("storage class", "storage classes")
            case .pod: ("pod", "pods")
            case .volumeAttachment: ("volume attachment", "volume attachments")
            }
        return "\(count) \(count == 1 ? one : many)"
    }
}

/// What changes from one topology to another, as counts in one line: `2 nodes, 1 volume added; 1 claim removed`.
struct ChangeSummary: CustomStringConvertible {
    private var added: [EntityKind: Int] = [:]
    private var changed: [EntityKind: Int] = [:]
    private var removed: [EntityKind: Int] = [:]

    /// Compares two topologies.
    init(from old: ClusterTopology, to new: ClusterTopology) {
        let (old, new) = (old.canonical(), new.canonical())
        count(.node, old.nodes, new.nodes, key: \.name)
        count(.volume, old.volumes, new.volumes, key: \.name)
        count(.claim, old.claims, new.claims) { ObjectKey(namespace: $0.namespace, name: $0.name) }
        count(.storageClass, old.storageClasses, new.storageClasses, key: \.name)
        count(.pod, old.pods, new.pods) { ObjectKey(namespace: $0.namespace, name: $0.name) }
        count(.volumeAttachment, old.volumeAttachments, new.volumeAttachments, key: \.name)
    }

    private mutating func count<Entity: Equatable, Key: Hashable>(
        _ kind: EntityKind, _ old: [Entity], _ new: [Entity], key: (Entity) -> Key
    ) {
        var before = Dictionary(old.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
        for entity in new {
            if let was = before.removeValue(forKey: key(entity)) {
                if was != entity { changed[kind, default: 0] += 1 }
            } else {
                added[kind, default: 0] += 1
            }
        }
        if !before.isEmpty { removed[kind] = before.count }
    }

    /// The text for a person.
    var description: String {
        let parts = [(added, "added"), (changed, "changed"), (removed, "removed")].compactMap { counts, word in
            counts.isEmpty
                ? nil
                : EntityKind.allCases.compactMap { kind in counts[kind].map { kind.counted($0) } }
                    .joined(separator: ", ") + " " + word
        }
        return parts.isEmpty ? "nothing changes" : parts.joined(separator: "; ")
    }
}
