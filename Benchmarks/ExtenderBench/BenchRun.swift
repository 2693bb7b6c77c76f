import Foundation
import Topology

/// One run of the benchmark: what it measures with, and what it has found.
struct BenchRun {
    let jabiru: String
    let echo: String
    let recorded: RecordedObjects
    let naming: NodeNaming
    let seed: UInt64
    let isQuick: Bool
    let cleanUp: CleanUp
    private(set) var report = Report()
    /// What could not be measured, and why.
    private(set) var failures: [String] = []

    init(
        jabiru: String, echo: String, recorded: RecordedObjects, naming: NodeNaming, seed: UInt64, isQuick: Bool,
        cleanUp: CleanUp
    ) {
        self.jabiru = jabiru
        self.echo = echo
        self.recorded = recorded
        self.naming = naming
        self.seed = seed
        self.isQuick = isQuick
        self.cleanUp = cleanUp
    }

    /// Measures series with a cluster of 5,000 nodes and 2,000 volumes.
    ///
    /// - Throws: ``BenchError`` where a server cannot be started; a series that fails is noted.
    mutating func measureLatency(_ series: [Series]) throws {
        let folder = try cleanUp.temporaryFolder()
        var cluster = SampleCluster(nodes: 5000, naming: naming, seed: seed)
        cluster.addPods(1000, namespaces: 1, isPending: true)
        let cache = "\(folder)/topology.sqlite"
        try SampleCache.write(cluster.topology, to: cache)
        let server = try ServerProcess(jabiru, log: "\(folder)/serve.log", cleanUp: cleanUp) {
            ["serve", "--cache", cache, "--listen", $0]
        }
        defer { server.stop() }
        let peer = try startEcho(in: folder)
        defer { peer.stop() }
        let bench = LatencyBench(
            jabiru: server, echo: peer, secondsPerSeries: isQuick ? 0.15 : 5, turns: isQuick ? 4 : 8)
        var bodies = RequestBodies(cluster: cluster, recorded: recorded, seed: seed)
        for series in series {
            progress(series.name)
            do {
                let variants = isQuick ? min(series.variants, 4) : series.variants
                let requests = bodies.bodies(series.verb, series.form, nodes: series.nodes, variants: variants)
                report.add(try bench.run(series, bodies: requests))
            } catch {
                failures.append("\(series.name): \(error)")
            }
        }
        progress("")
    }

    /// Measures memory and cold start.
    ///
    /// - Throws: ``BenchError`` where a server cannot be started.
    mutating func measureScale() throws {
        progress(ScaleBench.name)
        let peer = try startEcho(in: try cleanUp.temporaryFolder())
        defer { peer.stop() }
        let bench = ScaleBench(
            executable: jabiru, echo: peer, cleanUp: cleanUp, recorded: recorded, naming: naming, seed: seed)
        do {
            report.add(scale: try bench.run())
        } catch {
            failures.append("\(ScaleBench.name): \(error)")
        }
        progress("")
    }

    private func startEcho(in folder: String) throws -> ServerProcess {
        try ServerProcess(echo, log: "\(folder)/echo.log", cleanUp: cleanUp) { ["-listen", $0] }
    }

    /// Shows on a terminal what is being measured.
    private func progress(_ what: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(what)".utf8))
    }
}
