internal import GRDB
internal import Synchronization

/// The topology on disk: a SQLite file that survives restarts, and that people may read while it is written.
///
/// One writer at a time (`jabiru serve`) stores changes in batches, each in one transaction; any number of readers, in
/// any process, see whole batches only. A power failure may lose the last batches, never part of one: the cache can be
/// rebuilt from the cluster, so commits do not wait for the disk.
///
/// The file has to lie on a local file system: SQLite's write-ahead log needs memory shared between processes.
///
/// All functions block the calling thread while the disk works.
public final class TopologyCache: Sendable {
    /// What a cache is opened for.
    public enum Access: Hashable, Sendable {
        /// To read and write, as the only one. Creates the file and the folders above it where they are missing.
        case writer
        /// To read, also while another process writes. Creates nothing, changes nothing.
        case reader
    }

    private enum Backend: Sendable {
        case writer(DatabasePool, CacheLock)
        // A connection for each read: what the right way to open the file is changes with what its writer does.
        case reader
    }

    /// How many entries each log keeps.
    let logLimit: Int

    private let file: CacheFile
    private let backend: Backend
    private let isClosed = Mutex(false)

    /// Opens a cache.
    ///
    /// A writer checks the whole file for damage first: about 0.2 s with 5,000 nodes and 100,000 volumes.
    ///
    /// - Parameters:
    ///   - path: the file; `-wal`, `-shm` and `.lock` files appear beside it.
    ///   - access: what for.
    ///   - logLimit: how many entries each of the logs keeps, the newest.
    /// - Throws: ``CacheError``. After `corrupt`, ``setAside(path:now:)`` makes room for a new file.
    public init(path: String, access: Access, logLimit: Int = 10_000) throws(CacheError) {
        let file = try CacheFile(path)
        self.file = file
        self.logLimit = max(logLimit, 0)
        switch access {
        case .writer:
            try file.makeFolder()
            try file.requireWritable()
            let lock = try CacheLock(file)
            backend = .writer(try CacheOpening(file).openWriter(), lock)
        case .reader:
            backend = .reader
            try CacheOpening(file).read { db in try CacheSchema.verify(db) }
        }
    }

    deinit { try? close() }

    /// Closes the cache and lets another writer have it; calling it again does nothing.
    ///
    /// - Throws: ``CacheError`` where what was written last could not be moved from the log into the file. It is read
    ///   from the log the next time.
    public func close() throws(CacheError) {
        let wasClosed = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        if wasClosed { return }
        guard case .writer(let pool, let lock) = backend else { return }
        // Only a last connection that may write moves the log into the file: the reading ones have to go first.
        pool.releaseMemory()
        defer { lock.release() }
        do {
            try pool.close()
        } catch {
            throw file.error(for: error)
        }
    }

    /// Checks the whole cache for damage, more thoroughly than opening it does: indices against their tables as well.
    ///
    /// - Throws: ``CacheError`` with the code `corrupt` where there is some.
    public func verify() throws(CacheError) {
        try read(CacheSchema.fullCheck)
    }

    // MARK: - Access for the other parts of the cache

    func read<Value>(_ body: (Database) throws -> Value) throws(CacheError) -> Value {
        try requireOpen()
        switch backend {
        case .writer(let pool, _):
            do {
                return try pool.read(body)
            } catch {
                throw file.error(for: error)
            }
        case .reader:
            return try CacheOpening(file).read(body)
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(CacheError) -> Value {
        try requireOpen()
        guard case .writer(let pool, _) = backend else {
            throw CacheError(
                .readOnly, "the cache \(file.path) was opened for reading: open it as its writer to change it")
        }
        do {
            return try pool.write(body)
        } catch {
            throw file.error(for: error)
        }
    }

    private func requireOpen() throws(CacheError) {
        if isClosed.withLock({ $0 }) {
            throw CacheError(.closed, "the cache \(file.path) was closed: open it again")
        }
    }
}
