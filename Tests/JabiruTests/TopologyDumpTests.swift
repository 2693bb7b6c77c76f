import Foundation
import Testing
import Topology

@Suite(.timeLimit(.minutes(2)))
struct TopologyDumpTests {
    @Test func roundTripThroughTheCacheIsExact() async throws {
        let place = try Workplace()
        let first = try await place.run("topology", "dump", "--cache", try await place.cache(), "-o", "yaml")
        #expect(first.status == 0 && first.errors.isEmpty)
        let copy = try await place.cache(first.output, name: "copy.sqlite")
        let second = try await place.run("topology", "dump", "--cache", copy, "-o", "yaml")
        #expect(second.output == first.output)
        let sample = try TopologyFile.parse(sampleTopology, name: "sample")
        #expect(try TopologyFile.parse(second.output, name: "dump") == sample)
    }

    @Test func jsonReadsBackAndHasAnEntityALine() async throws {
        let place = try Workplace()
        let dump = try await place.run("topology", "dump", "--cache", try await place.cache(), "-o", "json")
        #expect(try JSONSerialization.jsonObject(with: Data(dump.output.utf8)) is [String: Any])
        #expect(
            try TopologyFile.parse(dump.output, name: "dump") == TopologyFile.parse(sampleTopology, name: "sample"))
        for name in ["node-a", "node-d", "pvc-pg-0"] {
            #expect(dump.output.split(separator: "\n").count { $0.hasPrefix("{\"name\": \"\(name)\"") } == 1)
        }
    }

    @Test(arguments: [
        ("table", ["NODES", "node-c", "offline", "VOLUMES", "pvc-logs", "PODS", "collector"]),
        ("wide", ["NODES", "192.168.0.1", "ACCESS MODES"]),
        ("csv", ["claim_namespace,claim,", "default,data-pg-0,", "pvc-pg-0"]),
        ("dot", ["graph", "node-a", "pvc-pg-0", "}"]),
    ])
    func formats(name: String, parts: [String]) async throws {
        let place = try Workplace()
        let dump = try await place.run("topology", "dump", "--cache", try await place.cache(), "-o", name)
        #expect(dump.status == 0 && dump.errors.isEmpty)
        for part in parts { #expect(dump.output.contains(part)) }
        #expect(!dump.output.contains("\u{1B}"), "colour where there is no terminal")
    }

    @Test(arguments: [
        (["--node", "node-d"], ["node-d", "pvc-logs"], ["node-a", "pvc-pg-0"]),
        (["--zone", "eu-west-a"], ["node-a", "node-b", "pvc-pg-0"], ["node-d", "pvc-logs"]),
        (["--volume", "pvc-logs"], ["pvc-logs", "node-d"], ["pvc-pg-0", "node-a"]),
        (["--unhealthy"], ["node-b", "node-c", "pvc-pg-0"], ["node-d", "pvc-logs"]),
    ])
    func filters(options: [String], kept: [String], dropped: [String]) async throws {
        let place = try Workplace()
        let cache = try await place.cache()
        let dump = try await place.run(arguments: ["topology", "dump", "--cache", cache, "-o", "json"] + options)
        #expect(dump.status == 0)
        let topology = try TopologyFile.parse(dump.output, name: "dump")
        let names = Set(topology.nodes.map(\.name) + topology.volumes.map(\.name))
        #expect(names.isSuperset(of: kept))
        #expect(names.isDisjoint(with: dropped))
    }

    @Test func aNameThatIsNotThereIsNoEmptyAnswer() async throws {
        let place = try Workplace()
        let dump = try await place.run("topology", "dump", "--cache", try await place.cache(), "--node", "node-z")
        #expect(dump.status == 1 && dump.output.isEmpty)
        #expect(dump.complaints.count == 1 && dump.errors.hasPrefix("jabiru: no node is named \"node-z\""))
    }

    // MARK: Where it reads from

    @Test func fallsBackToTheDefaultCacheAndSaysSo() async throws {
        let place = try Workplace()
        let state = place.path("state")
        let nothing = try await place.run("topology", "dump", environment: ["XDG_STATE_HOME": state])
        #expect(nothing.status == 1)
        #expect(
            nothing.errors.contains(Workplace.deadServer) && nothing.errors.contains("\(state)/jabiru/topology.sqlite"))
        let imported = try await place.run(
            "topology", "import", "-", input: sampleTopology, environment: ["XDG_STATE_HOME": state])
        #expect(imported.status == 0)
        let dump = try await place.run("topology", "dump", "-o", "yaml", environment: ["XDG_STATE_HOME": state])
        #expect(dump.status == 0 && dump.output.contains("pvc-pg-0"))
        #expect(dump.complaints.count == 1 && dump.errors.contains("nothing listens at \(Workplace.deadServer)"))
    }

    @Test(arguments: [
        (["JABIRU_CACHE": "named.sqlite", "XDG_STATE_HOME": "/nowhere"], "named.sqlite"),
        (["XDG_STATE_HOME": "relative"], "home/.local/state/jabiru/topology.sqlite"),
        (["JABIRU_CACHE": ""], "home/.local/state/jabiru/topology.sqlite"),
    ])
    func defaultCache(environment: [String: String], path: String) async throws {
        let place = try Workplace()
        let imported = try await place.run("topology", "import", "-", input: sampleTopology, environment: environment)
        #expect(imported.status == 0)
        #expect(FileManager.default.fileExists(atPath: place.path(path)))
    }

    @Test func asksTheServer() async throws {
        let place = try Workplace()
        let sample = try TopologyFile.parse(sampleTopology, name: "sample")
        let server = try CannedServer(answer: (200, TopologyFile.json(sample)))
        defer { server.stop() }
        let dump = try await place.run("topology", "dump", "--server", server.address + "/", "-o", "yaml")
        #expect(dump.status == 0 && dump.errors.isEmpty)
        #expect(dump.output == TopologyFile.yaml(sample))
        #expect(server.request.hasPrefix("GET /v1/topology HTTP/1.1\r\n"))
        let other = try await place.run(
            "topology", "dump", "-o", "yaml", environment: ["JABIRU_SERVER": server.address])
        #expect(other.output == dump.output && other.errors.isEmpty)
    }

    @Test func aNamedServerThatIsNotThereIsAFailure() async throws {
        let place = try Workplace()
        _ = try await place.cache(name: "named.sqlite")
        let dump = try await place.run(
            "topology", "dump", "--server", Workplace.deadServer, environment: ["JABIRU_CACHE": "named.sqlite"])
        #expect(dump.status == 1 && dump.output.isEmpty)
        #expect(dump.complaints.count == 1 && dump.errors.contains("nothing listens at \(Workplace.deadServer)"))
    }

    @Test func aServerThatStaysSilentTimesOut() async throws {
        let place = try Workplace()
        let server = try CannedServer(answer: nil)
        defer { server.stop() }
        let dump = try await place.run("topology", "dump", "--server", server.address, "--timeout", "200ms")
        #expect(dump.status == 1 && dump.complaints.count == 1)
        #expect(dump.errors.contains("did not answer within 200ms"))
    }

    @Test(arguments: [
        (404, "<html>\u{1B}[31mnothing here\nmore", "answered 404 to /v1/topology: <html>\\u{1b}[31mnothing here\n"),
        (500, "", "answered 500 to /v1/topology: check that it is a jabiru server"),
        (200, "{}", "/v1/topology"),
        (200, "hello", "/v1/topology"),
    ])
    func aServerOfAnotherKind(status: Int, body: String, sentence: String) async throws {
        let place = try Workplace()
        let server = try CannedServer(answer: (status, body))
        defer { server.stop() }
        let dump = try await place.run("topology", "dump", "--server", server.address)
        #expect(dump.status == 1 && dump.output.isEmpty)
        #expect(dump.complaints.allSatisfy { $0.hasPrefix("jabiru: ") } && dump.errors.contains(sentence))
    }

    // MARK: Caches that cannot be read

    @Test func missingCache() async throws {
        let place = try Workplace()
        let dump = try await place.run("topology", "dump", "--cache", "absent.sqlite")
        #expect(dump.status == 1 && dump.complaints.count == 1)
        #expect(dump.errors.hasPrefix("jabiru: there is no cache at absent.sqlite"))
        #expect(!FileManager.default.fileExists(atPath: place.path("absent.sqlite")))
    }

    @Test func corruptCache() async throws {
        let place = try Workplace()
        let cache = try await place.cache()
        var bytes = try Data(contentsOf: URL(filePath: cache))
        for index in stride(from: 4096, to: bytes.count, by: 1) { bytes[index] = 0xA5 }
        try bytes.write(to: URL(filePath: cache))
        let dump = try await place.run("topology", "dump", "--cache", cache)
        #expect(dump.status == 1 && dump.output.isEmpty && dump.complaints.count == 1)
        #expect(dump.errors.contains("is damaged"))
    }

    @Test func aFileThatIsNoCacheIsLeftAlone() async throws {
        let place = try Workplace()
        let file = try place.write("dear diary", to: "diary")
        let dump = try await place.run("topology", "dump", "--cache", file)
        let imported = try await place.run("topology", "import", "-", "--cache", file, input: sampleTopology)
        for outcome in [dump, imported] {
            #expect(outcome.status == 1 && outcome.complaints.count == 1)
            #expect(outcome.errors.contains("is not a topology cache"))
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "dear diary")
    }
}
