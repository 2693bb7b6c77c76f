internal import GRDB

/// Stores changes, within one transaction of the writer's connection.
///
/// A parent's children are removed here rather than by the foreign keys: with these enforced, SQLite makes a temporary
/// B-tree each time that a parent's children are replaced, which more than doubles the time of a batch.
struct ChangeWriter {
    private let db: Database
    private let transitions: HealthTransitionLog

    /// - Parameter time: when the changes were seen; the time of the health transitions that follow from them.
    init(_ db: Database, time: Timestamp) {
        self.db = db
        transitions = HealthTransitionLog(db, time: time)
    }

    /// Stores a change.
    ///
    /// - Throws: A ``CacheError`` with the code `invalid` where the change cannot be stored; any other error of
    ///   SQLite's as it is.
    func apply(_ change: TopologyChange) throws {
        do {
            switch change {
            case .node(let node): try store(node)
            case .nodeRemoved(let name): try removeNode(name)
            case .volume(let volume): try store(volume)
            case .volumeRemoved(let name): try removeVolume(name)
            case .claim(let claim): try store(claim)
            case .claimRemoved(let namespace, let name):
                try run("DELETE FROM claim WHERE namespace = ? AND name = ?", namespace, name)
            case .storageClass(let storageClass): try store(storageClass)
            case .storageClassRemoved(let name): try run("DELETE FROM storage_class WHERE name = ?", name)
            case .pod(let pod): try store(pod)
            case .podRemoved(let namespace, let name): try removePod(namespace, name)
            case .volumeAttachment(let attachment): try store(attachment)
            case .volumeAttachmentRemoved(let name): try run("DELETE FROM volume_attachment WHERE name = ?", name)
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw CacheError(.invalid, "\(change.subject) cannot be stored: \(error.brokenRule)")
        }
    }

    /// Cuts the log of health transitions to its bound.
    func finish(keeping limit: Int) throws {
        try transitions.trim(to: limit)
    }

    private func run<each Value: SQLBindable>(_ sql: String, _ values: repeat each Value) throws {
        try SQLStatement(db, sql).run(repeat each values)
    }
}

// MARK: - Nodes

extension ChangeWriter {
    private func store(_ node: Node) throws {
        try transitions.note(node: node.name, storage: node.storage)
        try run(
            """
            REPLACE INTO node (name, uid, addresses, region, zone, rack, schedulable, kubelet, annotations)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            node.name, node.uid, CacheJSON.encode(node.addresses), node.region, node.zone, node.rack,
            node.schedulable, node.kubelet.rawValue, CacheJSON.encode(node.annotations))
        try removeChildren(ofNode: node.name)
        for storage in node.storage {
            try run(
                "INSERT INTO node_storage (node, engine, health, since, reason) VALUES (?, ?, ?, ?, ?)",
                node.name, storage.engine.rawValue, storage.health.rawValue, storage.since, storage.reason)
        }
        for pool in node.pools {
            try run(
                """
                INSERT INTO pool (node, engine, name, media, capacity, available, health) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                node.name, pool.engine.rawValue, pool.name, pool.media, pool.capacity, pool.available,
                pool.health.rawValue)
        }
    }

    private func removeNode(_ name: String) throws {
        try transitions.note(node: name, storage: [])
        try removeChildren(ofNode: name)
        try run("DELETE FROM node WHERE name = ?", name)
    }

    private func removeChildren(ofNode name: String) throws {
        try run("DELETE FROM node_storage WHERE node = ?", name)
        try run("DELETE FROM pool WHERE node = ?", name)
    }
}

// MARK: - Volumes and claims

