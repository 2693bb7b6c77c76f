/// What is different between two topologies, in lines for people.
///
/// `+` and `-` lines give the whole entity as a topology file has it, `~` lines one field:
///
///     - claim default/late
///     + node node-z {name: node-z, zone: eu-west-c}
///     ~ volume pvc-1: replicas[node-b].state: syncing(0.4) → inSync
public struct TopologyDiff: Hashable, Sendable {
    /// The lines, by kind and name; empty where the topologies are equal.
    public let lines: [String]

    /// The lines with a line break after each.
    public var text: String { lines.map { $0 + "\n" }.joined() }

    /// Compares two topologies; the order of their entities does not matter.
    public init(from old: ClusterTopology, to new: ClusterTopology) {
        let (old, new) = (old.canonical(), new.canonical())
        var lines: [String] = []
        func compare<Entity: Equatable>(
            _ kind: String, _ old: [Entity], _ new: [Entity], key: (Entity) -> String,
            fields: (Entity) -> [String: String], write: (inout FlowEmitter, Entity) -> Void
        ) {
            let before = Dictionary(old.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
            let after = Dictionary(new.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
            for name in Set(before.keys).union(after.keys).sorted() {
                let head = "\(kind) \(name.replacing(TopologyDiff.separator, with: "/").printable)"
                switch (before[name], after[name]) {
                case (let entity?, nil), (nil, let entity?):
                    var emitter = FlowEmitter(syntax: .yaml)
                    write(&emitter, entity)
                    lines.append("\(before[name] == nil ? "+" : "-") \(head) \(emitter.text)")
                case (let left?, let right?) where left != right:
                    lines += TopologyDiff.changes(fields(left), fields(right)).map { "~ \(head): \($0)" }
                default:
                    break
                }
            }
        }
        let oldEngines = old.enginesByNode()
        let newEngines = new.enginesByNode()
        compare("node", old.nodes, new.nodes, key: \.name, fields: { $0.diffFields }) { emitter, node in
            emitter.node(node, derived: (newEngines[node.name] ?? oldEngines[node.name]) ?? [])
        }
        compare("volume", old.volumes, new.volumes, key: \.name, fields: { $0.diffFields }) { $0.volume($1) }
        compare(
            "claim", old.claims, new.claims, key: { $0.namespace + TopologyDiff.separator + $0.name },
            fields: { $0.diffFields }
        ) { $0.claim($1) }
        compare(
            "storageClass", old.storageClasses, new.storageClasses, key: \.name, fields: { $0.diffFields }
        ) { $0.storageClass($1) }
        compare(
            "pod", old.pods, new.pods, key: { $0.namespace + TopologyDiff.separator + $0.name },
            fields: { $0.diffFields }
        ) { $0.pod($1) }
        compare(
            "volumeAttachment", old.volumeAttachments, new.volumeAttachments, key: \.name, fields: { $0.diffFields }
        ) { $0.volumeAttachment($1) }
        self.lines = lines
    }

    /// Between namespace and name in a key: sorts before all that a name can hold.
    private static let separator = "\u{0}"

    private static func changes(_ old: [String: String], _ new: [String: String]) -> [String] {
        Set(old.keys).union(new.keys).sorted().compactMap { field in
            guard old[field] != new[field] else { return nil }
            return "\(field.printable): \(old[field] ?? "(none)") → \(new[field] ?? "(none)")"
        }
    }
}

// Each entity's fields by their paths, as YAML would have them, so that no two values look the same.

/// Collects an entity's fields; those that are not there are left out.
private struct DiffFields {
    private(set) var fields: [String: String] = [:]

    mutating func add(_ path: String, _ text: String?) {
        guard let text else { return }
        var emitter = FlowEmitter(syntax: .yaml)
        emitter.string(text)
        fields[path] = emitter.text
    }

    mutating func add(_ path: String, _ texts: [String]) {
        guard !texts.isEmpty else { return }
        var emitter = FlowEmitter(syntax: .yaml)
        emitter.list(texts) { $0.string($1) }
        fields[path] = emitter.text
    }

    mutating func add(_ path: String, _ map: [String: String]) {
        for (key, value) in map { add("\(path)[\(key)]", value) }
    }

    /// Text that is no name: a number, a word of the format, a size.
    mutating func add(_ path: String, value: String?) {
        fields[path] = value
    }

    mutating func add(_ path: String, quantity: Int64?) {
        fields[path] = quantity.map { Quantity.text($0) }
    }
}

extension Node {
    fileprivate var diffFields: [String: String] {
        var result = DiffFields()
        result.add("uid", uid)
        result.add("addresses", addresses)
        result.add("region", region)
        result.add("zone", zone)
        result.add("rack", rack)
        result.add("schedulable", value: String(schedulable))
        result.add("kubelet", value: kubelet.rawValue)
        result.add("annotations", annotations)
        for state in storage {
            let path = "storage[\(state.engine)]"
            result.add(path + ".health", value: state.health.rawValue)
            result.add(path + ".since", value: state.since.map { RFC3339.text($0) ?? "\($0.milliseconds) ms" })
            result.add(path + ".reason", state.reason)
        }
        for pool in pools {
            let path = "pools[\(pool.engine)/\(pool.name)]"
            result.add(path + ".media", pool.media)
            result.add(path + ".capacity", quantity: pool.capacity)
            result.add(path + ".available", quantity: pool.available)
            result.add(path + ".health", value: pool.health.rawValue)
        }
        return result.fields
    }
}

extension Volume {
    fileprivate var diffFields: [String: String] {
        var result = DiffFields()
        result.add("engine", engine.rawValue)
        result.add("handle", handle)
        result.add("size", quantity: size)
        result.add("desiredReplicas", value: desiredReplicas.map { String($0) })
        result.add("accessModes", accessModes)
        result.add("attachedTo", attachedTo)
        result.add("parameters", parameters)
        for replica in replicas {
            result.add("replicas[\(replica.node)].state", value: replica.state.text)
            result.add("replicas[\(replica.node)].pool", replica.pool)
        }
        return result.fields
    }
}

extension ReplicaState {
    fileprivate var text: String {
        switch self {
        case .inSync, .failed: return word
        case .syncing(let progress): return "syncing(\(progress))"
        case .stale(let bytes, let seconds):
            let lag = [bytes.map { Quantity.text($0) }, seconds.map { "\($0)s" }].compactMap { $0 }
            return lag.isEmpty ? word : "stale(\(lag.joined(separator: ", ")))"
        }
    }
}

extension Claim {
    fileprivate var diffFields: [String: String] {
        var result = DiffFields()
        result.add("uid", uid)
        result.add("volume", volume)
        result.add("storageClass", storageClass)
        result.add("phase", value: phase.rawValue)
        result.add("requested", quantity: requested)
        result.add("annotations", annotations)
        return result.fields
    }
}

extension StorageClass {
    fileprivate var diffFields: [String: String] {
        var result = DiffFields()
        result.add("provisioner", provisioner)
        result.add("binding", value: binding.rawValue)
        result.add("parameters", parameters)
        return result.fields
    }
}

extension Pod {
    fileprivate var diffFields: [String: String] {
        var result = DiffFields()
        result.add("uid", uid)
        result.add("node", node)
        result.add("annotations", annotations)
        result.add("claims", claims)
        result.add("ephemeral", ephemeral.map(\.name))
        for volume in ephemeral {
            result.add("ephemeral[\(volume.name)].storageClass", volume.storageClass)
            result.add("ephemeral[\(volume.name)].requested", quantity: volume.requested)
        }
        return result.fields
    }
}

extension VolumeAttachment {
    fileprivate var diffFields: [String: String] {
        var result = DiffFields()
        result.add("volume", volume)
        result.add("node", node)
        result.add("attached", value: String(attached))
        return result.fields
    }
}
