import Foundation
import Testing
import Topology

/// A small file system in memory, unmounted and removed with it. Linux, as root.
final class SmallDisk {
    let path: String

    /// Why no such disk can be made here; `nil` where it can.
    static let refusal: String? = {
        do {
            _ = try SmallDisk(size: "1m")
            return nil
        } catch {
            return "cannot mount a tmpfs here (\(error)): the tests of full and read-only disks need root"
        }
    }()

    init(size: String) throws {
        path = NSTemporaryDirectory() + "jabiru-disk-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        do {
            try Self.run("mount", "-t", "tmpfs", "-o", "size=\(size)", "tmpfs", path)
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    deinit {
        try? Self.run("umount", "-l", path)
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String = "topology.db") -> String { path + "/" + name }

    func makeReadOnly() throws { try Self.run("mount", "-o", "remount,ro", path) }

    /// Takes all the space that is left.
    func fill() throws {
        guard FileManager.default.createFile(atPath: file("filler"), contents: nil),
            let handle = FileHandle(forWritingAtPath: file("filler"))
        else { throw Failure(text: "no filler") }
        defer { try? handle.close() }
        for block in [65536, 4096] {
            while (try? handle.write(contentsOf: Data(count: block))) != nil {}
        }
    }

    func free() throws { try FileManager.default.removeItem(atPath: file("filler")) }

    struct Failure: Error, CustomStringConvertible {
        var text: String
        var description: String { text }
    }

    static func run(_ arguments: String...) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if process.terminationStatus != 0 {
            throw Failure(text: text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }
}

private let mountRefusal = SmallDisk.refusal

@Suite(.enabled(if: mountRefusal == nil, Comment(rawValue: mountRefusal ?? ""))) struct CacheDiskTests {
    @Test func aFullDiskKeepsTheOldTopologyAndALaterBatchWorks() throws {
        let disk = try SmallDisk(size: "2m")
        let cache = try TopologyCache(path: disk.file(), access: .writer)
        let old = sizedTopology(nodes: 10, volumes: 50)
        try cache.replace(with: old, source: "old", at: .someTime)
        try disk.fill()
        let large = sizedTopology(nodes: 100, volumes: 4000, version: 1)
        for _ in 0..<3 {
            let error = #expect(throws: CacheError.self) {
                try cache.replace(with: large, source: "large", at: .someTime)
            }
            #expect(error?.code == .diskFull)
            #expect(error?.message.contains(disk.file()) == true)
            #expect(try cache.topology() == old)
            #expect(try cache.state.generation == 1)
            #expect(try TopologyCache(path: disk.file(), access: .reader).topology() == old)
        }
        try disk.free()
        let next = sizedTopology(nodes: 11, volumes: 60, version: 2)
        try cache.replace(with: next, source: "next", at: .someTime)
        #expect(try cache.topology() == next)
        try cache.verify()
        try cache.close()
        #expect(try TopologyCache(path: disk.file(), access: .writer).topology() == next)
    }

    @Test(arguments: [false, true]) func aFullDiskAtOpening(exists: Bool) throws {
        let disk = try SmallDisk(size: "1m")
        let topology = sizedTopology(nodes: 10, volumes: 20)
        if exists {
            let cache = try TopologyCache(path: disk.file(), access: .writer)
            try cache.replace(with: topology, source: "test", at: .someTime)
            try cache.close()
        }
        try disk.fill()
        let error = #expect(throws: CacheError.self) { try TopologyCache(path: disk.file(), access: .writer) }
        #expect(error?.code == .diskFull, "\(error?.message ?? "")")
        if exists { #expect(try TopologyCache(path: disk.file(), access: .reader).topology() == topology) }
        try disk.free()
        let cache = try TopologyCache(path: disk.file(), access: .writer)
        #expect(try cache.topology() == (exists ? topology : ClusterTopology()))
        try cache.replace(with: topology, source: "test", at: .someTime)
        try cache.verify()
    }

    /// A disk that fills while the tables are made: whatever was there of them, the next opening makes them whole.
    @Test(arguments: Array(stride(from: 8, through: 160, by: 8))) func aDiskTooSmallForTheTables(kilobytes: Int) throws
    {
        let disk = try SmallDisk(size: "\(kilobytes)k")
        do {
            let cache = try TopologyCache(path: disk.file(), access: .writer)
            try cache.apply([.node(Node(name: "n"))], at: .someTime)
        } catch {
            #expect(error.code == .diskFull, "\(error.message)")
        }
        try SmallDisk.run("mount", "-o", "remount,size=2m", disk.path)
        let cache = try TopologyCache(path: disk.file(), access: .writer)
        try cache.apply([.node(Node(name: "m"))], at: .someTime)
        #expect(try cache.topology().nodes.contains(Node(name: "m")))
        try cache.verify()
    }

    @Test func aReadOnlyFileSystem() throws {
        let disk = try SmallDisk(size: "2m")
        do {
            let cache = try TopologyCache(path: disk.file(), access: .writer)
            try cache.replace(with: fullTopology(), source: "test", at: .someTime)
            try cache.close()
        }
        try disk.makeReadOnly()
        for name in ["topology.db", "new.db", "new/topology.db"] {
            let error = #expect(throws: CacheError.self) {
                try TopologyCache(path: disk.file(name), access: .writer)
            }
            #expect(error?.code == .readOnly, "\(error?.message ?? "")")
        }
        #expect(try TopologyCache(path: disk.file(), access: .reader).topology() == fullTopology())
    }

    /// What a writer that was killed leaves on a disk that is then mounted read-only.
    @Test(arguments: [false, true]) func aLogOnAReadOnlyFileSystem(withSharedMemory: Bool) throws {
        let disk = try SmallDisk(size: "4m")
        do {
            let cache = try TopologyCache(path: disk.file("live.db"), access: .writer)
            try cache.replace(with: fullTopology(), source: "test", at: .someTime)
            for part in ["", "-wal"] + (withSharedMemory ? ["-shm"] : []) {
                try FileManager.default.copyItem(
                    atPath: disk.file("live.db" + part), toPath: disk.file("topology.db" + part))
            }
            try cache.close()
        }
        try disk.makeReadOnly()
        if withSharedMemory {
            #expect(try TopologyCache(path: disk.file(), access: .reader).topology() == fullTopology())
        } else {
            let error = #expect(throws: CacheError.self) {
                try TopologyCache(path: disk.file(), access: .reader)
            }
            #expect(error?.code == .readOnly, "\(error?.message ?? "")")
        }
    }

    @Test func aReadOnlyFileInAWritableFolder() throws {
        let disk = try SmallDisk(size: "2m")
        do {
            let cache = try TopologyCache(path: disk.file(), access: .writer)
            try cache.replace(with: fullTopology(), source: "test", at: .someTime)
            try cache.close()
        }
        // Permissions do not hold root back; a read-only mount of the file does.
        try SmallDisk.run("mount", "--bind", disk.file(), disk.file())
        defer { try? SmallDisk.run("umount", disk.file()) }
        try SmallDisk.run("mount", "-o", "remount,bind,ro", disk.file())
        let error = #expect(throws: CacheError.self) { try TopologyCache(path: disk.file(), access: .writer) }
        #expect(error?.code == .readOnly, "\(error?.message ?? "")")
        #expect(try TopologyCache(path: disk.file(), access: .reader).topology() == fullTopology())
    }
}
