import Foundation
import Glibc
import Testing
import Topology

/// `kill -9` in the middle of an import.
@Suite struct ImportEndToEndTests {
    /// A topology of some size, in which every object carries its version.
    private func topology(_ version: String) -> ClusterTopology {
        var topology = ClusterTopology()
        for number in 0..<400 {
            let node = "node-\(version)-\(number)"
            topology.nodes.append(
                Node(
                    name: node, storage: [StorageState(engine: .embedded, health: .online)],
                    pools: [Pool(engine: .embedded, name: "ssd", capacity: 1 << 40, available: 1 << 39)]))
            topology.volumes.append(
                Volume(name: "shared-\(number)", engine: .embedded, size: 1 << 30, replicas: [Replica(node: node)]))
        }
        return topology
    }

    @Test func theCacheIsTheOldOrTheNewTopologyWhole() async throws {
        let place = try Workplace()
        let topologies = [topology("a"), topology("b")].map { $0.canonical() }
        let files = try zip(["a", "b"], topologies).map { name, topology in
            try place.write(TopologyFile.yaml(topology), to: "\(name).yaml")
        }
        let path = place.path("c.sqlite")
        let first = try await place.run("topology", "import", files[0], "--cache", path)
        try #require(first.status == 0, "\(first.errors)")
        // How long a whole import takes here decides when to kill.
        let start = ContinuousClock.now
        let second = try await place.run("topology", "import", files[1], "--cache", path)
        try #require(second.status == 0, "\(second.errors)")
        var whole = ContinuousClock.now - start

        var seed = UInt64.random(in: 0 ... .max)
        if let given = ProcessInfo.processInfo.environment["JABIRU_TEST_SEED"].flatMap({ UInt64($0) }) { seed = given }
        var generator = SplitMix(state: seed)
        var killed = 0
        var seen = Set<Int>()
        for round in 0..<50 {
            let process = Process()
            process.executableURL = try Workplace.executable()
            process.arguments = ["topology", "import", files[round % 2], "--cache", path]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            try await Task.sleep(for: whole * Double.random(in: 0...1, using: &generator))
            kill(process.processIdentifier, SIGKILL)
            while process.isRunning { try await Task.sleep(for: .milliseconds(2)) }
            if process.terminationReason == .uncaughtSignal {
                killed += 1
                whole = whole * 1.1
            } else {
                // The machine is faster than it was: kill earlier.
                whole = whole * 0.8
            }
            let cache = try TopologyCache(path: path, access: .writer)
            let stored = try cache.topology()
            try cache.close()
            let which = topologies.firstIndex(of: stored)
            try #require(which != nil, "round \(round), JABIRU_TEST_SEED=\(seed): neither the old nor the new topology")
            if let which { seen.insert(which) }
        }
        #expect(killed > 10, "JABIRU_TEST_SEED=\(seed): too few imports were killed to show anything")
        #expect(seen == [0, 1], "JABIRU_TEST_SEED=\(seed): no import ever came through")
    }
}

/// A small seeded generator.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
