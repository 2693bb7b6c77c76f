import ArgumentParser

/// `jabiru topology`: what is known of the cluster's storage.
struct TopologyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology",
        abstract: "Show, check, compare and import topologies.",
        discussion: """
            Example:
              jabiru topology dump -o yaml > topology.yaml
            """,
        subcommands: [TopologyDumpCommand.self, TopologyImport.self, TopologyCheck.self, TopologyDiffCommand.self])
}
