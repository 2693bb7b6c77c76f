internal import GRDB

extension TopologyCache {
    /// Where the cache stands.
    ///
    /// - Throws: ``CacheError``.
    public var state: CacheState {
        get throws(CacheError) { try read(CacheSchema.state) }
    }

    /// Stores a batch of changes in one transaction: all of them, or none.
    ///
    /// - Parameters:
    ///   - changes: what changed, in its order. An empty batch confirms that the topology is as recent as `time`.
    ///   - source: what the changes were read from; `nil` leaves the stored source as it is.
    ///   - time: when they were seen.
    /// - Returns: the cache's generation.
    /// - Throws: ``CacheError``.
    @discardableResult
    public func apply(
        _ changes: [TopologyChange], source: String? = nil, at time: Timestamp
    ) throws(CacheError) -> Int64 {
        let logLimit = logLimit
        return try write { db in
            try Self.store(changes, source: source, at: time, logLimit: logLimit, in: db)
        }
    }

    /// Makes the stored topology equal to another one, writing only what differs, in one transaction.
    ///
    /// - Parameters:
    ///   - topology: the whole topology, in any order.
    ///   - source: what it was read from.
    ///   - time: when it was read.
    /// - Returns: what changed; empty where it was stored already. The generation grows only with changes.
    /// - Throws: ``CacheError``.
    @discardableResult
    public func replace(
        with topology: ClusterTopology, source: String, at time: Timestamp
    ) throws(CacheError) -> [TopologyChange] {
        let topology = topology.canonical()
        let logLimit = logLimit
        return try write { db in
            let changes = try Self.topology(in: db).changes(to: topology)
            try Self.store(changes, source: source, at: time, logLimit: logLimit, in: db)
            return changes
        }
    }

    /// The stored topology, in the canonical order.
    ///
    /// - Throws: ``CacheError``.
    public func topology() throws(CacheError) -> ClusterTopology {
        try read(Self.topology)
    }

    /// Hands over every stored entity as a change, without holding the whole topology in memory.
    ///
    /// Nodes come first, then storage classes, volumes, claims, pods and attachments, all of one generation: a writer
    /// may go on meanwhile.
    ///
    /// - Parameter body: is called for each; it must not call the cache. What it throws ends the reading.
    /// - Returns: the state that belongs to the entities.
    /// - Throws: ``CacheError``, or what the body throws.
    @discardableResult
    public func enumerate(_ body: (TopologyChange) throws -> Void) throws -> CacheState {
        var thrown: (any Error)?
        do {
            return try read { db in
                var reader = TopologyReader(db)
                try reader.forEach { change in
                    do {
                        try body(change)
                    } catch {
                        thrown = error
                        throw error
                    }
                }
                return try CacheSchema.state(db)
            }
        } catch {
            throw thrown ?? error
        }
    }

    private static func topology(in db: Database) throws -> ClusterTopology {
        var topology = ClusterTopology()
        var reader = TopologyReader(db)
        try reader.forEach { change in
            switch change {
            case .node(let node): topology.nodes.append(node)
            case .volume(let volume): topology.volumes.append(volume)
            case .claim(let claim): topology.claims.append(claim)
            case .storageClass(let storageClass): topology.storageClasses.append(storageClass)
            case .pod(let pod): topology.pods.append(pod)
            case .volumeAttachment(let attachment): topology.volumeAttachments.append(attachment)
            case .nodeRemoved, .volumeRemoved, .claimRemoved, .storageClassRemoved, .podRemoved,
                .volumeAttachmentRemoved:
                break
            }
        }
        // SQLite orders texts by their bytes, Swift by their canonical form: the two differ beyond ASCII.
        return topology.canonical()
    }

    @discardableResult
    private static func store(
        _ changes: [TopologyChange], source: String?, at time: Timestamp, logLimit: Int, in db: Database
    ) throws -> Int64 {
        let writer = ChangeWriter(db, time: time)
        for change in changes { try writer.apply(change) }
        try writer.finish(keeping: logLimit)
        try SQLStatement(
            db, "UPDATE meta SET generation = generation + ?, source = coalesce(?, source), saved_at = ?"
        ).run(changes.isEmpty ? 0 : 1, source, time)
        return try CacheSchema.state(db).generation
    }
}
