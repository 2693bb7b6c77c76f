import ArgumentParser
import Topology

/// `jabiru topology dump`.
struct TopologyDumpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Show nodes, pools, volumes, replicas, claims and pods.",
        discussion: """
            Filters narrow the dump to what belongs together, and add up.

            Examples:
              jabiru topology dump --zone eu-west-a
              jabiru topology dump -o dot | dot -Tsvg > topology.svg
              jabiru topology dump -o yaml > bug-report.yaml
            """)

    /// The forms of a dump.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, wide, json, yaml, dot, csv
    }

    @OptionGroup var source: SourceOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("Form of the dump.", valueName: "format"))
    var output = Format.table

    @Option(help: ArgumentHelp("Only this node and what belongs to it. (default: all)", valueName: "name"))
    var node: String?

    @Option(
        help: ArgumentHelp("Only the nodes of this zone and what belongs to them. (default: all)", valueName: "name"))
    var zone: String?

    @Option(help: ArgumentHelp("Only this volume and what belongs to it. (default: all)", valueName: "name"))
    var volume: String?

    @Flag(help: "Only nodes and volumes that are not as they should be. (default: all)")
    var unhealthy = false

    func run() async throws {
        let topology = try await source.read(
            server: { try await $0.topology() },
            cache: { try TopologyCache(path: $0, access: .reader).topology() })
        let filter = TopologyFilter(node: node, zone: zone, volume: volume, unhealthyOnly: unhealthy)
        let unknown = filter.unknownNames(in: topology)
        if !unknown.isEmpty {
            throw CommandFailure(
                unknown.joined(separator: " and ") + ": see jabiru topology dump for the names there are")
        }
        try StandardOutput.write(text(filter.apply(to: topology)))
    }

    private func text(_ topology: ClusterTopology) -> String {
        let paint = Paint.forStandardOutput()
        return switch output {
        case .table: TopologyDump.table(topology, now: .now, style: paint.callAsFunction)
        case .wide: TopologyDump.table(topology, wide: true, now: .now, style: paint.callAsFunction)
        case .json: TopologyFile.json(topology)
        case .yaml: TopologyFile.yaml(topology)
        case .dot: TopologyDump.dot(topology)
        case .csv: TopologyDump.csv(topology)
        }
    }
}
