internal import GRDB
internal import GRDBSQLite

/// A prepared statement whose values are bound and read by position, byte for byte.
///
/// GRDB's own conversions cut a text at its first NUL and stop the process on a column of another type than expected.
/// A cache has to keep any text as it is, and has to survive a damaged file, so this goes to SQLite's functions
/// directly; the connection, its transactions and the statement's life stay GRDB's.
struct SQLStatement {
    private let statement: Statement
    private var handle: SQLiteStatement { statement.sqliteStatement }

    /// Takes the statement from the connection's cache and makes it ready to run again.
    init(_ db: Database, _ sql: String) throws {
        statement = try db.cachedStatement(sql: sql)
        reset()
    }

    /// Runs a statement that returns no rows.
    func run<each Value: SQLBindable>(_ values: repeat each Value) throws {
        try bind(repeat each values)
        defer { reset() }
        while try step() {}
    }

    /// Runs a query and hands over each row.
    func forEachRow<each Value: SQLBindable>(
        _ values: repeat each Value, body: (SQLStatement) throws -> Void
    ) throws {
        try bind(repeat each values)
        defer { reset() }
        while try step() { try body(self) }
    }

    /// Goes to the next row.
    ///
    /// - Returns: `false` after the last one.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    /// Ends the statement's run, so that it holds no lock and no row any more.
    func reset() {
        // The code only repeats the failure of the step before.
        _ = sqlite3_reset(handle)
    }

    private func bind<each Value: SQLBindable>(_ values: repeat each Value) throws {
        var index: Int32 = 0
        for value in repeat each values {
            index += 1
            let code = value.bind(to: handle, at: index)
            guard code == SQLITE_OK else { throw error(code) }
        }
    }

    private func error(_ code: Int32) -> DatabaseError {
        let message = sqlite3_errmsg(sqlite3_db_handle(handle)).map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
}

/// A row's content does not fit the schema: the file is damaged.
struct MalformedRow: Error {
    var reason: String
}

// MARK: - Columns of the current row

extension SQLStatement {
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// The bytes of a text column; valid until the next step.
    func bytes(_ column: Int32) throws -> UnsafeRawBufferPointer {
        try expect(SQLITE_TEXT, column)
        // In this order: asking for the text first fixes the encoding that the length is counted in.
        let start = sqlite3_column_text(handle, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }

    func text(_ column: Int32) throws -> String {
        let bytes = try bytes(column).assumingMemoryBound(to: UInt8.self)
        do {
            return String(copying: try UTF8Span(validating: bytes.span))
        } catch {
            throw malformed(column, "is not UTF-8")
        }
    }

    func optionalText(_ column: Int32) throws -> String? { isNull(column) ? nil : try text(column) }

    func integer(_ column: Int32) throws -> Int64 {
        try expect(SQLITE_INTEGER, column)
        return sqlite3_column_int64(handle, column)
    }

    func optionalInteger(_ column: Int32) throws -> Int64? { isNull(column) ? nil : try integer(column) }

    func count(_ column: Int32) throws -> Int {
        guard let count = Int(exactly: try integer(column)) else { throw malformed(column, "is too large") }
        return count
    }

    func optionalCount(_ column: Int32) throws -> Int? { isNull(column) ? nil : try count(column) }

    func real(_ column: Int32) throws -> Double {
        try expect(SQLITE_FLOAT, column)
        return sqlite3_column_double(handle, column)
    }

    func bool(_ column: Int32) throws -> Bool { try integer(column) != 0 }

    func time(_ column: Int32) throws -> Timestamp { Timestamp(milliseconds: try integer(column)) }

    func optionalTime(_ column: Int32) throws -> Timestamp? { isNull(column) ? nil : try time(column) }

    func word<Word: RawRepresentable<String>>(_ column: Int32, as type: Word.Type = Word.self) throws -> Word {
        let text = try text(column)
        guard let word = Word(rawValue: text) else { throw malformed(column, "holds the unknown word \"\(text)\"") }
        return word
    }

    func optionalWord<Word: RawRepresentable<String>>(_ column: Int32) throws -> Word? {
        isNull(column) ? nil : try word(column)
    }

    func malformed(_ column: Int32, _ reason: String) -> MalformedRow {
        let name = sqlite3_column_name(handle, column).map { String(cString: $0) } ?? "?"
        return MalformedRow(reason: "column \(name) \(reason)")
    }

    private func expect(_ type: Int32, _ column: Int32) throws {
        guard sqlite3_column_type(handle, column) == type else { throw malformed(column, "has the wrong type") }
    }
}
