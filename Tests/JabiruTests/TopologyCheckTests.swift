import Testing

@Suite(.timeLimit(.minutes(2)))
struct TopologyCheckTests {
    @Test func aSoundFile() async throws {
        let place = try Workplace()
        let check = try await place.run("topology", "check", try place.write(sampleTopology, to: "t.yaml"))
        #expect(check.status == 0 && check.errors.isEmpty)
        #expect(
            check.output.hasSuffix("4 nodes, 2 volumes, 3 claims, 2 storage classes, 2 pods, 0 volume attachments\n"))
    }

    @Test func allProblemsAreListedOneALine() async throws {
        let place = try Workplace()
        _ = try place.write(
            """
            apiVersion: jabiru.dev/v1alpha1
            kind: Topology
            nodes:
            - {name: node-a, colour: red}
            - {name: node-a}
            volumes:
            - {name: pvc-1, engine: embedded, size: many, replicas: [{node: node-x}]}
            """, to: "t.yaml")
        let check = try await place.run("topology", "check", "t.yaml")
        #expect(check.status == 1 && check.errors.isEmpty)
        let lines = check.output.split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasPrefix("t.yaml:") })
        for (field, line) in [("colour", 4), ("nodes[1].name", 5), ("size", 7), ("replicas[0].node", 7)] {
            #expect(
                lines.contains { $0.hasPrefix("t.yaml:\(line):") && $0.contains(field) }, "\(field): \(check.output)")
        }
    }

    @Test(arguments: ["", "{", "nodes: [", "\u{0}"])
    func whatIsNoTopologyAtAll(text: String) async throws {
        let check = try await Workplace().run("topology", "check", "-", input: text)
        #expect(check.status == 1 && check.output.hasPrefix("the standard input"))
    }
}
