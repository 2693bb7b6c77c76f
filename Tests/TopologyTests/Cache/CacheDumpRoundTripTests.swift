import Foundation
import Testing
import Topology

/// What `topology dump | import | dump` does: a dump of a large random topology comes back byte for byte.
@Suite struct CacheDumpRoundTripTests {
    @Test func aLargeRandomTopologyIsDumpedAgainByteForByte() throws {
        let seed = SeededGenerator.seed()
        var random = RandomTopology(
            seed: seed,
            shape: RandomTopology.Shape(nodes: 5000, volumes: 1000, claims: 1000, pods: 500, nasty: true))
        let dump = TopologyFile.yaml(random.make())
        let folder = try TemporaryFolder()
        let cache = try TopologyCache(path: folder.file(), access: .writer)
        defer { try? cache.close() }
        try cache.replace(with: TopologyFile.parse(dump, name: "dump"), source: "dump", at: .now)
        let again = TopologyFile.yaml(try cache.topology())
        #expect(again == dump, "JABIRU_TEST_SEED=\(seed)")
    }
}
