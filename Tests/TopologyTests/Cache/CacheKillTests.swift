import Foundation
import Testing
import Topology

/// The `cache-writer` executable, which is built beside the tests.
private enum CacheWriter {
    static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("cache-writer").path

    static let refusal: String? =
        FileManager.default.isExecutableFile(atPath: path) ? nil : "\(path) was not built with the tests"

    static func start(_ arguments: [String], output: Pipe? = nil) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardOutput = output ?? FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}

@Suite(.enabled(if: CacheWriter.refusal == nil, Comment(rawValue: CacheWriter.refusal ?? "")), .serialized)
struct CacheKillTests {
    private let folder: TemporaryFolder
    private let topologies: [ClusterTopology]

    init() throws {
        folder = try TemporaryFolder()
        topologies = (0..<2).map { sizedTopology(nodes: 20, volumes: 60, version: $0) }
        for (name, topology) in zip(["a", "b"], topologies) {
            let cache = try TopologyCache(path: folder.file(name), access: .writer)
            try cache.replace(with: topology, source: name, at: .someTime)
            try cache.close()
        }
    }

    private func start(output: Pipe? = nil) throws -> Process {
        try CacheWriter.start([folder.file(), folder.file("a"), folder.file("b")], output: output)
    }

    private func kill(_ process: Process) {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Real processes, killed at any instant: while they start, make the file, write, and move the log into the file.
    @Test func aKilledWriterLeavesOneWholeTopology() throws {
        var random = SeededRandom()
        var written = 0
        for round in 0..<50 {
            if round % 10 == 0 {
                for part in ["", "-wal", "-shm", "-journal"] {
                    try? FileManager.default.removeItem(atPath: folder.file() + part)
                }
            }
            let process = try start()
            Thread.sleep(forTimeInterval: Double.random(in: 0...0.25, using: &random))
            #expect(process.isRunning, "round \(round): the writer ended by itself; \(random)")
            kill(process)

            // First as a person would who looks at what is left, then as the next server.
            if let reader = try? TopologyCache(path: folder.file(), access: .reader) {
                let found = try reader.topology()
                #expect(topologies.contains(found) || found == ClusterTopology(), "round \(round); \(random)")
            }
            let cache = try TopologyCache(path: folder.file(), access: .writer)
            let state = try cache.state
            let found = try cache.topology()
            if state.generation == 0 {
                #expect(found == ClusterTopology(), "round \(round); \(random)")
            } else {
                written += 1
                #expect(topologies.contains(found), "round \(round); \(random)")
            }
            try cache.verify()
            try cache.close()
        }
        #expect(written > 25, "the writer got to write in most rounds; \(random)")
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
