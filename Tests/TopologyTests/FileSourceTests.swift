import Foundation
import Logging
import Synchronization
import Testing
import Topology

/// A store that follows a topology file, looked at by hand rather than once a second.
@Suite struct FileSourceTests {
    private let folder: URL
    private let cache: TopologyCache
    private let published = PublishedTopology()
    private let store: TopologyStore
    private let source: TopologyFileSource
    private var file: URL { folder.appending(path: "topology.yaml") }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "jabiru-source-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        cache = try TopologyCache(path: folder.appending(path: "c.sqlite").path, access: .writer)
        store = TopologyStore(cache: cache, published: published)
        source = TopologyFileSource(
            path: folder.appending(path: "topology.yaml").path, store: store,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func write(_ nodes: [String]) throws {
        let topology = ClusterTopology(nodes: nodes.map { Node(name: $0) })
        try TopologyFile.yaml(topology).write(to: file, atomically: true, encoding: .utf8)
    }

    private func served() -> [String] { published.snapshot?.knownNodes.sorted() ?? [] }

    private func cleanUp() {
        try? cache.close()
        try? FileManager.default.removeItem(at: folder)
    }

    @Test func theStoreFollowsTheFile() async throws {
        defer { cleanUp() }
        try write(["a"])
        try await source.start()
        #expect(served() == ["a"])
        #expect(await source.look() == .unchanged)
        try write(["a", "b"])
        #expect(await source.look() == .replaced(changes: 1))
        #expect(served() == ["a", "b"])
        let stored = try cache.topology()
        #expect(stored.nodes.map(\.name) == ["a", "b"])
        #expect(try cache.state.source == "file:\(file.path)")
    }

    @Test func aFileThatIsSwappedBehindALinkIsSeen() async throws {
        defer { cleanUp() }
        // As a kubelet updates a mounted ConfigMap: the link's target changes, the link's own name does not.
        for (version, node) in [("v1", "a"), ("v2", "b")] {
            let text = TopologyFile.yaml(ClusterTopology(nodes: [Node(name: node)]))
            try text.write(to: folder.appending(path: version), atomically: false, encoding: .utf8)
        }
        try FileManager.default.createSymbolicLink(at: file, withDestinationURL: folder.appending(path: "v1"))
        try await source.start()
        #expect(served() == ["a"])
        try FileManager.default.removeItem(at: file)
        try FileManager.default.createSymbolicLink(at: file, withDestinationURL: folder.appending(path: "v2"))
        #expect(await source.look() == .replaced(changes: 2))
        #expect(served() == ["b"])
    }

    @Test func aBrokenFileLeavesTheTopologyAndIsTriedLessAndLessOften() async throws {
        defer { cleanUp() }
        try write(["a"])
        try await source.start()
        let confirmed = try #require(published.current.confirmedAt)
        try "nodes: 7".write(to: file, atomically: true, encoding: .utf8)
        for _ in 0..<10 { #expect(await source.look() == .failed) }
        #expect(served() == ["a"])
        // Nobody claims that the served topology is what the file says.
        #expect(published.current.confirmedAt == confirmed)
        // A change is taken at the next look, whatever pause the broken file has earned.
        try write(["b"])
        #expect(await source.look() == .replaced(changes: 2))
        try FileManager.default.removeItem(at: file)
        #expect(await source.look() == .failed)
        #expect(served() == ["b"])
    }

    @Test func aFileThatGoesAwayIsSaidEachTime() async throws {
        defer { cleanUp() }
        try write(["a"])
        try await source.start()
        let outcomes = Mutex<[TopologyFileSource.Outcome]>([])
        let watched = TopologyFileSource(
            path: file.path, store: store, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        ) { outcome in outcomes.withLock { $0.append(outcome) } }
        let aside = folder.appending(path: "aside")
        for _ in 0..<2 {
            await watched.look()
            try FileManager.default.moveItem(at: file, to: aside)
            for _ in 0..<3 { #expect(await watched.look() == .failed) }
            try FileManager.default.moveItem(at: aside, to: file)
        }
        #expect(outcomes.withLock { $0.count { $0 == .failed } } == 2)
    }

    @Test func aServerDoesNotStartOnAFileItCannotUse() async throws {
        defer { cleanUp() }
        let missing = await #expect(throws: TopologySourceError.self) { try await source.start() }
        #expect(missing?.description.contains(file.path) == true)
        try "nodes: 7".write(to: file, atomically: true, encoding: .utf8)
        await #expect(throws: TopologyFileError.self) { try await source.start() }
    }
}
