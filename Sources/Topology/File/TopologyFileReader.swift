/// Turns a file's values into a topology, and collects everything that is wrong on the way.
///
/// A value that cannot be read leaves a placeholder, so that places in lists stay those of the file; since any problem
/// refuses the whole file, no placeholder is ever seen outside.
struct TopologyFileReader {
    var fields: FileFields
    private var storage: [StorageForm] = []

    /// How a node's storage is written.
    private enum StorageForm {
        case everywhere(StorageHealth)
        case states([StorageState])
    }

    init(root: FileValue) {
        fields = FileFields(root: root)
    }

    /// What was wrong, in the order of the file; `nil` where nothing was.
    func error(file: String) -> TopologyFileError? { fields.error(file: file) }

    mutating func topology() -> ClusterTopology {
        let top = fields.object(
            fields.root,
            [
                "apiVersion", "kind", "incomplete", "nodes", "volumes", "claims", "storageClasses", "pods",
                "volumeAttachments",
            ])
        fields.constant(top, "apiVersion", TopologyFile.apiVersion)
        fields.constant(top, "kind", TopologyFile.kind)
        let incomplete = fields.bool(top, "incomplete", default: false)
        var topology = ClusterTopology(
            nodes: list(top, "nodes") { $0.node($1) },
            volumes: list(top, "volumes") { $0.volume($1) },
            claims: list(top, "claims") { $0.claim($1) },
            storageClasses: list(top, "storageClasses") { $0.storageClass($1) },
            pods: list(top, "pods") { $0.pod($1) },
            volumeAttachments: list(top, "volumeAttachments") { $0.volumeAttachment($1) })
        let engines = topology.enginesByNode()
        for (index, form) in storage.enumerated() {
            switch form {
            case .states(let states):
                topology.nodes[index].storage = states
            case .everywhere(let health):
                let name = topology.nodes[index].name
                topology.nodes[index].storage = engines[name, default: []].map {
                    StorageState(engine: $0, health: health)
                }
            }
        }
        var checks = TopologyFileChecks(topology: topology, checksReferences: !incomplete)
        checks.run(unreadable: fields.unreadable)
        for (path, message) in checks.problems { fields.report(path, message) }
        return topology
    }

    private mutating func node(_ value: FileValue) -> Node {
        let node = fields.object(
            value,
            [
                "name", "uid", "addresses", "region", "zone", "rack", "schedulable", "kubelet", "annotations",
                "storage",
                "pools",
            ])
        storage.append(storageForm(node))
        return Node(
            name: fields.name(node, "name"),
            uid: fields.text(node, "uid"),
            addresses: fields.texts(node, "addresses"),
            region: fields.text(node, "region"),
            zone: fields.text(node, "zone"),
            rack: fields.text(node, "rack"),
            schedulable: fields.bool(node, "schedulable", default: true),
            kubelet: fields.word(node, "kubelet", default: .ready),
            annotations: fields.map(node, "annotations"),
            pools: list(node, "pools") { $0.pool($1) })
    }

    private mutating func storageForm(_ node: FileFields.Object) -> StorageForm {
        guard let value = node["storage"] else { return .everywhere(.online) }
        guard case .map(let entries) = value.content else {
            return .everywhere(
                fields.word(node, "storage", default: .online, or: "a mapping of engines to one of these words"))
        }
        return fields.at(.field("storage")) { fields in
            .states(
                entries.map { entry in
                    fields.at(.field(entry.key)) { fields in
                        fields.checkName(entry.key, at: entry.mark)
                        return TopologyFileReader.storageState(entry, &fields)
                    }
                })
        }
    }

    private static func storageState(_ entry: FileValue.Field, _ fields: inout FileFields) -> StorageState {
        let engine = Engine(rawValue: entry.key)
        guard case .map = entry.value.content else {
            return StorageState(
                engine: engine, health: fields.word(entry.value, or: "a mapping with health, since and reason"))
        }
        let state = fields.object(entry.value, ["health", "since", "reason"])
        return StorageState(
            engine: engine,
            health: fields.required(state, "health") == nil
                ? .unknown : fields.word(state, "health", default: .unknown),
            since: fields.timestamp(state, "since"),
            reason: fields.text(state, "reason"))
    }

    private mutating func pool(_ value: FileValue) -> Pool {
        let pool = fields.object(value, ["name", "engine", "media", "capacity", "available", "health"])
        return Pool(
            engine: Engine(rawValue: fields.name(pool, "engine")),
            name: fields.name(pool, "name"),
            media: fields.text(pool, "media"),
            capacity: fields.quantity(pool, "capacity"),
            available: fields.quantity(pool, "available"),
            health: fields.word(pool, "health", default: .online))
    }

    private mutating func volume(_ value: FileValue) -> Volume {
        let volume = fields.object(
            value,
            [
                "name", "engine", "handle", "size", "desiredReplicas", "accessModes", "attachedTo", "parameters",
                "replicas",
            ])
        return Volume(
            name: fields.name(volume, "name"),
            engine: Engine(rawValue: fields.name(volume, "engine")),
            handle: fields.text(volume, "handle"),
            size: fields.required(volume, "size") == nil ? 0 : fields.quantity(volume, "size") ?? 0,
            desiredReplicas: fields.count(volume, "desiredReplicas").map { Int($0) },
            accessModes: fields.texts(volume, "accessModes"),
            attachedTo: fields.reference(volume, "attachedTo"),
            parameters: fields.map(volume, "parameters"),
            replicas: list(volume, "replicas") { $0.replica($1) })
    }

