internal import GRDB

/// Opens the database file of a cache: never one of another program, never one that is damaged.
struct CacheOpening {
    let file: CacheFile

    init(_ file: CacheFile) {
        self.file = file
    }

    // MARK: - Writing

    /// Opens the cache to write; the caller holds its lock.
    func openWriter() throws(CacheError) -> DatabasePool {
        do {
            try claim()
            let pool = try DatabasePool(path: file.absolute, configuration: configuration)
            // On the writer's connection: a migration must not start in between.
            try pool.writeWithoutTransaction { db in
                // In this order: the check goes by the tables' rules, which may be damaged themselves.
                if try requireKnownVersion(db) == CacheSchema.current { try CacheSchema.verify(db) }
                try CacheSchema.quickCheck(db)
            }
            try CacheSchema.migrator.migrate(pool)
            try pool.read(CacheSchema.verify)
            return pool
        } catch {
            throw file.error(for: error)
        }
    }

    /// Makes sure that the file is ours before anything is written to it, and marks a new one as ours.
    ///
    /// The mark is set before the write-ahead log exists, so that no log is ever made for a file without it.
    private func claim() throws {
        let size = try file.stamp(of: file.absolute)?.size ?? 0
        let isHalfMarked = try file.stamp(of: file.journal) != nil
        guard size == 0 || isHalfMarked else {
            // With its log, where there is one: without it, the file alone may be in the middle of being written.
            let path = try hasLog() ? file.absolute : file.immutableURI
            try DatabaseQueue(path: path, configuration: readerConfiguration).read(requireMark)
            return
        }
        try DatabaseQueue(path: file.absolute, configuration: configuration).writeWithoutTransaction { db in
            let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
            if isEmpty, try applicationID(db) == 0 {
                try db.execute(sql: "PRAGMA application_id = \(CacheSchema.applicationID)")
            }
            try requireMark(db)
        }
    }

    private var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "topology cache"
        // Declared for people and for checks; see ChangeWriter for why they are not enforced.
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA secure_delete = OFF;
                    PRAGMA journal_size_limit = 16777216;
                    """)
        }
        return configuration
    }

    // MARK: - Reading

    /// Opens the cache, reads from it in one transaction and closes it.
    ///
    /// Without a log (its writer has closed it) the file is all there is, and SQLite is told that nobody changes it:
    /// so it can be read where nothing can be created, and no lock and no file of ours can get in a writer's way. As
    /// that promise is not ours to give, it is checked afterwards.
    func read<Value>(_ body: (Database) throws -> Value) throws(CacheError) -> Value {
        guard let stamp = try file.stamp(of: file.absolute) else { throw file.missing }
        if stamp.isFolder { throw file.isFolder }
        if stamp.size == 0 { throw file.missing }
        try file.requireReadable()
        let hasLog = try hasLog()
        do {
            let path = hasLog ? file.absolute : file.immutableURI
            let value = try DatabaseQueue(path: path, configuration: readerConfiguration).read { db in
                try requireMark(db)
                try requireKnownVersion(db)
                return try body(db)
            }
            if !hasLog, try file.stamp(of: file.absolute) != stamp { throw file.changedMeanwhile }
            return value
        } catch {
            if !hasLog, try file.stamp(of: file.absolute) != stamp { throw file.changedMeanwhile }
            throw file.error(for: error)
        }
    }

    private var readerConfiguration: Configuration {
        var configuration = configuration
        configuration.readonly = true
        return configuration
    }

    // MARK: - Checks

    private func hasLog() throws(CacheError) -> Bool {
        try file.stamp(of: file.log).map { $0.size > 0 } ?? false
    }

    private func applicationID(_ db: Database) throws -> Int32? {
        try Int32.fetchOne(db, sql: "PRAGMA application_id")
    }

    private func requireMark(_ db: Database) throws {
        if try applicationID(db) != CacheSchema.applicationID { throw file.notADatabase }
    }

    @discardableResult
    private func requireKnownVersion(_ db: Database) throws -> Int {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if version > CacheSchema.current { throw file.newerSchema(version) }
        // Made, but never filled: its writer was stopped in between.
        if version == 0, db.configuration.readonly { throw file.missing }
        return version
    }
}

extension CacheSchema {
    /// Looks for damage in the whole file: its pages, its tables' order and the rules on their values.
    static func quickCheck(_ db: Database) throws {
        let finding = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
        if finding != "ok" { throw MalformedRow(reason: finding) }
    }

    /// Looks for all damage that SQLite knows how to find: also indices against their tables, and children without
    /// their parent.
    static func fullCheck(_ db: Database) throws {
        let finding = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "no answer"
        if finding != "ok" { throw MalformedRow(reason: finding) }
        if let orphan = try String.fetchOne(db, sql: "PRAGMA foreign_key_check") {
            throw MalformedRow(reason: "table \(orphan) has a row without its parent")
        }
    }

    /// Compares the tables with those that this version makes.
    ///
    /// They are text in the file like any other: damage there would change the rules without a sign. Tables and
    /// indices that somebody added are left alone.
    static func verify(_ db: Database) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version == current else { throw MalformedRow(reason: "its schema is not what its version says") }
        let model = try DatabaseQueue()
        try migrator.migrate(model)
        let query = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
        let expected = try model.read { try Row.fetchSet($0, sql: query) }
        let found = try Row.fetchSet(db, sql: query)
        if let lost = expected.subtracting(found).first {
            throw MalformedRow(reason: "\(lost["type"] ?? "") \(lost["name"] ?? "") is not as it should be")
        }
    }

    static func state(_ db: Database) throws -> CacheState {
        var state: CacheState?
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        try SQLStatement(db, "SELECT generation, source, saved_at FROM meta").forEachRow { row in
            state = CacheState(
                generation: try row.integer(0), source: try row.optionalText(1), savedAt: try row.optionalTime(2),
                schemaVersion: version)
        }
        guard let state else { throw MalformedRow(reason: "table meta is empty") }
        return state
    }
}
