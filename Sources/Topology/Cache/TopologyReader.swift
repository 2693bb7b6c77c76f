internal import GRDB

/// Reads the stored topology, within one transaction, entity by entity.
///
/// Parents and children are read side by side, both in the order of the parent's key: one pass over each table, no
/// query per parent, and no more than one entity in memory. That the keys ascend is checked: a damaged key would hide
/// its row from every later change, and SQLite's quick check does not look at their order.
struct TopologyReader {
    let db: Database
    private var stringMaps = JSONMemo(CacheJSON.decodeMap)
    private var stringLists = JSONMemo(CacheJSON.decodeList)

    init(_ db: Database) {
        self.db = db
    }

    /// Hands over every entity: nodes, storage classes, volumes, claims, pods, attachments; each kind by its key.
    mutating func forEach(_ body: (TopologyChange) throws -> Void) throws {
        try nodes { try body(.node($0)) }
        try storageClasses { try body(.storageClass($0)) }
        try volumes { try body(.volume($0)) }
        try claims { try body(.claim($0)) }
        try pods { try body(.pod($0)) }
        try volumeAttachments { try body(.volumeAttachment($0)) }
    }

    private mutating func nodes(_ body: (Node) throws -> Void) throws {
        let storage = try ChildRows(
            db, "SELECT node, engine, health, since, reason FROM node_storage ORDER BY node, engine", parentColumns: 1,
            keyColumns: 2)
        let pools = try ChildRows(
            db,
            "SELECT node, engine, name, media, capacity, available, health FROM pool ORDER BY node, engine, name",
            parentColumns: 1, keyColumns: 3)
        try forEachRow(
            "SELECT name, uid, addresses, region, zone, rack, schedulable, kubelet, annotations FROM node ORDER BY name",
            keyColumns: 1
        ) { row in
            var node = Node(
                name: try row.text(0), uid: try row.optionalText(1),
                addresses: try stringLists.value(of: row.bytes(2)), region: try row.optionalText(3),
                zone: try row.optionalText(4), rack: try row.optionalText(5), schedulable: try row.bool(6),
                kubelet: try row.word(7), annotations: try stringMaps.value(of: row.bytes(8)))
            try storage.forEach(of: row) { child in
                node.storage.append(
                    StorageState(
                        engine: try child.word(1), health: try child.word(2), since: try child.optionalTime(3),
                        reason: try child.optionalText(4)))
            }
            try pools.forEach(of: row) { child in
                node.pools.append(
                    Pool(
                        engine: try child.word(1), name: try child.text(2), media: try child.optionalText(3),
                        capacity: try child.optionalInteger(4), available: try child.optionalInteger(5),
                        health: try child.word(6)))
            }
            try body(node)
        }
        try storage.finish()
        try pools.finish()
    }

    private mutating func volumes(_ body: (Volume) throws -> Void) throws {
        let replicas = try ChildRows(
            db,
            """
            SELECT volume, node, pool, state, progress, stale_bytes, stale_seconds FROM replica ORDER BY volume, node
            """,
            parentColumns: 1, keyColumns: 2)
        try forEachRow(
            """
            SELECT name, engine, handle, size, desired_replicas, access_modes, attached_to, parameters
            FROM volume ORDER BY name
            """,
            keyColumns: 1
        ) { row in
            var volume = Volume(
                name: try row.text(0), engine: try row.word(1), handle: try row.optionalText(2),
                size: try row.integer(3), desiredReplicas: try row.optionalCount(4),
                accessModes: try stringLists.value(of: row.bytes(5)), attachedTo: try row.optionalText(6),
                parameters: try stringMaps.value(of: row.bytes(7)))
            try replicas.forEach(of: row) { child in
                volume.replicas.append(
                    Replica(
                        node: try child.text(1), pool: try child.optionalText(2), state: try Self.state(child)))
            }
            try body(volume)
        }
        try replicas.finish()
    }

    private static func state(_ row: SQLStatement) throws -> ReplicaState {
        switch try row.text(3) {
        case "inSync": .inSync
        case "syncing": .syncing(progress: try row.real(4))
        case "stale": .stale(bytes: try row.optionalInteger(5), seconds: try row.optionalInteger(6))
        case "failed": .failed
        case let word: throw row.malformed(3, "holds the unknown word \"\(word)\"")
        }
    }

    private mutating func claims(_ body: (Claim) throws -> Void) throws {
        try forEachRow(
            """
            SELECT namespace, name, uid, volume, storage_class, phase, requested, annotations
            FROM claim ORDER BY namespace, name
            """,
            keyColumns: 2
        ) { row in
            try body(
                Claim(
                    namespace: try row.text(0), name: try row.text(1), uid: try row.optionalText(2),
                    volume: try row.optionalText(3), storageClass: try row.optionalText(4),
                    phase: try row.word(5, as: ClaimPhase.self), requested: try row.optionalInteger(6),
                    annotations: try stringMaps.value(of: row.bytes(7))))
        }
    }

