import Foundation
import Glibc
import NIOHTTP1
import Testing
import Topology

/// `jabiru serve` as users run it: a process, a socket, a cache file, signals and faults.
@Suite struct ServeEndToEndTests {
    static let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "examples")

    private func request(_ name: String) throws -> Data {
        try Data(contentsOf: Self.examples.appending(path: "requests/\(name).json"))
    }

    private func threeZones(_ place: Workplace) throws -> String {
        try place.write(
            String(contentsOf: Self.examples.appending(path: "three-zones.yaml"), encoding: .utf8), to: "zones.yaml")
    }

    private func withoutStorageOnTheFirstNode(_ text: String) throws -> ClusterTopology {
        var topology = try TopologyFile.parse(text, name: "zones.yaml")
        for index in topology.nodes[0].storage.indices { topology.nodes[0].storage[index].health = .offline }
        return topology
    }

    @Test(arguments: ["pg-0", "pg-1", "late-binder", "scratch", "web", "cache-reader"])
    func theSchedulerAndAPersonAreToldTheSame(pod: String) async throws {
        let place = try Workplace()
        let server = try await ServeProcess(
            place, ["--topology", try threeZones(place), "--cache", place.path("c.sqlite")])
        let body = try request("filter-\(pod)")
        let filter = try await server.send(.POST, "/jabiru/filter", body: body)
        #expect(filter.status == 200)
        let answer = try #require(try JSONSerialization.jsonObject(with: filter.body) as? [String: Any])
        let rejected = try #require(answer["FailedAndUnresolvableNodes"] as? [String: String])
        let scores = try await server.scores(body)

        let saved = Self.examples.appending(path: "requests/filter-\(pod).json").path
        for source in [["--server", server.address], ["--topology", place.path("zones.yaml")]] {
            let told = try await place.run(arguments: ["explain", "--request", saved, "-o", "json"] + source)
            #expect(told.status == 0, "\(told.errors)")
            let explained = try #require(
                try JSONSerialization.jsonObject(with: Data(told.output.utf8)) as? [String: Any])
            let nodes = try #require(explained["nodes"] as? [[String: Any]])
            #expect(nodes.count == scores.count)
            for node in nodes {
                let name = try #require(node["name"] as? String)
                #expect(node["rejection"] as? String == rejected[name])
                // A second question finds the first one's reservation only of other pods, so scores are the same.
                #expect(node["score"] as? Int == scores[name])
            }
        }
    }

    @Test func dumpShowsTheServersTopologyLive() async throws {
        let place = try Workplace()
        let file = try threeZones(place)
        let server = try await ServeProcess(place, ["--topology", file, "--cache", place.path("c.sqlite")])
        let fromServer = try await place.run("topology", "dump", "--server", server.address, "-o", "yaml")
        let fromCache = try await place.run("topology", "dump", "--cache", place.path("c.sqlite"), "-o", "yaml")
        #expect(fromServer.status == 0, "\(fromServer.errors)")
        #expect(fromServer.output == fromCache.output)
        let same = try await place.run("topology", "diff", file, server.address)
        #expect(same.status == 0, "\(same.output)")
    }

    @Test func aChangedFileAndAHangupReloadTheTopology() async throws {
        let place = try Workplace()
        let file = try threeZones(place)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let server = try await ServeProcess(place, ["--topology", file, "--cache", place.path("c.sqlite")])
        let body = try request("filter-pg-0")
        #expect(try await server.scores(body)["node-0000"] == 10)

        // node-0000 loses its storage: only the file's change tells.
        try TopologyFile.yaml(withoutStorageOnTheFirstNode(text)).write(toFile: file, atomically: true, encoding: .utf8)
        try await server.waitForRecord { $0["message"] == "Topology file read" }
        #expect(try await server.scores(body)["node-0000"] == 0)

        // A broken file changes nothing, and is said.
        try "nodes: 7".write(toFile: file, atomically: true, encoding: .utf8)
        try await server.waitForRecord { $0["message"]?.hasPrefix("Topology file not taken") == true }
        #expect(try await server.scores(body)["node-0000"] == 0)

        try text.write(toFile: file, atomically: true, encoding: .utf8)
        kill(server.pid, SIGHUP)
        var score: Int?
        for _ in 0..<200 where score != 10 {
            score = try await server.scores(body)["node-0000"]
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(score == 10)
    }

    @Test func aKilledServerServesItsCacheAgainAtOnce() async throws {
        let place = try Workplace()
        let first = try await ServeProcess(
            place, ["--topology", try threeZones(place), "--cache", place.path("c.sqlite")])
        let body = try request("filter-pg-0")
        let before = try await first.scores(body)
        #expect(try await first.end(SIGKILL) == SIGKILL)
        // No topology file this time: what was committed is all there is.
        let second = try await ServeProcess(place, ["--cache", place.path("c.sqlite")])
        #expect(try await second.scores(body) == before)
        #expect(try await second.send(.GET, "/readyz").status == 200)
        #expect(try await second.end(SIGTERM) == 0)
        let third = try await ServeProcess(place, ["--cache", place.path("c.sqlite"), "--max-cache-age", "1ms"])
        #expect(try await third.scores(body) == before)
        let readiness = try await third.send(.GET, "/readyz")
        #expect(readiness.status == 503)
        #expect(String(decoding: readiness.body, as: UTF8.self).contains("--max-cache-age"))
    }

    @Test func aPodsLastDecisionsAreShownWhereItIsExplained() async throws {
        let place = try Workplace()
        let server = try await ServeProcess(
            place, ["--topology", try threeZones(place), "--cache", place.path("c.sqlite")])
        _ = try await server.scores(try request("filter-pg-0"))
        // Decisions are written once a second.
        var told = try await place.run("explain", "pod", "default/pg-0", "--server", server.address)
        for _ in 0..<100 where !told.output.contains("LAST ASKED") {
            try await Task.sleep(for: .milliseconds(50))
            told = try await place.run("explain", "pod", "default/pg-0", "--server", server.address)
        }
        #expect(told.status == 0, "\(told.errors)")
        let line = told.output.split(separator: "\n").last.map(String.init) ?? ""
        #expect(line.contains("prioritize") && line.contains("node-0000 10"), "\(told.output)")
    }

    @Test func decisionsOutliveTheServer() async throws {
        let place = try Workplace()
        let server = try await ServeProcess(
            place, ["--topology", try threeZones(place), "--cache", place.path("c.sqlite")])
        _ = try await server.scores(try request("filter-pg-0"))
        #expect(try await server.end(SIGTERM) == 0)
        let cache = try TopologyCacheReader.decisions(place.path("c.sqlite"))
        #expect(cache.map(\.pod) == ["pg-0"])
        #expect(cache.first?.bestNode == "node-0000")
        #expect(cache.first?.bestScore == 10)
    }

    @Test func aSecondServerOnOneCacheSaysSo() async throws {
        let place = try Workplace()
        let file = try threeZones(place)
        let first = try await ServeProcess(place, ["--topology", file, "--cache", place.path("c.sqlite")])
        let error = await #expect(throws: DidNotListen.self) {
            try await ServeProcess(place, ["--topology", file, "--cache", place.path("c.sqlite")])
        }
        #expect(error?.status == 1)
        #expect(error?.said.contains("is in use by another jabiru (pid \(first.pid))") == true, "\(error?.said ?? "")")
        let imported = try await place.run("topology", "import", file, "--cache", place.path("c.sqlite"))
        #expect(imported.status == 1)
        #expect(imported.errors.contains("is in use by another jabiru (pid \(first.pid))"))
    }

    @Test func aCorruptCacheIsSetAsideAndFilledAnew() async throws {
        let place = try Workplace()
        let file = try threeZones(place)
        let path = place.path("c.sqlite")
        try await ServeProcess(place, ["--topology", file, "--cache", path]).end(SIGTERM)
        var bytes = try Data(contentsOf: URL(filePath: path))
        for index in stride(from: 4096, to: bytes.count, by: 7) { bytes[index] ^= 0x5A }
        try bytes.write(to: URL(filePath: path))

        // Without a source there is nothing to fill it with.
        let error = await #expect(throws: DidNotListen.self) { try await ServeProcess(place, ["--cache", path]) }
        #expect(error?.status == 1)
        #expect(error?.said.contains(path) == true)
        #expect(error?.said.contains("damaged") == true, "\(error?.said ?? "")")

        let server = try await ServeProcess(place, ["--topology", file, "--cache", path])
        #expect(try await server.scores(try request("filter-pg-0"))["node-0000"] == 10)
        #expect(try server.records().contains { $0["message"]?.contains("set aside") == true })
        let kept = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        #expect(kept.contains { $0.hasPrefix("c.sqlite.corrupt-") })
    }

    @Test(.enabled(if: Mount.isPermitted, "needs the right to mount a tmpfs"))
    func aFullDiskKeepsTheOldTopologyServed() async throws {
        let place = try Workplace()
        let mount = try Mount(place.folder.appending(path: "small"), size: "3m")
        defer { mount.unmount() }
        let file = try threeZones(place)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let server = try await ServeProcess(
            place, ["--topology", file, "--cache", mount.folder.appending(path: "c.sqlite").path])
        let body = try request("filter-pg-0")
        #expect(try await server.scores(body)["node-0000"] == 10)
        // Everything that is free is taken.
        let filler = mount.folder.appending(path: "filler")
        #expect(FileManager.default.createFile(atPath: filler.path, contents: nil))
        let handle = try FileHandle(forWritingTo: filler)
        while (try? handle.write(contentsOf: Data(repeating: 1, count: 4096))) != nil {}
        // Big enough not to fit into what the log has free.
        var changed = try withoutStorageOnTheFirstNode(text)
        changed.pods += (0..<3000).map { Pod(namespace: "default", name: "filler-\($0)", node: "node-0001") }
        try TopologyFile.yaml(changed).write(toFile: file, atomically: true, encoding: .utf8)
        try await server.waitForRecord {
            $0["error"]?.contains("disk is full") == true || $0["error"]?.contains("full") == true
        }
        #expect(try await server.scores(body)["node-0000"] == 10)
        try handle.close()
        try FileManager.default.removeItem(at: filler)
        try await server.waitForRecord { $0["message"] == "Topology file read" }
        #expect(try await server.scores(body)["node-0000"] == 0)
    }

    @Test(.enabled(if: Mount.isPermitted, "needs the right to mount a tmpfs"))
    func aReadOnlyDiskIsSaid() async throws {
        let place = try Workplace()
        let mount = try Mount(place.folder.appending(path: "small"), size: "4m")
        defer { mount.unmount() }
        let file = try threeZones(place)
        let path = mount.folder.appending(path: "c.sqlite").path
        try await ServeProcess(place, ["--topology", file, "--cache", path]).end(SIGTERM)
        try mount.makeReadOnly()
        let error = await #expect(throws: DidNotListen.self) {
            try await ServeProcess(place, ["--topology", file, "--cache", path])
        }
        #expect(error?.status == 1)
        #expect(error?.said.contains("read-only") == true, "\(error?.said ?? "")")
    }

    @Test func aTopologyFileThatCannotBeUsedKeepsTheServerFromStarting() async throws {
        let place = try Workplace()
        let bad = try place.write(
            "apiVersion: jabiru.dev/v1alpha1\nkind: Topology\nnodes: [{nam: a}]\n", to: "bad.yaml")
        let error = await #expect(throws: DidNotListen.self) {
            try await ServeProcess(place, ["--topology", bad, "--cache", place.path("c.sqlite")])
        }
        #expect(error?.status == 1)
        #expect(error?.said.contains("bad.yaml:3:") == true, "\(error?.said ?? "")")
        let missing = await #expect(throws: DidNotListen.self) {
            try await ServeProcess(place, ["--topology", place.path("no.yaml"), "--cache", place.path("c.sqlite")])
        }
        #expect(missing?.said.contains("no.yaml cannot be read") == true, "\(missing?.said ?? "")")
    }

    @Test func theLastTopologyIsServedWhileABrokenFileIsSaid() async throws {
        let place = try Workplace()
        let file = try threeZones(place)
        let cache = place.path("c.sqlite")
        try await ServeProcess(place, ["--topology", file, "--cache", cache]).end(SIGTERM)
        try "nodes: 7".write(toFile: file, atomically: true, encoding: .utf8)
        let server = try await ServeProcess(place, ["--topology", file, "--cache", cache])
        #expect(try await server.scores(try request("filter-pg-0"))["node-0000"] == 10)
        try await server.waitForRecord { $0["message"]?.hasPrefix("Topology file not taken") == true }
    }

    @Test func aPortInUseIsSaid() async throws {
        let place = try Workplace()
        let file = try threeZones(place)
        let first = try await ServeProcess(place, ["--topology", file, "--cache", place.path("c.sqlite")])
        let address = String(first.address.dropFirst("http://".count))
        let outcome = try await place.run(
            "serve", "--topology", file, "--cache", place.path("d.sqlite"), "--listen", address)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("\(address) is in use by another program"), "\(outcome.errors)")
        let unknown = try await place.run(
            "serve", "--topology", file, "--cache", place.path("d.sqlite"), "--listen", "no-such-host.invalid:1")
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("no-such-host.invalid"), "\(unknown.errors)")
    }

    @Test func manySlowClientsLeaveTheServerAnsweringOthers() async throws {
        let place = try Workplace()
        let server = try await ServeProcess(
            place, ["--topology", try threeZones(place), "--cache", place.path("c.sqlite"), "--request-timeout", "2s"])
        let port = try #require(Int(server.address.split(separator: ":").last ?? ""))
        let slow = SlowClients(count: 300, port: port)
        defer { slow.stop() }
        let body = try request("filter-pg-0")
        for _ in 0..<20 {
            let scores = try await server.scores(body)
            #expect(scores["node-0000"] == 10)
        }
        // They are closed once their time is over, however many bytes they have sent.
        var open = slow.openCount()
        for _ in 0..<200 where open > 0 {
            try await Task.sleep(for: .milliseconds(50))
            open = slow.openCount()
        }
        #expect(open == 0)
    }

    // MARK: Settings

    @Test func settingsComeFromFlagThenEnvironmentThenFile() async throws {
        let place = try Workplace()
        let config = try place.write("prefix: /from-file\nmax-body: 1Ki\n", to: "config.yaml")
        let file = try threeZones(place)
        let common = ["--topology", file, "--cache", place.path("c.sqlite"), "--config", config]
        let body = try request("filter-pg-0")
        let fromFile = try await ServeProcess(place, common)
        #expect(try await fromFile.send(.POST, "/from-file/filter", body: body).status == 413)
        try await fromFile.end(SIGTERM)
        let fromEnvironment = try await ServeProcess(
            place, common, environment: ["JABIRU_PREFIX": "/from-environment", "JABIRU_MAX_BODY": "1Mi"])
        #expect(try await fromEnvironment.send(.POST, "/from-environment/filter", body: body).status == 200)
        #expect(try await fromEnvironment.send(.POST, "/from-file/filter", body: body).status == 404)
        try await fromEnvironment.end(SIGTERM)
        let fromFlag = try await ServeProcess(
            place, common + ["--prefix", "/from-flag"],
            environment: ["JABIRU_PREFIX": "/from-environment", "JABIRU_MAX_BODY": "1Mi"])
        #expect(try await fromFlag.send(.POST, "/from-flag/filter", body: body).status == 200)
    }

    /// A wrong setting and the sentence about it.
    struct BadSetting: Sendable {
        var arguments: [String] = []
        var environment: [String: String] = [:]
        var sentence: String
    }

    static let badSettings: [BadSetting] = [
        BadSetting(
            arguments: ["--listen", "nowhere"],
            sentence: "--listen is \"nowhere\": expected an address such as 127.0.0.1:8099"),
        BadSetting(
            arguments: ["--max-body=-1"], sentence: "--max-body is \"-1\": expected a size such as 256Mi"),
        BadSetting(
            environment: ["JABIRU_REQUEST_TIMEOUT": "soon"],
            sentence: "JABIRU_REQUEST_TIMEOUT is \"soon\": expected a duration"),
        BadSetting(
            arguments: ["--weighting", "heavy"], sentence: "--weighting is \"heavy\": expected one of equal, size"),
        BadSetting(arguments: ["--tls-cert", "x"], sentence: "--tls-cert needs --tls-key"),
        BadSetting(arguments: ["--tls-client-ca", "x"], sentence: "--tls-client-ca needs --tls-cert and --tls-key"),
        BadSetting(arguments: ["--config", "no-such.yaml"], sentence: "no-such.yaml cannot be read"),
    ]

    @Test(arguments: badSettings)
    func aBadSettingIsNamed(_ setting: BadSetting) async throws {
        let place = try Workplace()
        let outcome = try await place.run(
            arguments: ["serve"] + setting.arguments, environment: setting.environment)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(setting.sentence), "\(outcome.errors)")
    }

    @Test func anUnknownSettingInTheFileIsNamed() async throws {
        let place = try Workplace()
        let config = try place.write("listen: 127.0.0.1:0\nmax-bdoy: 1Mi\n", to: "config.yaml")
        let outcome = try await place.run("serve", "--config", config)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("config.yaml:2: max-bdoy is not a setting"), "\(outcome.errors)")
    }
}
