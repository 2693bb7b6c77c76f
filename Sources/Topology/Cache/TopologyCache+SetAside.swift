internal import FoundationEssentials

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension TopologyCache {
    /// How many damaged caches are kept for a look at what happened.
    private static let keptCorruptFiles = 3

    /// Renames a damaged cache, so that a new one can take its place.
    ///
    /// Only the newest three such files are kept.
    ///
    /// - Parameters:
    ///   - path: the cache.
    ///   - now: the time for the new name.
    /// - Returns: the new name: `<path>.corrupt-<time>`.
    /// - Throws: ``CacheError``: `inUse` where somebody writes the cache.
    @discardableResult
    public static func setAside(path: String, now: Timestamp = .now) throws(CacheError) -> String {
        let file = try CacheFile(path)
        guard let stamp = try file.stamp(of: file.absolute) else { throw file.missing }
        if stamp.isFolder { throw file.isFolder }
        let lock = try CacheLock(file)
        defer { lock.release() }
        var time = now
        while try file.stamp(of: file.absolute + suffix(time)) != nil { time.milliseconds += 1 }
        let suffix = suffix(time)
        // The file first: a log without its file is dropped by SQLite, a file without its log would be taken for sound.
        for part in ["", "-wal", "-shm", "-journal"]
        where rename(file.absolute + part, file.absolute + suffix + part) != 0 && errno != ENOENT {
            throw file.error(errno, "set aside")
        }
        prune(file)
        return path + suffix
    }

    private static func suffix(_ time: Timestamp) -> String {
        let milliseconds = ((time.milliseconds % 1000) + 1000) % 1000
        let seconds = Timestamp(milliseconds: time.milliseconds - milliseconds)
        let digits = String(milliseconds)
        let fraction = String(repeating: "0", count: 3 - digits.count) + digits
        // Fixed width and without colons: names sort by time and need no quotes.
        return ".corrupt-" + seconds.rfc3339.filter { $0 != "-" && $0 != ":" && $0 != "Z" } + ".\(fraction)Z"
    }

    /// Drops the oldest; a file that cannot be removed is no reason to fail.
    private static func prune(_ file: CacheFile) {
        let prefix = String(file.absolute.dropFirst(file.folder.count)) + ".corrupt-"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: file.folder)) ?? []
        let caches = names.filter { $0.hasPrefix(prefix) && $0.hasSuffix("Z") }.sorted()
        for name in caches.dropLast(keptCorruptFiles) {
            for part in ["", "-wal", "-shm", "-journal"] { unlink(file.folder + name + part) }
        }
    }
}
