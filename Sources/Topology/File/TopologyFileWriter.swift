/// Writes a topology in canonical order, one entity a line.
struct TopologyFileWriter {
    private var emitter: FlowEmitter

    init(syntax: FlowEmitter.Syntax) {
        emitter = FlowEmitter(syntax: syntax)
    }

    mutating func file(_ topology: ClusterTopology) -> String {
        let engines = topology.enginesByNode()
        let isComplete = TopologyFileChecks.isComplete(topology)
        switch emitter.syntax {
        case .yaml:
            emitter.raw("apiVersion: jabiru.dev/v1alpha1\nkind: Topology\n")
            if !isComplete { emitter.raw("incomplete: true\n") }
        case .json:
            emitter.raw("{\"apiVersion\": \"jabiru.dev/v1alpha1\", \"kind\": \"Topology\"")
            if !isComplete { emitter.raw(", \"incomplete\": true") }
        }
        section("nodes", topology.nodes) { $0.node($1, derived: engines[$1.name, default: []]) }
        section("volumes", topology.volumes) { $0.volume($1) }
        section("claims", topology.claims) { $0.claim($1) }
        section("storageClasses", topology.storageClasses) { $0.storageClass($1) }
        section("pods", topology.pods) { $0.pod($1) }
        section("volumeAttachments", topology.volumeAttachments) { $0.volumeAttachment($1) }
        if emitter.syntax == .json { emitter.raw("}\n") }
        return emitter.text
    }

    private mutating func section<Entity>(
        _ name: StaticString, _ entities: [Entity], _ write: (inout FlowEmitter, Entity) -> Void
    ) {
        guard !entities.isEmpty else { return }
        switch emitter.syntax {
        case .yaml:
            emitter.raw(name)
            emitter.raw(":\n")
            for entity in entities {
                emitter.raw("- ")
                write(&emitter, entity)
                emitter.raw("\n")
            }
        case .json:
            emitter.raw(",\n\"")
            emitter.raw(name)
            emitter.raw("\": [\n")
            for (index, entity) in entities.enumerated() {
                if index > 0 { emitter.raw(",\n") }
                write(&emitter, entity)
            }
            emitter.raw("\n]")
        }
    }
}

extension FlowEmitter {
    /// - Parameter derived: The engines that the node's storage is taken to have where the file does not say.
    mutating func node(_ node: Node, derived: [Engine]) {
        object { emitter in
            emitter.field("name", node.name)
            emitter.field("uid", node.uid)
            emitter.field("region", node.region)
            emitter.field("zone", node.zone)
            emitter.field("rack", node.rack)
            emitter.field("addresses", texts: node.addresses)
            if !node.schedulable { emitter.field("schedulable", bool: false) }
            if node.kubelet != .ready { emitter.field("kubelet", node.kubelet.rawValue) }
            emitter.field("annotations", map: node.annotations)
            emitter.storage(node.storage, derived: derived)
            guard !node.pools.isEmpty else { return }
            emitter.key("pools")
            emitter.list(node.pools) { $0.pool($1) }
        }
    }

    /// One word where it says the same, else engine by engine.
    private mutating func storage(_ states: [StorageState], derived: [Engine]) {
        let health = states.first?.health ?? .online
        let isOneWord =
            states.map(\.engine) == derived
            && states.allSatisfy { $0.health == health && $0.since == nil && $0.reason == nil }
        if isOneWord {
            if health != .online { field("storage", health.rawValue) }
            return
        }
        key("storage")
        object { emitter in
            for state in states {
                emitter.mapKey(state.engine.rawValue)
                guard state.since != nil || state.reason != nil else {
                    emitter.string(state.health.rawValue)
                    continue
                }
                emitter.object { emitter in
                    emitter.field("health", state.health.rawValue)
                    emitter.field("since", state.since.flatMap { RFC3339.text($0) })
                    emitter.field("reason", state.reason)
                }
            }
        }
    }

    private mutating func pool(_ pool: Pool) {
        object { emitter in
            emitter.field("name", pool.name)
            emitter.field("engine", pool.engine.rawValue)
            emitter.field("media", pool.media)
            emitter.field("capacity", quantity: pool.capacity)
            emitter.field("available", quantity: pool.available)
            if pool.health != .online { emitter.field("health", pool.health.rawValue) }
        }
    }

    mutating func volume(_ volume: Volume) {
        object { emitter in
            emitter.field("name", volume.name)
            emitter.field("engine", volume.engine.rawValue)
            emitter.field("handle", volume.handle)
            emitter.field("size", quantity: volume.size)
            emitter.field("desiredReplicas", number: volume.desiredReplicas.map { Int64($0) })
            emitter.field("accessModes", texts: volume.accessModes)
            emitter.field("attachedTo", volume.attachedTo)
            emitter.field("parameters", map: volume.parameters)
            guard !volume.replicas.isEmpty else { return }
            emitter.key("replicas")
            emitter.list(volume.replicas) { $0.replica($1) }
        }
    }

    private mutating func replica(_ replica: Replica) {
        object { emitter in
            emitter.field("node", replica.node)
            emitter.field("pool", replica.pool)
            if replica.state != .inSync { emitter.field("state", replica.state.word) }
            switch replica.state {
            case .syncing(let progress):
                emitter.field("progress", number: progress)
            case .stale(let bytes, let seconds):
                emitter.field("lagBytes", quantity: bytes)
                emitter.field("lagSeconds", number: seconds)
            case .inSync, .failed:
                break
            }
        }
    }

    mutating func claim(_ claim: Claim) {
        object { emitter in
            emitter.field("namespace", claim.namespace)
            emitter.field("name", claim.name)
            emitter.field("uid", claim.uid)
            emitter.field("volume", claim.volume)
            emitter.field("storageClass", claim.storageClass)
            if claim.phase != ClaimPhase.implied(volume: claim.volume) { emitter.field("phase", claim.phase.rawValue) }
            emitter.field("requested", quantity: claim.requested)
            emitter.field("annotations", map: claim.annotations)
        }
    }

    mutating func storageClass(_ storageClass: StorageClass) {
        object { emitter in
            emitter.field("name", storageClass.name)
            emitter.field("provisioner", storageClass.provisioner)
            if storageClass.binding != .immediate { emitter.field("binding", storageClass.binding.rawValue) }
            emitter.field("parameters", map: storageClass.parameters)
        }
    }

    mutating func pod(_ pod: Pod) {
        object { emitter in
            emitter.field("namespace", pod.namespace)
            emitter.field("name", pod.name)
            emitter.field("uid", pod.uid)
            emitter.field("node", pod.node)
            emitter.field("annotations", map: pod.annotations)
            emitter.field("claims", texts: pod.claims)
            guard !pod.ephemeral.isEmpty else { return }
            emitter.key("ephemeral")
            emitter.list(pod.ephemeral) { emitter, volume in
                emitter.object { emitter in
                    emitter.field("name", volume.name)
                    emitter.field("storageClass", volume.storageClass)
                    emitter.field("requested", quantity: volume.requested)
                }
            }
        }
    }

    mutating func volumeAttachment(_ attachment: VolumeAttachment) {
        object { emitter in
            emitter.field("name", attachment.name)
            emitter.field("volume", attachment.volume)
            emitter.field("node", attachment.node)
            if !attachment.attached { emitter.field("attached", bool: false) }
        }
    }
}
