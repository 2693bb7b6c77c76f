internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The lock that lets one writer at a time have a cache: `flock(2)` on a file beside it.
///
/// The kernel drops it when the process ends, however it ends; the file stays, as removing it would let two writers
/// lock two files of the same name. It cannot be the cache itself: closing any descriptor of a SQLite file drops the
/// locks that SQLite holds on it.
final class CacheLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Takes the lock.
    init(_ file: CacheFile) throws(CacheError) {
        let descriptor = open(file.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw file.error(errno, "lock") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let failure = errno
            defer { close(descriptor) }
            guard failure == EWOULDBLOCK else { throw file.error(failure, "lock") }
            throw Self.inUse(file, by: Self.holder(descriptor))
        }
        // For the message of whoever comes next: the lock holds without it, so a full disk is no reason to fail.
        if ftruncate(descriptor, 0) == 0 {
            let text = "pid \(getpid()): holds the topology cache \(file.path)\n"
            _ = Array(text.utf8).withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Gives the lock back; calling it again does nothing.
    func release() {
        descriptor.withLock { descriptor in
            guard let open = descriptor else { return }
            // Not by closing alone: a child process that is just being started shares the lock until it runs its program.
            flock(open, LOCK_UN)
            close(open)
            descriptor = nil
        }
    }

    private static func holder(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        let text = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        guard text.hasPrefix("pid "), let digits = text.dropFirst(4).split(separator: ":").first else { return nil }
        return Int32(digits)
    }

    private static func inUse(_ file: CacheFile, by holder: Int32?) -> CacheError {
        let path = file.path
        if holder == getpid() {
            return CacheError(.inUse, "the cache \(path) is already open for writing in this process: close it first")
        }
        let whom = holder.map { "another jabiru (pid \($0))" } ?? "another jabiru"
        return CacheError(
            .inUse, "the cache \(path) is in use by \(whom): stop it, or give this one its own --cache")
    }
}
