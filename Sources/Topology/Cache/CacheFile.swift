#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Where a cache lies, and what the file system has to say about it.
///
/// None of this opens the database file while SQLite may have it open: closing a descriptor of it would drop SQLite's
/// locks.
struct CacheFile: Sendable {
    /// The path as it was given, for messages.
    let path: String
    /// The same from the root, so that SQLite takes no path for one of its special names.
    let absolute: String

    var lock: String { absolute + ".lock" }
    var log: String { absolute + "-wal" }
    var sharedMemory: String { absolute + "-shm" }
    var journal: String { absolute + "-journal" }
    var folder: String { String(absolute[..<(absolute.lastIndex(of: "/") ?? absolute.startIndex)]) + "/" }

    init(_ path: String) throws(CacheError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw CacheError(
                .io, "the cache's path \"\(path)\" is no file name: name a file, such as /var/lib/jabiru/topology.db")
        }
        self.path = path
        if path.hasPrefix("/") {
            absolute = path
        } else {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            guard getcwd(&buffer, buffer.count) != nil else {
                throw CacheError(
                    .io, "the cache \(path) cannot be found: \(Self.text(errno)); give its path from the root")
            }
            let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            absolute = String(decoding: bytes, as: UTF8.self) + "/" + path
        }
    }

    /// What identifies a file's content without reading it.
    struct Stamp: Hashable {
        var inode: UInt64
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
        var isFolder: Bool
    }

    /// - Returns: `nil` where there is no such file.
    func stamp(of file: String) throws(CacheError) -> Stamp? {
        var info = stat()
        guard stat(file, &info) == 0 else {
            if errno == ENOENT { return nil }
            throw error(errno, "read")
        }
        #if canImport(Darwin)
            let modified = info.st_mtimespec
        #else
            let modified = info.st_mtim
        #endif
        return Stamp(
            inode: UInt64(info.st_ino), size: Int64(info.st_size), seconds: Int(modified.tv_sec),
            nanoseconds: Int(modified.tv_nsec), isFolder: info.st_mode & S_IFMT == S_IFDIR)
    }

    /// Makes the folder that the cache lies in, and those above it.
    func makeFolder() throws(CacheError) {
        var end = absolute.startIndex
        while let slash = absolute[absolute.index(after: end)...].firstIndex(of: "/") {
            end = slash
            let folder = String(absolute[..<slash])
            guard mkdir(folder, 0o755) != 0 else { continue }
            // A file system may be read-only, or closed to us, above the folders we need: only a missing one matters.
            let failure = errno
            if failure != EEXIST, try stamp(of: folder) == nil { throw error(failure, "create", folder) }
        }
    }

    /// Checks that the file, where there is one, and its folder can be written.
    func requireWritable() throws(CacheError) {
        if let stamp = try stamp(of: absolute) {
            if stamp.isFolder { throw isFolder }
            if access(absolute, W_OK | R_OK) != 0 { throw error(errno, "write") }
        }
        if access(folder, W_OK | X_OK) != 0 { throw error(errno, "write") }
    }

    /// Checks that the file can be read.
    func requireReadable() throws(CacheError) {
        if access(absolute, R_OK) != 0 { throw error(errno, "read") }
    }

    /// The file for SQLite, with the promise that nobody changes it meanwhile.
    var immutableURI: String {
        let plain = Set("/-._~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var uri = "file://"
        for byte in absolute.utf8 {
            if plain.contains(byte) {
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                uri += (byte < 0x10 ? "%0" : "%") + String(byte, radix: 16)
            }
        }
        return uri + "?immutable=1"
    }

    /// Whether nothing, or next to nothing, fits on the file system any more.
    var isDiskFull: Bool {
        var info = statvfs()
        guard statvfs(folder, &info) == 0 else { return false }
        // SQLite's shared memory grows by 32 KiB.
        return UInt64(info.f_bavail) * UInt64(info.f_frsize) < 64 << 10 || (info.f_files > 0 && info.f_favail == 0)
    }

    /// The first bytes of a file that SQLite refuses to read.
    func header() -> [UInt8] {
        let descriptor = open(absolute, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        return Array(bytes.prefix(max(count, 0)))
    }
}

// MARK: - Errors

extension CacheFile {
    var isFolder: CacheError {
        CacheError(.notACache, "the cache \(path) is a folder: name a file in it, such as \(path)/topology.db")
    }

    var diskFull: CacheError {
        CacheError(
            .diskFull,
            "the disk that holds the cache \(path) is full: make room there; what was stored before is still whole")
    }

    var readOnly: CacheError {
        CacheError(
            .readOnly,
            """
            the cache \(path) cannot be written, as it, its folder or its file system is read-only: \
            make it writable, or name another --cache
            """)
    }

    var permissionDenied: CacheError {
        CacheError(
            .permissionDenied,
            """
            this process may not open the cache \(path): \
            let it read and write the file and its folder, or name another --cache
            """)
    }

    /// The error for a failed system call.
    ///
    /// - Parameter action: what was tried, as in "cannot read".
    func error(_ errno: Int32, _ action: String, _ object: String? = nil) -> CacheError {
        switch errno {
        case EROFS: return readOnly
        case EACCES, EPERM: return permissionDenied
        case ENOSPC, EDQUOT: return diskFull
        case ENOENT, ENOTDIR:
            return CacheError(
                .missing, "there is no folder for the cache \(path): \(Self.text(errno)); name another --cache")
        case EISDIR: return isFolder
        default:
            let object = object.map { " (\($0))" } ?? ""
            return CacheError(
                .io,
                """
                cannot \(action) the cache \(path)\(object): \(Self.text(errno)); \
                check the disk, or name another --cache
                """)
        }
    }

    static func text(_ errno: Int32) -> String { strerror(errno).map { String(cString: $0) } ?? "error \(errno)" }
}
