internal import GRDB

extension CacheFile {
    /// The error for whatever went wrong between the cache and SQLite.
    func error(for failure: any Error) -> CacheError {
        switch failure {
        case let error as CacheError: error
        case let row as MalformedRow: corrupt(row.reason)
        case is MalformedJSON: corrupt("a column does not hold the JSON it should")
        case let error as DatabaseError: self.error(for: error)
        default: unexpected("\(failure)")
        }
    }

    private func error(for error: DatabaseError) -> CacheError {
        let message = error.message ?? error.resultCode.description
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_CONSTRAINT:
            return corrupt(message)
        case .SQLITE_ERROR where !message.hasPrefix("could not activate WAL"):
            // The statements are ours and right: so the tables are not.
            return corrupt(message)
        case .SQLITE_NOTADB:
            return notADatabase
        case .SQLITE_FULL:
            return diskFull
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return CacheError(
                .inUse, "another program, perhaps an sqlite3 shell, has locked the cache \(path): end its transaction")
        case .SQLITE_TOOBIG:
            return CacheError(.invalid, "a text is too long for the cache \(path): nothing of its batch was stored")
        case .SQLITE_MISUSE where message == "Connection is closed":
            return CacheError(.closed, "the cache \(path) was closed: open it again")
        case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_DBMOVED:
            return CacheError(
                .io, "the cache \(path) was moved or deleted while it was in use: restart to make a new one")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_IOERR:
            return accessError(error.resultCode) ?? unexpected(message)
        default:
            return unexpected(message)
        }
    }

    /// Why SQLite could not open, read or write the file, as far as the file system tells.
    ///
    /// SQLite's own codes do not tell a full disk from a broken one where it needs shared memory, nor a folder without
    /// permission from a missing one.
    private func accessError(_ code: ResultCode) -> CacheError? {
        do {
            if isDiskFull { return diskFull }
            guard let stamp = try stamp(of: absolute) else { return missing }
            if stamp.isFolder { return isFolder }
            try requireReadable()
            try requireWritable()
        } catch {
            return error
        }
        // All may be written but the file says otherwise: the format's version in its header is not ours.
        return code == .SQLITE_READONLY ? corrupt("its header is damaged") : nil
    }

    /// The error for a file that is no database, or not one of ours: it may have been one before it was damaged.
    var notADatabase: CacheError { looksLikeCache ? corrupt("its header is damaged") : notACache }

    /// Whether a file that SQLite does not take for a cache was one once.
    private var looksLikeCache: Bool {
        let header = header()
        if header.allSatisfy({ $0 == 0 }) { return true }
        let magic = Array("SQLite format 3\0".utf8)
        if header.count < 100 { return header.starts(with: magic.prefix(header.count)) }
        let mark = withUnsafeBytes(of: CacheSchema.applicationID.bigEndian) { Array($0) }
        return Array(header[68..<72]) == mark
    }

    // MARK: - Sentences

    var missing: CacheError {
        CacheError(
            .missing, "there is no cache at \(path): start jabiru serve with --cache \(path), or name another --cache")
    }

    var notACache: CacheError {
        CacheError(
            .notACache, "\(path) is not a topology cache of jabiru: name another --cache; this file is left as it is")
    }

    var changedMeanwhile: CacheError {
        CacheError(.io, "the cache \(path) was changed while it was read, as its writer has just started: try again")
    }

    func newerSchema(_ version: Int) -> CacheError {
        CacheError(
            .newerSchema,
            """
            the cache \(path) was written by a newer jabiru (schema \(version), this one knows up to \
            \(CacheSchema.current)): use that version, or delete the file to have it rebuilt
            """)
    }

    func corrupt(_ reason: String) -> CacheError {
        CacheError(
            .corrupt, "the cache \(path) is damaged (\(reason)): delete the file to have it rebuilt, and check the disk"
        )
    }

    private func unexpected(_ reason: String) -> CacheError {
        CacheError(.io, "cannot use the cache \(path): \(reason); check the disk, or name another --cache")
    }
}