    private mutating func storageClasses(_ body: (StorageClass) throws -> Void) throws {
        try forEachRow("SELECT name, provisioner, binding, parameters FROM storage_class ORDER BY name", keyColumns: 1)
        {
            row in
            try body(
                StorageClass(
                    name: try row.text(0), provisioner: try row.text(1), binding: try row.word(2),
                    parameters: try stringMaps.value(of: row.bytes(3))))
        }
    }

    private mutating func pods(_ body: (Pod) throws -> Void) throws {
        let claims = try ChildRows(
            db, "SELECT namespace, pod, position, name FROM pod_claim ORDER BY namespace, pod, position",
            parentColumns: 2, keyColumns: 0)
        let ephemeral = try ChildRows(
            db,
            """
            SELECT namespace, pod, position, name, storage_class, requested
            FROM pod_ephemeral ORDER BY namespace, pod, position
            """,
            parentColumns: 2, keyColumns: 0)
        try forEachRow(
            "SELECT namespace, name, uid, node, annotations FROM pod ORDER BY namespace, name", keyColumns: 2
        ) { row in
            var pod = Pod(
                namespace: try row.text(0), name: try row.text(1), uid: try row.optionalText(2),
                node: try row.optionalText(3), annotations: try stringMaps.value(of: row.bytes(4)))
            try claims.forEach(of: row) { child in
                try Self.expect(child, position: pod.claims.count)
                pod.claims.append(try child.text(3))
            }
            try ephemeral.forEach(of: row) { child in
                try Self.expect(child, position: pod.ephemeral.count)
                pod.ephemeral.append(
                    EphemeralVolume(
                        name: try child.text(3), storageClass: try child.optionalText(4),
                        requested: try child.optionalInteger(5)))
            }
            try body(pod)
        }
        try claims.finish()
        try ephemeral.finish()
    }

    private static func expect(_ row: SQLStatement, position: Int) throws {
        guard try row.count(2) == position else { throw row.malformed(2, "is out of order") }
    }

    private func volumeAttachments(_ body: (VolumeAttachment) throws -> Void) throws {
        try forEachRow("SELECT name, volume, node, attached FROM volume_attachment ORDER BY name", keyColumns: 1) {
            row in
            try body(
                VolumeAttachment(
                    name: try row.text(0), volume: try row.text(1), node: try row.text(2), attached: try row.bool(3)))
        }
    }

    /// Runs a query whose leading columns are the table's key, and checks that they ascend.
    private func forEachRow(_ sql: String, keyColumns: Int32, body: (SQLStatement) throws -> Void) throws {
        var order = KeyOrder(columns: keyColumns)
        try SQLStatement(db, sql).forEachRow { row in
            try order.check(row)
            try body(row)
        }
    }
}

/// Checks that the leading text columns of a query's rows, its key, ascend.
private struct KeyOrder {
    private let columns: Int32
    private var last: [[UInt8]] = []

    init(columns: Int32) {
        self.columns = columns
    }

    mutating func check(_ row: SQLStatement) throws {
        var isAscending = last.isEmpty
        for column in 0..<columns {
            let key = try row.bytes(column)
            guard last.count == Int(columns) else {
                last.append(Array(key))
                continue
            }
            if !isAscending {
                let order = last[Int(column)].withUnsafeBytes { $0.order(against: key) }
                if order > 0 { break }
                isAscending = order < 0
            }
            last[Int(column)].replaceSubrange(0..., with: key)
        }
        guard isAscending else { throw row.malformed(0, "is out of order") }
    }
}

/// The rows of a child table in the order of their parents, read in step with them.
private final class ChildRows {
    private let rows: SQLStatement
    private let parentColumns: Int32
    private var order: KeyOrder?
    private var hasRow: Bool

    /// - Parameters:
    ///   - parentColumns: how many leading columns hold the parent's key, as the parent's leading columns do.
    ///   - keyColumns: how many leading columns are the row's own key; 0 where it ends with a number, which the caller
    ///     has to check.
    init(_ db: Database, _ sql: String, parentColumns: Int32, keyColumns: Int32) throws {
        rows = try SQLStatement(db, sql)
        self.parentColumns = parentColumns
        order = keyColumns == 0 ? nil : KeyOrder(columns: keyColumns)
        hasRow = try rows.step()
    }

    deinit { rows.reset() }

    /// Hands over the rows of the parent's current row.
    func forEach(of parent: SQLStatement, _ body: (SQLStatement) throws -> Void) throws {
        while hasRow, try belongs(to: parent) {
            try order?.check(rows)
            try body(rows)
            hasRow = try rows.step()
        }
    }

    /// To be called after the last parent.
    ///
    /// A row without a parent stops all rows after it, so that one is always left over; the writer leaves none
    /// behind.
    func finish() throws {
        if hasRow { throw rows.malformed(0, "names a parent that is not there") }
    }

    private func belongs(to parent: SQLStatement) throws -> Bool {
        for column in 0..<parentColumns {
            guard try rows.bytes(column).isSame(as: parent.bytes(column)) else { return false }
        }
        return true
    }
}
