import Foundation
import Testing
import Topology

@Suite(.timeLimit(.minutes(2)))
struct TopologyImportTests {
    @Test func saysWhatChanges() async throws {
        let place = try Workplace()
        func run(_ yaml: String) async throws -> String {
            let outcome = try await place.run("topology", "import", "-", "--cache", "c.sqlite", input: yaml)
            #expect(outcome.status == 0 && outcome.errors.isEmpty)
            return outcome.output
        }
        #expect(
            try await run(sampleTopology)
                == """
                imported the standard input into c.sqlite: 4 nodes, 2 volumes, 3 claims, 2 storage classes, 2 pods \
                added\n
                """)
        #expect(try await run(sampleTopology) == "imported the standard input into c.sqlite: nothing changes\n")
        let changed =
            sampleTopology
            .replacingOccurrences(of: "storage: degraded", with: "storage: storageDown")
            .replacingOccurrences(of: "- {namespace: logs, name: collector, node: node-d, claims: [logs]}", with: "")
            .replacingOccurrences(of: "name: late, ", with: "name: later, ")
            .replacingOccurrences(of: "claims: [data-pg-0, late]", with: "claims: [data-pg-0, later]")
        #expect(
            try await run(changed)
                == """
                imported the standard input into c.sqlite: 1 claim added; 1 node, 1 pod changed; 1 claim, 1 pod \
                removed\n
                """)
    }

    @Test func aDryRunChangesNothing() async throws {
        let place = try Workplace()
        let file = try place.write(sampleTopology, to: "t.yaml")
        let first = try await place.run("topology", "import", file, "--cache", "c.sqlite", "--dry-run")
        #expect(first.status == 0 && first.output.contains("would import") && first.output.contains("4 nodes"))
        #expect(!FileManager.default.fileExists(atPath: place.path("c.sqlite")))
        let cache = try await place.cache("apiVersion: jabiru.dev/v1alpha1\nkind: Topology\n", name: "c.sqlite")
        _ = try await place.run("topology", "import", file, "--cache", cache, "--dry-run")
        #expect(try TopologyCache(path: cache, access: .reader).topology() == ClusterTopology())
    }

    @Test func theCacheRemembersWhereItCameFrom() async throws {
        let place = try Workplace()
        _ = try place.write(sampleTopology, to: "t.yaml")
        let outcome = try await place.run("topology", "import", "t.yaml", "--cache", "c.sqlite")
        #expect(outcome.status == 0)
        let state = try TopologyCache(path: place.path("c.sqlite"), access: .reader).state
        #expect(state.source?.hasPrefix("file:/") == true && state.source?.hasSuffix("/t.yaml") == true)
        #expect(state.generation == 1)
    }

    @Test func aBrokenFileLeavesTheCacheAsItIs() async throws {
        let place = try Workplace()
        let cache = try await place.cache()
        let outcome = try await place.run(
            "topology", "import", "-", "--cache", cache,
            input: sampleTopology.replacingOccurrences(of: "engine: embedded, size: 1Gi", with: "engine: embedded"))
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.complaints.count == 1 && outcome.errors.contains("volumes[1]"))
        #expect(
            try TopologyCache(path: cache, access: .reader).topology()
                == TopologyFile.parse(sampleTopology, name: "sample"))
    }

    @Test func aCacheInUseIsRefused() async throws {
        let place = try Workplace()
        let cache = try await place.cache()
        let writer = try TopologyCache(path: cache, access: .writer)
        defer { try? writer.close() }
        let outcome = try await place.run("topology", "import", "-", "--cache", cache, input: sampleTopology)
        #expect(outcome.status == 1 && outcome.complaints.count == 1)
        #expect(
            outcome.errors.contains("is in use by another jabiru (pid \(ProcessInfo.processInfo.processIdentifier))"))
        let dump = try await place.run("topology", "dump", "--cache", cache, "-o", "yaml")
        #expect(dump.status == 0 && dump.output.contains("pvc-pg-0"), "reading needs no lock")
    }

    @Test func aFileThatIsNotThere() async throws {
        let outcome = try await Workplace().run("topology", "import", "absent.yaml", "--cache", "c.sqlite")
        #expect(outcome.status == 1 && outcome.complaints.count == 1)
        #expect(outcome.errors.hasPrefix("jabiru: cannot read absent.yaml: No such file or directory"))
    }
}
