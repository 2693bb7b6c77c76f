import ArgumentParser
import Foundation

/// `extender-bench`: the extender's latency, throughput, memory and cold start, beside their budgets and a Go extender
/// that only echoes.
@main
struct ExtenderBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extender-bench",
        abstract: "Measure jabiru serve against its budgets and a Go extender that only echoes.",
        discussion: """
            Both servers run on this machine and share it with the client, so trust the ratios more than the times. A \
            budget that is missed is shown and is no failure.
            """)

    @Option(help: ArgumentHelp("The jabiru to measure. (default: the one beside this program)", valueName: "file"))
    var jabiru: String?

    @Option(help: ArgumentHelp("The Go extender to compare with.", valueName: "file"))
    var echo = "build/echo"

    @Option(help: ArgumentHelp("Folder of the recorded requests.", valueName: "folder"))
    var recordings = "Tests/ExtenderTests/Recordings"

    @Option(help: ArgumentHelp("File that takes the results.", valueName: "file"))
    var json = "build/bench-extender.json"

    @Option(help: ArgumentHelp("Only series whose name matches this regular expression.", valueName: "pattern"))
    var only: String?

    @Option(help: "Seed of the generated cluster and requests.")
    var seed: UInt64 = 1

    @Flag(help: "Fewer requests, and none of 16 large ones at once: under a minute, with more noise.")
    var quick = false

    @Flag(help: "List the names of the series and stop.")
    var list = false

    @Option(
        help: "How the generated nodes are named: \(NodeNaming.allCases.map(\.rawValue).joined(separator: " or ")).")
    var nodeNames = NodeNaming.short

    func run() throws {
        let series = try Series.all.filter { try matches($0.name) && !(quick && $0.isHeavy) }
        let isScaled = try matches(ScaleBench.name)
        guard !series.isEmpty || isScaled else {
            throw ValidationError("--only \(only ?? "") matches no series: --list shows their names")
        }
        if list {
            print((series.map(\.name) + (isScaled ? [ScaleBench.name] : [])).joined(separator: "\n"))
            return
        }
        let cleanUp = CleanUp()
        cleanUp.onInterruption()
        defer { cleanUp.run() }
        var run = try BenchRun(
            jabiru: executable(jabiru ?? Self.neighbour("jabiru"), "swift build -c release --product jabiru"),
            echo: executable(echo, "go build -o \(echo) Benchmarks/echo/main.go"),
            recorded: RecordedObjects(folder: recordings), naming: nodeNames, seed: seed, isQuick: quick,
            cleanUp: cleanUp)
        print(Machine.description)
        if !series.isEmpty { try run.measureLatency(series) }
        if isScaled { try run.measureScale() }
        print("\n" + run.report.text)
        try run.report.write(to: json)
        print("Results are in \(json).")
        if !run.failures.isEmpty {
            throw BenchError(
                "\(run.failures.count) series could not be measured:\n"
                    + run.failures.joined(separator: "\n"))
        }
    }

    private func matches(_ name: String) throws -> Bool {
        guard let only else { return true }
        do {
            return try name.contains(Regex(only))
        } catch {
            throw ValidationError("--only \(only) is not a regular expression")
        }
    }

    private func executable(_ path: String, _ build: String) throws -> String {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw BenchError("\(path) is missing: build it with `\(build)`")
        }
        return path
    }

    /// The program of a name in this program's own folder.
    private static func neighbour(_ name: String) -> String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name).path
    }
}

extension NodeNaming: ExpressibleByArgument {}
