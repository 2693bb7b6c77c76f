import Foundation
import Testing
import Topology

/// The `cache-writer` executable, which is built beside the tests.
private enum CacheWriter {
    static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("cache-writer").path

    static func start(_ arguments: [String], output: Pipe) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}

@Suite(.serialized)
struct CacheKillTests {
    private let folder: TemporaryFolder
    private let topologies: [ClusterTopology]

    init() throws {
        try #require(
            FileManager.default.isExecutableFile(atPath: CacheWriter.path),
            "\(CacheWriter.path) was not built with the tests")
        folder = try TemporaryFolder()
        topologies = (0..<2).map { sizedTopology(nodes: 20, volumes: 60, version: $0) }
        for (name, topology) in zip(["a", "b"], topologies) {
            let cache = try TopologyCache(path: folder.file(name), access: .writer)
            try cache.replace(with: topology, source: name, at: .someTime)
            try cache.close()
        }
    }

    private func start(output: Pipe) throws -> Process {
        try CacheWriter.start([folder.file(), folder.file("a"), folder.file("b")], output: output)
    }

    private func kill(_ process: Process) {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private func deleteCache() {
        for part in ["", "-wal", "-shm", "-journal"] {
            try? FileManager.default.removeItem(atPath: folder.file() + part)
        }
    }

    /// The last generation that a killed writer said it had committed; 0 where it came to none.
    private func lastCommitted(_ output: Data) -> Int64 {
        // Without what follows the last line's end: a line that the kill cut short.
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropLast().compactMap { Int64($0) }.last ?? 0
    }

    /// Checks that what a cache holds is one of the writer's topologies, and no older than what it told of.
    private func check(_ access: TopologyCache.Access, _ kept: Int64, _ comment: Comment) throws(CacheError) -> Int64 {
        let cache = try TopologyCache(path: folder.file(), access: access)
        let generation = try cache.state.generation
        let found = try cache.topology()
        #expect(generation >= kept, comment)
        #expect(generation == 0 ? found == ClusterTopology() : topologies.contains(found), comment)
        if access == .writer { try cache.verify() }
        try cache.close()
        return generation
    }

    /// Real processes, killed at any instant: while they start, make the file, write, and move the log into the file.
    ///
    /// What a writer said it had committed stays, through this kill and the ones that follow.
    @Test func aKilledWriterLeavesOneWholeTopology() throws {
        let seed = SeededGenerator.seed()
        var random = SeededGenerator(seed: seed)
        var roundsThatCommitted = 0
        // The generation that the rounds so far left in the file as it is now.
        var kept: Int64 = 0
        for round in 0..<50 {
            let comment: Comment = "round \(round), seed \(seed)"
            if round % 10 == 0 {
                deleteCache()
                kept = 0
            }
            let output = Pipe()
            let process = try start(output: output)
            // Every other one surely gets to write: its first line says that it holds the cache.
            var said = round % 2 == 0 ? Data() : output.fileHandleForReading.availableData
            Thread.sleep(forTimeInterval: Double.random(in: 0...0.15, using: &random))
            #expect(process.isRunning, "the writer ended by itself; \(comment)")
            kill(process)
            said += try output.fileHandleForReading.readToEnd() ?? Data()
            let committed = lastCommitted(said)
            if committed > 0 { roundsThatCommitted += 1 }
            kept = max(kept, committed)

            // First as a person would who looks at what is left, then as the next server.
            do throws(CacheError) {
                _ = try check(.reader, kept, comment)
            } catch {
                // The first writer may be killed before it has made the file.
                #expect(kept == 0 && error.code == .missing, "\(error.message); \(comment)")
            }
            kept = try check(.writer, kept, comment)
        }
        #expect(roundsThatCommitted > 15, "hardly a writer got to write; seed \(seed)")
    }

    @Test func aSecondWriterInAnotherProcessIsRefusedUntilTheFirstIsGone() throws {
        let output = Pipe()
        let process = try start(output: output)
        // Its first line says that it holds the cache.
        _ = output.fileHandleForReading.availableData
        let error = #expect(throws: CacheError.self) { try TopologyCache(path: folder.file(), access: .writer) }
        #expect(error?.code == .inUse)
        #expect(
            error?.message
                == "the cache \(folder.file()) is in use by another jabiru (pid \(process.processIdentifier)): "
                + "stop it, or give this one its own --cache")
        let reader = try TopologyCache(path: folder.file(), access: .reader)
        for _ in 0..<20 {
            let found = try reader.topology()
            #expect(topologies.contains(found) || found == ClusterTopology())
        }
        kill(process)
        try TopologyCache(path: folder.file(), access: .writer).verify()
    }
}
