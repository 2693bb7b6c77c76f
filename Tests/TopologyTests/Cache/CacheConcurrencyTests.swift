import Foundation
import Synchronization
import Testing
import Topology

@Suite struct CacheConcurrencyTests {
    @Test func aSecondWriterInTheProcessIsRefused() throws {
        let folder = try TemporaryFolder()
        let first = try TopologyCache(path: folder.file(), access: .writer)
        let error = #expect(throws: CacheError.self) { try TopologyCache(path: folder.file(), access: .writer) }
        #expect(error?.code == .inUse)
        #expect(
            error?.message
                == "the cache \(folder.file()) is already open for writing in this process: close it first")
        try first.apply([.node(Node(name: "still-works"))], at: .someTime)
        try first.close()
        #expect(try TopologyCache(path: folder.file(), access: .writer).topology().nodes.count == 1)
    }

    @Test func aWriterThatIsForgottenLetsGo() throws {
        let folder = try TemporaryFolder()
        for round in 0..<3 {
            let cache = try TopologyCache(path: folder.file(), access: .writer)
            try cache.apply([.node(Node(name: "n-\(round)"))], at: .someTime)
        }
        #expect(try TopologyCache(path: folder.file(), access: .reader).topology().nodes.count == 3)
    }

    /// A reader sees one generation or the next, and the state that belongs to it, never a mixture.
    @Test(arguments: [TopologyCache.Access.writer, .reader])
    func readersSeeWholeGenerations(_ access: TopologyCache.Access) async throws {
        let folder = try TemporaryFolder()
        let writer = try TopologyCache(path: folder.file(), access: .writer)
        let topologies = (0..<2).map { sizedTopology(nodes: 10, volumes: 40, version: $0) }
        try writer.replace(with: topologies[0], source: "0", at: .someTime)
        // The writer's own readers share its object; the others open the file.
        let reader = access == .writer ? writer : try TopologyCache(path: folder.file(), access: .reader)
        let isDone = Flag()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    var reads = 0
                    repeat {
                        var found = ClusterTopology()
                        let state = try reader.enumerate { change in
                            switch change {
                            case .node(let node): found.nodes.append(node)
                            case .volume(let volume): found.volumes.append(volume)
                            case .claim(let claim): found.claims.append(claim)
                            case .pod(let pod): found.pods.append(pod)
                            default: Issue.record("unexpected \(change)")
                            }
                        }
                        #expect(found.canonical() == topologies[(Int(state.generation) + 1) % 2])
                        #expect(state.source == "\((state.generation + 1) % 2)")
                        reads += 1
                        await Task.yield()
                    } while !isDone.isSet
                    return reads
                }
            }
            group.addTask {
                defer { isDone.set() }
                for round in 1...60 {
                    try writer.replace(with: topologies[round % 2], source: "\(round % 2)", at: .someTime)
                    await Task.yield()
                }
                return 60
            }
            for try await count in group { #expect(count > 0) }
        }
        #expect(try writer.state.generation == 61)
    }
}

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
