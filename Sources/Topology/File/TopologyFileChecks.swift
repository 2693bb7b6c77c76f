/// What has to hold between the entities of a topology file: names given once, references that lead somewhere.
struct TopologyFileChecks {
    private(set) var problems: [(path: FieldPath, message: String)] = []
    private let topology: ClusterTopology
    private let checksReferences: Bool
    private var unreadable: Set<String> = []

    init(topology: ClusterTopology, checksReferences: Bool) {
        self.topology = topology
        self.checksReferences = checksReferences
    }

    /// Whether every reference of a topology leads somewhere.
    static func isComplete(_ topology: ClusterTopology) -> Bool {
        var checks = TopologyFileChecks(topology: topology, checksReferences: true)
        checks.references()
        return checks.problems.isEmpty
    }

    /// - Parameter unreadable: Lists with names that could not be read; references into them are not checked, as one
    ///   mistake would be reported many times over.
    mutating func run(unreadable: Set<String>) {
        self.unreadable = unreadable
        names()
        capacities()
        if checksReferences { references() }
    }

    // MARK: Names

    private mutating func names() {
        unique(topology.nodes, "nodes", "node") { Key($0.name) }
        unique(topology.volumes, "volumes", "volume") { Key($0.name) }
        unique(topology.claims, "claims", "claim") { $0.name.isEmpty ? nil : Key($0.namespace, $0.name) }
        unique(topology.storageClasses, "storageClasses", "storage class") { Key($0.name) }
        unique(topology.pods, "pods", "pod") { $0.name.isEmpty ? nil : Key($0.namespace, $0.name) }
        unique(topology.volumeAttachments, "volumeAttachments", "volume attachment") { Key($0.name) }
        for (index, node) in topology.nodes.enumerated() {
            unique(node.pools, at: { .entity("nodes", index).field("pools") }, "pool", field: "name") { pool in
                pool.name.isEmpty || pool.engine.rawValue.isEmpty ? nil : Key(pool.engine.rawValue, pool.name)
            }
        }
        for (index, volume) in topology.volumes.enumerated() {
            unique(volume.replicas, at: { .entity("volumes", index).field("replicas") }, "replica on", field: "node") {
                Key($0.node)
            }
        }
        for (index, pod) in topology.pods.enumerated() {
            unique(pod.claims, at: { .entity("pods", index).field("claims") }, "claim", field: nil) { Key($0) }
            unique(pod.ephemeral, at: { .entity("pods", index).field("ephemeral") }, "volume", field: "name") {
                Key($0.name)
            }
        }
    }

    /// A name with what it is unique in. Parts rather than one text, as any of them may hold a slash.
    private struct Key: Hashable {
        let parts: [String]

        init(_ parts: String...) {
            self.parts = parts
        }
    }

    private mutating func unique<Entity>(_ entities: [Entity], _ list: String, _ what: String, key: (Entity) -> Key?) {
        unique(entities, at: { FieldPath(steps: [.field(list)]) }, what, field: "name", key: key)
    }

    /// Reports each key that was there before. Those that could not be read are `nil` or empty and passed over.
    private mutating func unique<Entity>(
        _ entities: [Entity], at path: () -> FieldPath, _ what: String, field: String?, key: (Entity) -> Key?
    ) {
        guard entities.count > 1 else { return }
        var first: [Key: Int] = [:]
        for (index, entity) in entities.enumerated() {
            guard let key = key(entity), key.parts != [""] else { continue }
            guard let earlier = first[key] else {
                first[key] = index
                continue
            }
            let here = path().index(index)
            let name = FileValue.quoted(key.parts.joined(separator: "/"))
            problems.append(
                (
                    field.map { here.field($0) } ?? here,
                    "\(what) \(name) is given already, as \(path().index(earlier).text)"
                ))
        }
    }

    // MARK: Capacities

    private mutating func capacities() {
        for (index, node) in topology.nodes.enumerated() {
            for (poolIndex, pool) in node.pools.enumerated() {
                guard let capacity = pool.capacity, let available = pool.available, available > capacity else {
                    continue
                }
                problems.append(
                    (
                        .entity("nodes", index).field("pools").index(poolIndex).field("available"),
                        "expected at most the capacity \(Quantity.text(capacity)), found \(Quantity.text(available))"
                    ))
            }
        }
    }

