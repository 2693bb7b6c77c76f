import Foundation
import Testing

@testable import Topology

/// What a cache does with files that are not, or no longer, what they should be.
@Suite struct CacheFaultTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file() }

    init() throws { folder = try TemporaryFolder() }

    /// Makes a sound, closed cache.
    private func makeCache(_ topology: ClusterTopology = fullTopology()) throws {
        let cache = try TopologyCache(path: path, access: .writer)
        try cache.replace(with: topology, source: "test", at: .someTime)
        try cache.close()
    }

    private func edit(_ body: (inout Data) -> Void) throws {
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        body(&data)
        try data.write(to: URL(fileURLWithPath: path))
    }

    private func expect(
        _ code: CacheError.Code, _ access: [TopologyCache.Access] = [.writer, .reader], says text: String = "cache",
        location: SourceLocation = #_sourceLocation
    ) {
        for access in access {
            let error = #expect(throws: CacheError.self, "\(access)", sourceLocation: location) {
                let cache = try TopologyCache(path: path, access: access)
                _ = try cache.topology()
            }
            #expect(error?.code == code, "\(access): \(error?.message ?? "")", sourceLocation: location)
            #expect(error?.message.contains(path) != false, sourceLocation: location)
            #expect(error?.message.contains(text) != false, "\(error?.message ?? "")", sourceLocation: location)
        }
    }

    @Test func aReaderNeverCreates() throws {
        expect(.missing, [.reader], says: "start jabiru serve with --cache")
        #expect(folder.names.isEmpty)
        try Data().write(to: URL(fileURLWithPath: path))
        expect(.missing, [.reader])
        #expect(folder.names == ["topology.db"])
    }

    @Test func aReaderLeavesNothingBehind() throws {
        try makeCache()
        let before = folder.names
        #expect(try TopologyCache(path: path, access: .reader).topology() == fullTopology())
        #expect(folder.names == before)
        #expect(before == ["topology.db", "topology.db.lock"])
    }

    @Test func aReaderCannotWrite() throws {
        try makeCache()
        let reader = try TopologyCache(path: path, access: .reader)
        let error = #expect(throws: CacheError.self) { try reader.apply([.nodeRemoved(name: "a")], at: .someTime) }
        #expect(error?.code == .readOnly)
    }

    @Test func aWriterTakesAnEmptyFileAndMakesFolders() throws {
        try Data().write(to: URL(fileURLWithPath: path))
        try makeCache()
        let deep = folder.file("a/b/c/topology.db")
        try TopologyCache(path: deep, access: .writer).apply([.node(Node(name: "n"))], at: .someTime)
        #expect(try TopologyCache(path: deep, access: .reader).topology().nodes.count == 1)
    }

    @Test func namesThatMeanSomethingToSQLiteAreJustNames() throws {
        for name in [":memory:", "file:x?mode=memory", "a b#c%20?immutable=1", "ünï.db"] {
            let path = folder.file(name)
            let cache = try TopologyCache(path: path, access: .writer)
            try cache.apply([.node(Node(name: "n"))], at: .someTime)
            try cache.close()
            #expect(FileManager.default.fileExists(atPath: path))
            #expect(try TopologyCache(path: path, access: .reader).topology().nodes.count == 1)
        }
        for name in ["", "a\0b"] {
            #expect(throws: CacheError.self) { try TopologyCache(path: name, access: .writer) }
        }
    }

    @Test func aFolderIsNotACache() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        expect(.notACache, says: "is a folder")
    }

    @Test func aFileInThePlaceOfAFolder() throws {
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file("file")))
        for access in [TopologyCache.Access.writer, .reader] {
            let error = #expect(throws: CacheError.self) {
                try TopologyCache(path: folder.file("file/topology.db"), access: access)
            }
            #expect(error?.code == .missing)
        }
    }

    @Test(arguments: [
        "{\"kind\": \"Topology\"}\n", String(repeating: "nodes: []\n", count: 1000), "S", "SQLite format 4\0",
    ])
    func aFileOfAnotherKindIsRefusedAndLeftAlone(_ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        expect(text == "S" ? .corrupt : .notACache)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(text.utf8))
    }

    @Test(arguments: [UInt32(0), 0x1234_5678]) func anotherProgramsDatabaseIsRefusedAndLeftAlone(mark: UInt32) throws {
        try makeCache()
        try edit { data in withUnsafeBytes(of: mark.bigEndian) { data.replaceSubrange(68..<72, with: $0) } }
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        expect(.notACache, says: "left as it is")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(folder.names == ["topology.db", "topology.db.lock"])
    }

    @Test func aNewerSchemaIsRefusedAndLeftAlone() throws {
        try makeCache()
        try edit { $0.replaceSubrange(60..<64, with: [0, 0, 0, 7]) }
        let error = #expect(throws: CacheError.self) { try TopologyCache(path: path, access: .writer) }
        #expect(
            error?.message
                == "the cache \(path) was written by a newer jabiru (schema 7, this one knows up to 1): "
                + "use that version, or delete the file to have it rebuilt")
        expect(.newerSchema)
        try edit { $0.replaceSubrange(60..<64, with: [0, 0, 0, 1]) }
        #expect(try TopologyCache(path: path, access: .writer).topology() == fullTopology())
    }

    @Test func aDamagedHeaderIsSeen() throws {
        for range in [0..<16, 16..<18, 0..<100] {
            try? FileManager.default.removeItem(atPath: path)
            try makeCache()
            try edit { data in data.replaceSubrange(range, with: Array(repeating: 0, count: range.count)) }
            expect(.corrupt)
        }
    }

    @Test func aFileOfZeroesIsDamagedNotForeign() throws {
        try makeCache()
        try edit { data in data = Data(count: data.count) }
        expect(.corrupt)
    }

    @Test(arguments: [50, 512, 4096, 4097, 20_000]) func aTruncatedFileIsSeen(length: Int) throws {
        try makeCache(sizedTopology(nodes: 20, volumes: 100))
        try edit { $0 = $0.prefix(length) }
        expect(.corrupt, [.writer])
    }

    @Test func damagedTablesAreSeenWhateverTheyLookLikeNow() throws {
        try makeCache()
        // A rule that no longer holds back what it should: as text, it is as good as any.
        var copies = 0
        try edit { data in
            // Pages keep old copies of it in their unused parts as well.
            while let range = data.range(of: Data("phase = 'Pending'".utf8)) {
                data.replaceSubrange(range, with: Data("phase = 'Pendink'".utf8))
                copies += 1
            }
        }
        try #require(copies > 0)
        expect(.corrupt)
    }

    /// Flips bytes all over the file. Some flips cannot be told from data; none may stop the process, and none may be
    /// reported as anything but damage.
    @Test func flippedBytesNeverStopTheProcess() throws {
        try makeCache(sizedTopology(nodes: 30, volumes: 60))
        let sound = try Data(contentsOf: URL(fileURLWithPath: path))
        let seed = SeededGenerator.seed()
        var random = SeededGenerator(seed: seed)
        var found = 0
        for _ in 0..<150 {
            var data = sound
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let offset = Int.random(in: 0..<data.count, using: &random)
                data[offset] ^= UInt8.random(in: 1...255, using: &random)
            }
            try data.write(to: URL(fileURLWithPath: path))
            for access in [TopologyCache.Access.reader, .writer] {
                do {
                    let cache = try TopologyCache(path: path, access: access)
                    _ = try cache.topology()
                    _ = try cache.healthTransitions()
                    _ = try cache.decisions()
                    if access == .writer {
                        try cache.replace(with: fullTopology(), source: "test", at: .someTime)
                        #expect(try cache.topology() == fullTopology(), "seed \(seed)")
                    }
                } catch {
                    found += 1
                    let expected: Set<CacheError.Code> = [.corrupt, .notACache, .newerSchema, .missing]
                    #expect(expected.contains(error.code), "\(access) \(error.code) \(error.message), seed \(seed)")
                }
            }
        }
        #expect(found > 150, "most of the damage is seen; seed \(seed)")
    }

    @Test func aDamagedPageIsSeenByTheWriterAtOnce() throws {
        try makeCache(sizedTopology(nodes: 200, volumes: 300))
        try edit { data in
            let page = data.count / 4096 / 2
            data.replaceSubrange(page * 4096..<page * 4096 + 200, with: Array(repeating: 0xA5, count: 200))
        }
        let error = #expect(throws: CacheError.self) { try TopologyCache(path: path, access: .writer) }
        #expect(error?.code == .corrupt)
    }

    @Test func aClosedCacheSaysSo() throws {
        let cache = try TopologyCache(path: path, access: .writer)
        try cache.close()
        try cache.close()
        let error = #expect(throws: CacheError.self) { try cache.topology() }
        #expect(error?.code == .closed)
        #expect(throws: CacheError.self) { try cache.apply([], at: .someTime) }
        #expect(throws: CacheError.self) { try cache.state }
    }

    @Test func aDamagedCacheIsSetAsideAndTheNewestThreeAreKept() throws {
        var names: [String] = []
        for round in 0..<5 {
            try makeCache()
            try edit { $0.replaceSubrange(4096..<5000, with: Array(repeating: 0xFF, count: 904)) }
            expect(.corrupt, [.writer])
            try Data("log".utf8).write(to: URL(fileURLWithPath: path + "-wal"))
            names.append(try TopologyCache.setAside(path: path, now: Timestamp(milliseconds: Int64(round) * 400)))
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        }
        #expect(names.first == path + ".corrupt-19700101T000000.000Z")
        let kept = names.suffix(3).flatMap { [$0, $0 + "-wal"] }
        #expect(folder.names.map { folder.file($0) } == (kept + [path + ".lock"]).sorted())
        try makeCache()
        #expect(try TopologyCache(path: path, access: .reader).topology() == fullTopology())
        let error = try #require(throws: CacheError.self) {
            let open = try TopologyCache(path: path, access: .writer)
            defer { _ = open }
            try TopologyCache.setAside(path: path)
        }
        #expect(error.code == .inUse)
    }

    @Test func twoFilesSetAsideAtOneTimeGetTwoNames() throws {
        try makeCache()
        let first = try TopologyCache.setAside(path: path, now: .someTime)
        try makeCache()
        let second = try TopologyCache.setAside(path: path, now: .someTime)
        #expect(first != second)
        #expect(FileManager.default.fileExists(atPath: first) && FileManager.default.fileExists(atPath: second))
        let error = #expect(throws: CacheError.self) { try TopologyCache.setAside(path: path) }
        #expect(error?.code == .missing)
    }
}