    private mutating func replica(_ value: FileValue) -> Replica {
        let replica = fields.object(value, ["node", "pool", "state", "progress", "lagBytes", "lagSeconds"])
        return Replica(
            node: fields.name(replica, "node"),
            pool: fields.reference(replica, "pool"),
            state: replicaState(replica))
    }

    private mutating func replicaState(_ replica: FileFields.Object) -> ReplicaState {
        let words = ["inSync", "syncing", "stale", "failed"]
        let word = fields.word(replica, "state", of: words, default: "inSync")
        let progress = fields.fraction(replica, "progress")
        let bytes = fields.quantity(replica, "lagBytes")
        let seconds = fields.count(replica, "lagSeconds")
        guard let word else { return .inSync }
        fields.only(replica, ["progress"], with: "syncing", when: word == "syncing")
        fields.only(replica, ["lagBytes", "lagSeconds"], with: "stale", when: word == "stale")
        switch word {
        case "syncing":
            _ = fields.required(replica, "progress")
            return .syncing(progress: progress ?? 0)
        case "stale": return .stale(bytes: bytes, seconds: seconds)
        case "failed": return .failed
        default: return .inSync
        }
    }

    private mutating func claim(_ value: FileValue) -> Claim {
        let claim = fields.object(
            value,
            ["namespace", "name", "uid", "volume", "storageClass", "phase", "requested", "annotations"])
        let volume = fields.reference(claim, "volume")
        return Claim(
            namespace: fields.reference(claim, "namespace") ?? "default",
            name: fields.name(claim, "name"),
            uid: fields.text(claim, "uid"),
            volume: volume,
            storageClass: fields.text(claim, "storageClass"),
            phase: fields.word(claim, "phase", default: ClaimPhase.implied(volume: volume)),
            requested: fields.quantity(claim, "requested"),
            annotations: fields.map(claim, "annotations"))
    }

    private mutating func storageClass(_ value: FileValue) -> StorageClass {
        let storageClass = fields.object(value, ["name", "provisioner", "binding", "parameters"])
        return StorageClass(
            name: fields.name(storageClass, "name"),
            provisioner: fields.name(storageClass, "provisioner"),
            binding: fields.word(storageClass, "binding", default: .immediate),
            parameters: fields.map(storageClass, "parameters"))
    }

    private mutating func pod(_ value: FileValue) -> Pod {
        let pod = fields.object(value, ["namespace", "name", "uid", "node", "annotations", "claims", "ephemeral"])
        return Pod(
            namespace: fields.reference(pod, "namespace") ?? "default",
            name: fields.name(pod, "name"),
            uid: fields.text(pod, "uid"),
            node: fields.reference(pod, "node"),
            annotations: fields.map(pod, "annotations"),
            claims: fields.texts(pod, "claims"),
            ephemeral: list(pod, "ephemeral") { $0.ephemeralVolume($1) })
    }

    private mutating func ephemeralVolume(_ value: FileValue) -> EphemeralVolume {
        let volume = fields.object(value, ["name", "storageClass", "requested"])
        return EphemeralVolume(
            name: fields.name(volume, "name"),
            storageClass: fields.text(volume, "storageClass"),
            requested: fields.quantity(volume, "requested"))
    }

    private mutating func volumeAttachment(_ value: FileValue) -> VolumeAttachment {
        let attachment = fields.object(value, ["name", "volume", "node", "attached"])
        return VolumeAttachment(
            name: fields.name(attachment, "name"),
            volume: fields.name(attachment, "volume"),
            node: fields.name(attachment, "node"),
            attached: fields.bool(attachment, "attached", default: true))
    }

    /// Reads a list of objects; a field that is not there is an empty list.
    private mutating func list<Element>(
        _ object: FileFields.Object, _ name: String, _ element: (inout TopologyFileReader, FileValue) -> Element
    ) -> [Element] {
        guard let values = fields.values(object, name) else { return [] }
        fields.enter(.field(name))
        defer { fields.leave() }
        return values.enumerated().map { index, value in
            fields.enter(.index(index))
            defer { fields.leave() }
            return element(&self, value)
        }
    }
}

extension ClusterTopology {
    /// The engines that have a pool on each node or a replica of a volume there, in the order of their names.
    func enginesByNode() -> [String: [Engine]] {
        var engines: [String: [Engine]] = [:]
        func add(_ engine: Engine, to node: String) {
            if engines[node]?.contains(engine) != true { engines[node, default: []].append(engine) }
        }
        for node in nodes {
            for pool in node.pools { add(pool.engine, to: node.name) }
        }
        for volume in volumes {
            for replica in volume.replicas { add(volume.engine, to: replica.node) }
        }
        return engines.mapValues { $0.sorted() }
    }
}
