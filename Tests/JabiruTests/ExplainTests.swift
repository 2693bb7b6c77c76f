import Foundation
import Placement
import Testing
import Topology
import Yams

@Suite(.timeLimit(.minutes(2)))
struct ExplainTests {
    @Test func tableOfALocalExplanation() async throws {
        let place = try Workplace()
        let explain = try await place.run("explain", "pod", "default/pg-0", "--cache", try await place.cache())
        #expect(explain.status == 0 && explain.errors.isEmpty)
        #expect(
            explain.output == """
                POD default/pg-0, topology generation 1

                VOLUMES
                CLAIM      VOLUME    ENGINE    STANDING                      LOCALITY      REPLICAS
                data-pg-0  pvc-pg-0  embedded  bound                         prefer-local  node-a inSync, node-b \
                syncing 40%, node-c inSync (unusable)
                late       -         embedded  waits for its first consumer  prefer-local  -

                NODES
                NODE    VERDICT        data-pg-0                             late                 REASON
                node-a  ████████░░  8  1.00 local                            0.62 new space
                node-b  ██░░░░░░░░  2  0.30 same rack, 40% synced here ×0.5  0.09 new space ×0.5
                node-d  rejected       0.10 same region                      0.00 new space       the node has too \
                little free storage for the pod's volumes
                node-c  rejected       0.00 same region ×0                   0.00 new space ×0    storage on the \
                node is offline

                """)
    }

    @Test func aTopologyFileGivesTheSameAsTheCache() async throws {
        let place = try Workplace()
        let file = try place.write(sampleTopology, to: "t.yaml")
        let local = try await place.run("explain", "pod", "pg-0", "--topology", file, "-o", "json")
        let cached = try await place.run("explain", "pod", "pg-0", "--cache", try await place.cache(), "-o", "json")
        var (first, second) = (try explanation(local), try explanation(cached))
        #expect(first.nodes.map(\.name) == ["node-a", "node-b", "node-d", "node-c"])
        #expect(first.nodes.map(\.score) == [8, 2, 1, 0])
        #expect((first.generation, second.generation) == (0, 1))
        (first.generation, second.generation) = (0, 0)
        #expect(first == second)
    }

    @Test(arguments: [
        ([], "node-a", 8), (["--weighting", "size"], "node-a", 9), (["--unbound", "pack"], "node-a", 7),
    ])
    func weighing(options: [String], node: String, score: Int) async throws {
        let place = try Workplace()
        let file = try place.write(sampleTopology, to: "t.yaml")
        let outcome = try await place.run(
            arguments: ["explain", "pod", "pg-0", "--topology", file, "-o", "json"] + options)
        #expect(try explanation(outcome).nodes.first { $0.name == node }?.score == score)
    }

    @Test func weightsAreShownWhereTheyDiffer() async throws {
        let place = try Workplace()
        let file = try place.write(sampleTopology, to: "t.yaml")
        let table = try await place.run("explain", "pod", "pg-0", "--topology", file, "--weighting", "size")
        #expect(table.output.contains("WEIGHT") && table.output.contains(" 67% ") && table.output.contains(" 33% "))
    }

    @Test func theNodesAreLimited() async throws {
        let place = try Workplace()
        let nodes = (100..<130).map { "- {name: node-\($0), storage: online}\n" }.joined()
        let file = try place.write(
            sampleTopology.replacingOccurrences(of: "nodes:\n", with: "nodes:\n\(nodes)"), to: "t.yaml")
        func lines(_ options: String...) async throws -> Int {
            let outcome = try await place.run(arguments: ["explain", "pod", "pg-0", "--topology", file] + options)
            #expect(outcome.status == 0)
            return outcome.output.split(separator: "\n").count { $0.hasPrefix("node-") }
        }
        #expect(try await lines() == 20)
        #expect(try await lines("--nodes", "3") == 3)
        #expect(try await lines("--all") == 34)
        let json = try await place.run("explain", "pod", "pg-0", "--topology", file, "-o", "json")
        #expect(try explanation(json).nodes.count == 34)
        let table = try await place.run("explain", "pod", "pg-0", "--topology", file)
        #expect(table.output.hasSuffix("and 14 more: --all shows them\n"))
    }

    @Test func savedRequests() async throws {
        let place = try Workplace()
        let body = """
            {"Pod":{"metadata":{"namespace":"default","name":"pg-1"},"spec":{"volumes":[{"name":"data",\
            "persistentVolumeClaim":{"claimName":"data-pg-0"}}]}},"Nodes":null,"NodeNames":["node-d","node-a"]}
            """
        let cache = try await place.cache()
        let explain = try await place.run(
            "explain", "--request", "-", "--cache", cache, "-o", "json", input: body)
        let explanation = try explanation(explain)
        #expect(explanation.pod == "pg-1")
        #expect(explanation.nodes.map(\.name) == ["node-a", "node-d"])
        let broken = try await place.run("explain", "--request", "-", "--cache", cache, input: "{\"Pod\":")
        #expect(broken.status == 1 && broken.complaints.count == 1)
        #expect(broken.errors.hasPrefix("jabiru: the standard input: malformed request at byte"))
    }

    @Test func podsWithoutASay() async throws {
        let place = try Workplace()
        let body = """
            {"Pod":{"metadata":{"namespace":"default","name":"web"},"spec":{}},"NodeNames":["node-a"]}
            """
        let explain = try await place.run(
            "explain", "--request", "-", "--cache", try await place.cache(), input: body)
        #expect(explain.output.hasSuffix("The pod has no volumes: every node passes and scores 0.\n"))
    }

    @Test func yamlHoldsWhatJSONHolds() async throws {
        let place = try Workplace()
        let file = try place.write(sampleTopology, to: "t.yaml")
        let json = try await place.run("explain", "pod", "pg-0", "--topology", file, "-o", "json")
        let yaml = try await place.run("explain", "pod", "pg-0", "--topology", file, "-o", "yaml")
        #expect(yaml.output.split(separator: "\n").count { $0.hasPrefix("- {") } == 6)
        #expect(try YAMLDecoder().decode(Explanation.self, from: yaml.output) == explanation(json))
    }

    @Test func asksTheServer() async throws {
        let place = try Workplace()
        let file = try place.write(sampleTopology, to: "t.yaml")
        let local = try await place.run("explain", "pod", "pg-0", "--topology", file, "-o", "json")
        let server = try CannedServer(answer: (200, local.output))
        defer { server.stop() }
        let pod = try await place.run("explain", "pod", "a b/c&d", "--server", server.address, "-o", "json")
        #expect(pod.output == local.output && pod.errors.isEmpty)
        #expect(server.request.hasPrefix("GET /v1/explain?namespace=a%20b&pod=c%26d HTTP/1.1\r\n"))
        let request = try await place.run(
            "explain", "--server", server.address, "--request", "-", "-o", "json", input: "{}")
        #expect(request.output == local.output)
        #expect(server.request.hasPrefix("POST /v1/explain HTTP/1.1\r\n"))
    }

    @Test func theServersRefusalIsPassedOn() async throws {
        let server = try CannedServer(answer: (404, "The pod default/pg-9 is not known.\n"))
        defer { server.stop() }
        let explain = try await Workplace().run("explain", "pod", "pg-9", "--server", server.address)
        #expect(explain.status == 1 && explain.complaints.count == 1)
        #expect(explain.errors.hasSuffix("answered 404 to /v1/explain: The pod default/pg-9 is not known.\n"))
    }

    @Test func aPodThatIsNotThere() async throws {
        let place = try Workplace()
        let explain = try await place.run("explain", "pod", "pg-9", "--cache", try await place.cache())
        #expect(explain.status == 1 && explain.output.isEmpty && explain.complaints.count == 1)
        #expect(explain.errors.hasPrefix("jabiru: there is no pod default/pg-9 in the cache "))
    }

    private func explanation(_ outcome: Outcome) throws -> Explanation {
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try JSONDecoder().decode(Explanation.self, from: Data(outcome.output.utf8))
    }
}
