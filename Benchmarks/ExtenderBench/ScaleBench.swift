import Topology

/// Measures memory and cold start with a large topology.
struct ScaleBench {
    static let name = "scale, memory and cold start"
    /// What the topology holds.
    static let size = "5,000 nodes, 100,000 volumes × 3 replicas, their claims and attachments, 50,000 pods"

    private static let memoryBudget = 300.0
    private static let startBudget = 2000.0
    private static let starts = 3
    private static let requests = 200

    let executable: String
    let echo: ServerProcess
    let cleanUp: CleanUp
    let recorded: RecordedObjects
    let naming: NodeNaming
    let seed: UInt64

    /// Runs it: three cold starts, of which the last one's server then answers requests.
    func run() throws -> [BenchResult] {
        let folder = try cleanUp.temporaryFolder()
        // 50,000 pods with two claims each.
        var cluster = SampleCluster(nodes: 5000, naming: naming, seed: seed)
        cluster.addPods(50_000, namespaces: 200, isPending: false)
        // The pods that the requests are about come on top.
        cluster.addPods(16, namespaces: 1, isPending: true)
        let path = "\(folder)/topology.sqlite"
        try SampleCache.write(cluster.topology, to: path)
        var starts: [Double] = []
        for number in 1...Self.starts {
            let server = try ServerProcess(executable, log: "\(folder)/serve-\(number).log", cleanUp: cleanUp) {
                ["serve", "--cache", path, "--listen", $0]
            }
            defer { server.stop() }
            starts.append(server.startMilliseconds)
            if number == Self.starts { return try measure(server, starts, cluster) }
        }
        return []
    }

    private func measure(_ server: ServerProcess, _ starts: [Double], _ cluster: SampleCluster) throws -> [BenchResult]
    {
        let fresh = try server.memory()
        var bodies = RequestBodies(cluster: cluster, recorded: recorded, seed: seed)
        for verb in [Verb.filter, .prioritize] {
            let requests = bodies.bodies(verb, .names, nodes: 5000, variants: 16)
            for (side, decides) in [(server, true), (echo, false)] {
                let check = AnswerCheck(verb: verb, form: .names, decides: decides)
                var client = try LoadClient(
                    port: side.port, connections: 1,
                    requests: requests.map {
                        PreparedRequest(path: "/\(verb.rawValue)", host: "127.0.0.1:\(side.port)", body: $0.bytes)
                    }
                ) { try check.check($1, to: requests[$0]) }
                defer { client.close() }
                _ = try client.run(Self.requests / 2)
            }
        }
        let used = try server.memory()
        let peer = try echo.memory()
        func memory(_ what: String, _ value: Double, _ peerValue: Double?) -> BenchResult {
            BenchResult(
                name: "scale, memory, \(what)", value: value, unit: "MB", budget: Self.memoryBudget,
                peer: peerValue.map { _ in "Go echo" }, peerValue: peerValue)
        }
        return starts.enumerated().map { number, start in
            BenchResult(name: "scale, cold start \(number + 1)", value: start, unit: "ms")
        } + [
            BenchResult(
                name: "scale, cold start, best of \(starts.count)", value: starts.min() ?? 0, unit: "ms",
                budget: Self.startBudget, peer: "Go echo", peerValue: echo.startMilliseconds),
            memory("resident once ready", fresh.residentMegabytes, nil),
            memory("peak until ready", fresh.peakMegabytes, nil),
            memory("resident after \(Self.requests) requests", used.residentMegabytes, peer.residentMegabytes),
            memory("peak after \(Self.requests) requests", used.peakMegabytes, peer.peakMegabytes),
        ]
    }
}

/// Writes a topology as the cache that `jabiru serve` starts with.
enum SampleCache {
    static func write(_ topology: ClusterTopology, to path: String) throws {
        let cache = try TopologyCache(path: path, access: .writer)
        try cache.replace(with: topology, source: "extender-bench", at: .now)
        try cache.close()
    }
}
