/// Narrows a topology to the part that somebody asks about. What is given has to hold together.
///
/// - `node`, `zone`: those nodes; the volumes that have a replica there, are attached there or are used by a pod there.
/// - `volume`: that volume; the nodes that hold a replica of it or that it is attached to.
/// - `unhealthyOnly`: nodes that are ``Node/isUnhealthy``; volumes with a replica that is not in sync or lies where the
///   storage does not serve it, or with fewer in sync than they should have.
///
/// With them go the claims of those volumes; the pods that use them or run on those nodes, and their claims; the
/// storage classes that the claims name; and the attachments of the volumes. A volume that is kept keeps all its
/// replicas, also those on nodes that are not, so that a file of the result is marked `incomplete`.
public struct TopologyFilter: Hashable, Sendable {
    /// Only the node of this name.
    public var node: String?
    /// Only nodes of this zone.
    public var zone: String?
    /// Only the volume of this name.
    public var volume: String?
    /// Only what is not as it should be.
    public var unhealthyOnly: Bool

    /// Makes a filter of its parts; without any it keeps everything.
    public init(node: String? = nil, zone: String? = nil, volume: String? = nil, unhealthyOnly: Bool = false) {
        self.node = node
        self.zone = zone
        self.volume = volume
        self.unhealthyOnly = unhealthyOnly
    }

    /// A sentence on each name that the topology does not hold, since an empty answer would hide a typing mistake.
    public func unknownNames(in topology: ClusterTopology) -> [String] {
        var sentences: [String] = []
        if let node, !topology.nodes.contains(where: { $0.name == node }) {
            sentences.append("no node is named \(FileValue.quoted(node))")
        }
        if let zone, !topology.nodes.contains(where: { $0.zone == zone }) {
            sentences.append("no node is in zone \(FileValue.quoted(zone))")
        }
        if let volume, !topology.volumes.contains(where: { $0.name == volume }) {
            sentences.append("no volume is named \(FileValue.quoted(volume))")
        }
        return sentences
    }

    /// The part of a topology that the filter keeps.
    public func apply(to topology: ClusterTopology) -> ClusterTopology {
        guard node != nil || zone != nil || volume != nil || unhealthyOnly else { return topology }
        let index = TopologyIndex(topology)
        var result = topology
        result.volumes = topology.volumes.filter { keeps($0, index) }
        let volumes = Set(result.volumes.map(\.name))
        let touched = Set(result.volumes.flatMap { index.nodes(of: $0) })
        result.nodes = topology.nodes.filter { node in
            isChosen(node) && (volume == nil || touched.contains(node.name)) && (!unhealthyOnly || node.isUnhealthy)
        }
        let nodes = Set(result.nodes.map(\.name))
        result.pods = topology.pods.filter { pod in
            if volume == nil, let node = pod.node, nodes.contains(node) { return true }
            return pod.claimKeys.contains { index.claims[$0]?.volume.map(volumes.contains) ?? false }
        }
        let used = Set(result.pods.flatMap(\.claimKeys))
        result.claims = topology.claims.filter { claim in
            if let volume = claim.volume, volumes.contains(volume) { return true }
            return volume == nil && used.contains(claim.key)
        }
        let classes = Set(
            result.claims.compactMap(\.storageClass) + result.pods.flatMap { $0.ephemeral.compactMap(\.storageClass) })
        result.storageClasses = topology.storageClasses.filter { classes.contains($0.name) }
        result.volumeAttachments = topology.volumeAttachments.filter { volumes.contains($0.volume) }
        return result
    }

    private func isChosen(_ node: Node) -> Bool {
        (self.node == nil || node.name == self.node) && (zone == nil || node.zone == zone)
    }

    private func keeps(_ candidate: Volume, _ index: TopologyIndex) -> Bool {
        if let volume, candidate.name != volume { return false }
        if unhealthyOnly, !TopologyFilter.isUnhealthy(candidate, nodes: index.byName) { return false }
        guard node != nil || zone != nil else { return true }
        return (index.nodes(of: candidate) + index.users(of: candidate)).contains { name in
            index.byName[name].map(isChosen) ?? (zone == nil && name == node)
        }
    }

    /// Whether a volume is not as it should be: a replica is not in sync, or lies where the storage does not serve it,
    /// or there are fewer in sync than the volume should have.
    static func isUnhealthy(_ volume: Volume, nodes: [String: Node]) -> Bool {
        let good = volume.replicas.count { replica in
            replica.state == .inSync && nodes[replica.node]?.health(of: volume.engine)?.servesReplicas ?? true
        }
        return good < max(volume.replicas.count, volume.desiredReplicas ?? 0)
    }
}

extension Node {
    /// Whether the node is not as it should be: an engine's storage is not online, a pool is degraded or failed, or the
    /// kubelet is not ready. A cordoned node is as somebody wants it.
    public var isUnhealthy: Bool {
        kubelet != .ready || storage.contains { $0.health != .online } || pools.contains { $0.health != .online }
    }
}

extension Claim {
    fileprivate var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
}

extension Pod {
    /// The claims that the pod uses, those of its ephemeral volumes among them.
    fileprivate var claimKeys: [ObjectKey] {
        (claims + ephemeral.map { claimName(of: $0) }).map { ObjectKey(namespace: namespace, name: $0) }
    }
}

/// What a filter looks up.
private struct TopologyIndex {
    let byName: [String: Node]
    let claims: [ObjectKey: Claim]
    private var attachments: [String: [String]] = [:]
    private var users: [String: [String]] = [:]

    init(_ topology: ClusterTopology) {
        byName = Dictionary(topology.nodes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        claims = Dictionary(topology.claims.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        for attachment in topology.volumeAttachments {
            attachments[attachment.volume, default: []].append(attachment.node)
        }
        for pod in topology.pods {
            guard let node = pod.node else { continue }
            for volume in pod.claimKeys.compactMap({ claims[$0]?.volume }) { users[volume, default: []].append(node) }
        }
    }

    /// The nodes that hold the volume or have it attached.
    func nodes(of volume: Volume) -> [String] {
        volume.replicas.map(\.node) + [volume.attachedTo].compactMap { $0 } + attachments[volume.name, default: []]
    }

    /// The nodes where pods use the volume.
    func users(of volume: Volume) -> [String] { users[volume.name, default: []] }
}