extension ChangeWriter {
    private func store(_ volume: Volume) throws {
        try run(
            """
            REPLACE INTO volume (name, engine, handle, size, desired_replicas, access_modes, attached_to, parameters)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            volume.name, volume.engine.rawValue, volume.handle, volume.size, volume.desiredReplicas,
            CacheJSON.encode(volume.accessModes), volume.attachedTo, CacheJSON.encode(volume.parameters))
        try run("DELETE FROM replica WHERE volume = ?", volume.name)
        for replica in volume.replicas {
            var progress: Double?
            var lag: (bytes: Int64?, seconds: Int64?)
            switch replica.state {
            case .inSync, .failed: break
            case .syncing(let share): progress = share
            case .stale(let bytes, let seconds): lag = (bytes, seconds)
            }
            try run(
                """
                INSERT INTO replica (volume, node, pool, state, progress, stale_bytes, stale_seconds)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                volume.name, replica.node, replica.pool, replica.state.word, progress, lag.bytes, lag.seconds)
        }
    }

    private func removeVolume(_ name: String) throws {
        try run("DELETE FROM replica WHERE volume = ?", name)
        try run("DELETE FROM volume WHERE name = ?", name)
    }

    private func store(_ attachment: VolumeAttachment) throws {
        try run(
            """
            REPLACE INTO volume_attachment (name, volume, node, attached) VALUES (?, ?, ?, ?)
            """,
            attachment.name, attachment.volume, attachment.node, attachment.attached)
    }

    private func store(_ claim: Claim) throws {
        try run(
            """
            REPLACE INTO claim (namespace, name, uid, volume, storage_class, phase, requested, annotations)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            claim.namespace, claim.name, claim.uid, claim.volume, claim.storageClass, claim.phase.rawValue,
            claim.requested, CacheJSON.encode(claim.annotations))
    }

    private func store(_ storageClass: StorageClass) throws {
        try run(
            """
            REPLACE INTO storage_class (name, provisioner, binding, parameters) VALUES (?, ?, ?, ?)
            """,
            storageClass.name, storageClass.provisioner, storageClass.binding.rawValue,
            CacheJSON.encode(storageClass.parameters))
    }
}

// MARK: - Pods

extension ChangeWriter {
    private func store(_ pod: Pod) throws {
        try run(
            """
            REPLACE INTO pod (namespace, name, uid, node, annotations) VALUES (?, ?, ?, ?, ?)
            """,
            pod.namespace, pod.name, pod.uid, pod.node, CacheJSON.encode(pod.annotations))
        try removeChildren(ofPod: pod.namespace, pod.name)
        for (position, claim) in pod.claims.enumerated() {
            try run(
                "INSERT INTO pod_claim (namespace, pod, position, name) VALUES (?, ?, ?, ?)",
                pod.namespace, pod.name, position, claim)
        }
        for (position, volume) in pod.ephemeral.enumerated() {
            try run(
                """
                INSERT INTO pod_ephemeral (namespace, pod, position, name, storage_class, requested)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                pod.namespace, pod.name, position, volume.name, volume.storageClass, volume.requested)
        }
    }

    private func removePod(_ namespace: String, _ name: String) throws {
        try removeChildren(ofPod: namespace, name)
        try run("DELETE FROM pod WHERE namespace = ? AND name = ?", namespace, name)
    }

    private func removeChildren(ofPod namespace: String, _ name: String) throws {
        try run("DELETE FROM pod_claim WHERE namespace = ? AND pod = ?", namespace, name)
        try run("DELETE FROM pod_ephemeral WHERE namespace = ? AND pod = ?", namespace, name)
    }
}

extension TopologyChange {
    /// What the change is about, for a message.
    var subject: String {
        switch self {
        case .node(let node): "node \(node.name)"
        case .nodeRemoved(let name): "node \(name)"
        case .volume(let volume): "volume \(volume.name)"
        case .volumeRemoved(let name): "volume \(name)"
        case .claim(let claim): "claim \(claim.namespace)/\(claim.name)"
        case .claimRemoved(let namespace, let name): "claim \(namespace)/\(name)"
        case .storageClass(let storageClass): "storage class \(storageClass.name)"
        case .storageClassRemoved(let name): "storage class \(name)"
        case .pod(let pod): "pod \(pod.namespace)/\(pod.name)"
        case .podRemoved(let namespace, let name): "pod \(namespace)/\(name)"
        case .volumeAttachment(let attachment): "volume attachment \(attachment.name)"
        case .volumeAttachmentRemoved(let name): "volume attachment \(name)"
        }
    }
}

extension DatabaseError {
    /// Which rule of the tables a value breaks, in words.
    var brokenRule: String {
        let message = message ?? "it breaks a rule of the cache"
        let check = "CHECK constraint failed: "
        let unique = "UNIQUE constraint failed: "
        if message.hasPrefix(check) { return String(message.dropFirst(check.count)) }
        if message.hasPrefix(unique) { return "it has the same \(message.dropFirst(unique.count)) twice" }
        return message
    }
}