    // MARK: References

    private mutating func references() {
        let nodes = names(topology.nodes.map(\.name), "nodes")
        let volumes = names(topology.volumes.map(\.name), "volumes")
        let classes = names(topology.storageClasses.map(\.name), "storageClasses")
        let claims =
            unreadable.contains("claims")
            ? nil : Set(topology.claims.map { ObjectKey(namespace: $0.namespace, name: $0.name) })
        let pools = Set(
            topology.nodes.flatMap { node in
                node.pools.map { PoolKey(node: node.name, engine: $0.engine, pool: $0.name) }
            })

        for (index, volume) in topology.volumes.enumerated() {
            check(volume.attachedTo, in: nodes, "node") { .entity("volumes", index).field("attachedTo") }
            for (replicaIndex, replica) in volume.replicas.enumerated() {
                let path = { FieldPath.entity("volumes", index).field("replicas").index(replicaIndex) }
                guard check(replica.node, in: nodes, "node", at: { path().field("node") }) else { continue }
                guard let pool = replica.pool, let nodes, nodes.contains(replica.node), !volume.engine.rawValue.isEmpty,
                    !pools.contains(PoolKey(node: replica.node, engine: volume.engine, pool: pool))
                else { continue }
                problems.append(
                    (
                        path().field("pool"),
                        "node \(FileValue.quoted(replica.node)) has no pool \(FileValue.quoted(pool)) "
                            + "of engine \(FileValue.quoted(volume.engine.rawValue))"
                    ))
            }
        }
        for (index, claim) in topology.claims.enumerated() {
            check(claim.volume, in: volumes, "volume") { .entity("claims", index).field("volume") }
            // The class of a bound claim is history; it may be gone from the cluster.
            if claim.volume == nil {
                check(claim.storageClass, in: classes, "storage class") {
                    .entity("claims", index).field("storageClass")
                }
            }
        }
        for (index, pod) in topology.pods.enumerated() {
            let path = { FieldPath.entity("pods", index) }
            check(pod.node, in: nodes, "node") { path().field("node") }
            for (claimIndex, claim) in pod.claims.enumerated() {
                let key = ObjectKey(namespace: pod.namespace, name: claim)
                guard !claim.isEmpty, let claims, !claims.contains(key) else { continue }
                problems.append(
                    (path().field("claims").index(claimIndex), "no claim is named \(FileValue.quoted("\(key)"))"))
            }
            for (volumeIndex, volume) in pod.ephemeral.enumerated() {
                check(volume.storageClass, in: classes, "storage class") {
                    path().field("ephemeral").index(volumeIndex).field("storageClass")
                }
            }
        }
        for (index, attachment) in topology.volumeAttachments.enumerated() {
            let path = { FieldPath.entity("volumeAttachments", index) }
            check(attachment.volume, in: volumes, "volume") { path().field("volume") }
            check(attachment.node, in: nodes, "node") { path().field("node") }
        }
    }

    /// The names of a list; `nil` where the list was not read as a whole.
    private func names(_ names: [String], _ list: String) -> Set<String>? {
        unreadable.contains(list) ? nil : Set(names)
    }

    /// An empty name could not be read, or is the class that asks for no provisioning; it leads nowhere on purpose.
    @discardableResult
    private mutating func check(
        _ name: String?, in names: Set<String>?, _ what: String, at path: () -> FieldPath
    ) -> Bool {
        guard let name, let names, !name.isEmpty, !names.contains(name) else { return true }
        problems.append((path(), "no \(what) is named \(FileValue.quoted(name))"))
        return false
    }
}

/// A pool's place in the cluster.
private struct PoolKey: Hashable {
    var node: String
    var engine: Engine
    var pool: String
}

extension FieldPath {
    fileprivate static func entity(_ list: String, _ index: Int) -> FieldPath {
        FieldPath(steps: [.field(list), .index(index)])
    }
}
