import Foundation
import Testing
import Topology

@Suite(.timeLimit(.minutes(2)))
struct TopologyDiffTests {
    private let other = sampleTopology.replacingOccurrences(of: "progress: 0.4", with: "progress: 0.9")

    @Test func fileCacheAndServerAreEqual() async throws {
        let place = try Workplace()
        let file = try place.write(sampleTopology, to: "t.yaml")
        let cache = try await place.cache()
        let server = try CannedServer(
            answer: (200, TopologyFile.json(try TopologyFile.parse(sampleTopology, name: "sample"))))
        defer { server.stop() }
        for (first, second) in [(file, cache), (cache, server.address), (server.address, "-")] {
            let diff = try await place.run("topology", "diff", first, second, input: sampleTopology)
            #expect(diff.status == 0 && diff.output.isEmpty && diff.errors.isEmpty)
        }
    }

    @Test func differencesAreLines() async throws {
        let place = try Workplace()
        _ = try place.write(sampleTopology, to: "a.yaml")
        _ = try place.write(other, to: "b.yaml")
        let diff = try await place.run("topology", "diff", "a.yaml", "b.yaml")
        #expect(diff.status == 1 && diff.errors.isEmpty)
        #expect(diff.output == "~ volume pvc-pg-0: replicas[node-b].state: syncing(0.4) → syncing(0.9)\n")
        let quiet = try await place.run("topology", "diff", "--quiet", "a.yaml", "b.yaml")
        #expect(quiet.status == 1 && quiet.output.isEmpty && quiet.errors.isEmpty)
    }

    @Test(arguments: ["absent.yaml", "broken.yaml", Workplace.deadServer])
    func whatCannotBeReadIsTrouble(second: String) async throws {
        let place = try Workplace()
        _ = try place.write(sampleTopology, to: "a.yaml")
        _ = try place.write("kind: Other\n", to: "broken.yaml")
        let diff = try await place.run("topology", "diff", "a.yaml", second)
        #expect(diff.status == 2 && diff.output.isEmpty)
        #expect(!diff.complaints.isEmpty && diff.complaints.allSatisfy { $0.hasPrefix("jabiru: ") })
    }
}
