import Testing

@testable import Topology

@Suite struct CacheRoundTripTests {
    @Test(arguments: [ClusterTopology(), fullTopology(), nastyTopology(), sizedTopology(nodes: 20, volumes: 50)])
    func aStoredTopologyReadsBackTheSame(_ topology: ClusterTopology) throws {
        let folder = try TemporaryFolder()
        do {
            let cache = try TopologyCache(path: folder.file(), access: .writer)
            try cache.replace(with: topology, source: "test", at: .someTime)
            expectSameBytes(try cache.topology(), topology)
            try cache.verify()
            try cache.close()
        }
        expectSameBytes(try TopologyCache(path: folder.file(), access: .reader).topology(), topology)
        expectSameBytes(try TopologyCache(path: folder.file(), access: .writer).topology(), topology)
    }

    @Test func enumerationHandsOverEveryEntityOnceByKind() throws {
        let folder = try TemporaryFolder()
        let cache = try TopologyCache(path: folder.file(), access: .writer)
        let topology = fullTopology()
        try cache.replace(with: topology, source: "test", at: .someTime)
        var changes: [TopologyChange] = []
        let state = try cache.enumerate { changes.append($0) }
        var expected: [TopologyChange] = topology.nodes.map { .node($0) }
        expected += topology.storageClasses.map { .storageClass($0) }
        expected += topology.volumes.map { .volume($0) }
        expected += topology.claims.map { .claim($0) }
        expected += topology.pods.map { .pod($0) }
        expected += topology.volumeAttachments.map { .volumeAttachment($0) }
        #expect(changes == expected)
        #expect(state == CacheState(generation: 1, source: "test", savedAt: .someTime, schemaVersion: 1))
    }

    @Test func whatTheBodyOfAnEnumerationThrowsComesThrough() throws {
        struct Stop: Error {}
        let folder = try TemporaryFolder()
        let cache = try TopologyCache(path: folder.file(), access: .writer)
        try cache.replace(with: fullTopology(), source: "test", at: .someTime)
        var seen = 0
        #expect(throws: Stop.self) {
            try cache.enumerate { _ in
                seen += 1
                if seen == 3 { throw Stop() }
            }
        }
        #expect(seen == 3)
        #expect(try cache.topology() == fullTopology())
    }

    @Test(arguments: nastyTexts.map(TextArgument.init)) func columnsOfJSONKeepAnyText(_ argument: TextArgument) throws {
        let text = argument.text
        let list = [text, "plain", text]
        let map = [text: "value", "key": text]
        let counts = [text: 3, "other": -1]
        func bytes<Value>(_ json: String, _ decode: (UnsafeRawBufferPointer) throws -> Value) throws -> Value {
            try Array(json.utf8).withUnsafeBytes(decode)
        }
        let readList = try bytes(CacheJSON.encode(list), CacheJSON.decodeList)
        #expect(readList.map { Array($0.utf8) } == list.map { Array($0.utf8) })
        #expect(try bytes(CacheJSON.encode(map), CacheJSON.decodeMap) == map)
        #expect(try bytes(CacheJSON.encode(counts), CacheJSON.decodeCounts) == counts)
    }

    @Test(arguments: ["", "[", "[]]", "[\"a\"", "{\"a\":1}", "nul", "[\"\\x\"]", "[1]", "[\"a\"]x"])
    func malformedJSONIsRefused(_ json: String) {
        Array(json.utf8).withUnsafeBytes { bytes in
            #expect(throws: MalformedJSON.self) { try CacheJSON.decodeList(bytes) }
            #expect(throws: MalformedJSON.self) { try CacheJSON.decodeMap(bytes) }
        }
    }

    /// Swift takes `é` and `e` with an accent for equal; a cache must not take one for the other.
    private func expectSameBytes(
        _ found: ClusterTopology, _ expected: ClusterTopology, location: SourceLocation = #_sourceLocation
    ) {
        #expect(found == expected, sourceLocation: location)
        #expect(
            found.nodes.map { Array($0.name.utf8) } == expected.nodes.map { Array($0.name.utf8) },
            sourceLocation: location)
        #expect(
            found.volumes.map { $0.accessModes.map { Array($0.utf8) } }
                == expected.volumes.map { $0.accessModes.map { Array($0.utf8) } }, sourceLocation: location)
    }
}
