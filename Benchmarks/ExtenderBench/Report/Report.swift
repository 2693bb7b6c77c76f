import Foundation

/// The tables for a person and the file for programs.
struct Report {
    private(set) var results: [BenchResult] = []
    private var latencies: [LatencyBench.Outcome] = []
    private var scale: [BenchResult] = []

    mutating func add(_ outcome: LatencyBench.Outcome) {
        latencies.append(outcome)
        results += outcome.results
    }

    mutating func add(scale: [BenchResult]) {
        self.scale += scale
        results += scale
    }

    /// The tables that have rows.
    var text: String {
        var parts: [String] = []
        if !latencies.isEmpty { parts.append(latencyTable) }
        if !scale.isEmpty { parts.append(scaleTable) }
        return parts.joined(separator: "\n") + summary
    }

    private var latencyTable: String {
        var table = TextTable(
            [
                "VERB", "FORM", "NODES", "BODY", "CLIENTS", "P50 ms", "BUDGET", "MET", "ECHO", "RATIO", "P99 ms",
                "ECHO",
                "RATIO", "REQ/S", "ECHO", "RATIO", "N", "ECHO",
            ], leftColumns: 2)
        for outcome in latencies {
            let series = outcome.series
            let (jabiru, echo) = (outcome.jabiru, outcome.echo)
            var row = [series.verb.rawValue, series.form.word(series.verb), "\(series.nodes)", size(outcome.bodyBytes)]
            row.append("\(series.clients)")
            let results = outcome.results
            for (place, result) in results.enumerated() {
                let peer = result.peerValue ?? 0
                row.append(short(result.value))
                if place == 0 { row += [result.budget.map(short) ?? noValue, mark(result.met)] }
                row += [short(peer), ratio(result.value, peer)]
            }
            if results.count < 3 { row += [noValue, noValue, noValue] }
            row += ["\(jabiru.count)", "\(echo.count)"]
            table.add(row)
        }
        return table.text
            + "ECHO is a Go extender that only echoes, measured in turns with Jabiru; RATIO is Jabiru's number to its.\n"
            + "With N below 100, P99 is the slowest request.\n"
    }

    private var scaleTable: String {
        var table = TextTable(["MEASURE", "UNIT", "VALUE", "BUDGET", "MET", "ECHO", "RATIO"], leftColumns: 2)
        for result in scale {
            table.add([
                String(result.name.dropFirst("scale, ".count)), result.unit, short(result.value),
                result.budget.map(short) ?? noValue, mark(result.met),
                result.peerValue.map(short) ?? noValue, result.peerValue.map { ratio(result.value, $0) } ?? noValue,
            ])
        }
        return "With \(ScaleBench.size):\n" + table.text
    }

    private var summary: String {
        let judged = results.compactMap(\.met)
        guard !judged.isEmpty else { return "" }
        return "\n\(judged.count { $0 }) of \(judged.count) budgets are kept.\n"
    }

    private func size(_ bytes: Int) -> String {
        bytes < 1_000_000 ? "\(short(Double(bytes) / 1e3)) kB" : "\(short(Double(bytes) / 1e6)) MB"
    }

    /// Writes the JSON file, and the folders above it where they are missing.
    func write(to path: String) throws {
        let file = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(results) + Data("\n".utf8)).write(to: file, options: .atomic)
    }
}
