import Topology

/// Measures the verbs' latency and throughput of two servers in turn.
struct LatencyBench {
    /// A series' numbers of both servers.
    struct Outcome {
        let series: Series
        let bodyBytes: Int
        let jabiru: Samples
        let echo: Samples

        /// The entries of the JSON file.
        var results: [BenchResult] {
            func result(_ what: String, _ unit: String, budget: Double? = nil, _ value: (Samples) -> Double)
                -> BenchResult
            {
                BenchResult(
                    name: "\(series.name), \(what)", value: value(jabiru), unit: unit, budget: budget, peer: "Go echo",
                    peerValue: value(echo))
            }
            var results = [
                result("p50", "ms", budget: series.budget) { $0.milliseconds(percentile: 50) },
                result("p99", "ms") { $0.milliseconds(percentile: 99) },
            ]
            if series.clients > 1 { results.append(result("throughput", "requests/s", \.perSecond)) }
            return results
        }
    }

    let jabiru: ServerProcess
    let echo: ServerProcess
    /// The most seconds of a series for each server.
    let secondsPerSeries: Double
    /// How many times the servers take turns, so that what else the machine does hits both.
    let turns: Int

    /// Measures one series.
    ///
    /// - Throws: ``BenchError`` where a server fails or answers wrongly.
    func run(_ series: Series, bodies: [RequestBody]) throws -> Outcome {
        var sides = try [(jabiru, true), (echo, false)].map { server, decides in
            do {
                return try Side(server, decides: decides, series, bodies, self)
            } catch {
                throw BenchError("\(decides ? "jabiru" : "echo"): \(error)")
            }
        }
        defer { for side in sides { side.client.close() } }
        for turn in 0..<turns {
            for place in turn % 2 == 0 ? [0, 1] : [1, 0] {
                sides[place].blocks.append(try sides[place].client.run(sides[place].requestsPerBlock))
            }
        }
        return Outcome(
            series: series, bodyBytes: bodies[0].bytes.count, jabiru: Samples(sides[0].blocks),
            echo: Samples(sides[1].blocks))
    }

    /// One server's part in a series.
    private struct Side {
        var client: LoadClient
        let requestsPerBlock: Int
        var blocks: [LoadClient.Block] = []

        /// Opens the connections, has the answers checked, and warms up.
        init(
            _ server: ServerProcess, decides: Bool, _ series: Series, _ bodies: [RequestBody], _ bench: LatencyBench
        ) throws {
            let check = AnswerCheck(verb: series.verb, form: series.form, decides: decides)
            let requests = bodies.map {
                PreparedRequest(path: "/\(series.verb.rawValue)", host: "127.0.0.1:\(server.port)", body: $0.bytes)
            }
            client = try LoadClient(port: server.port, connections: series.clients, requests: requests) {
                try check.check($1, to: bodies[$0])
            }
            // The first round is cold; the second one tells how many requests fit into the time.
            let round = max(series.clients, series.requests / 40)
            _ = try client.run(round)
            let elapsed = try client.run(round).elapsed
            let fitting = bench.secondsPerSeries * 1e9 / (Double(elapsed) / Double(round))
            let count = min(Double(series.requests), fitting)
            requestsPerBlock = max(series.clients > 1 ? series.clients : 2, Int(count) / bench.turns)
        }
    }
}
