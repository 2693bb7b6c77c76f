import ArgumentParser
import Topology

/// `jabiru topology check`.
struct TopologyCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a topology file, and list all that is wrong with it.",
        discussion: """
            Prints one problem a line, as FILE:LINE:COLUMN: FIELD: SENTENCE, and exits 1 where there is any.

            Example:
              jabiru topology check topology.yaml
            """)

    @Argument(help: "The topology file, in YAML or JSON; - is the standard input.", completion: .file())
    var file: String

    func run() throws {
        let file = InputFile(file)
        let bytes = try file.read(expecting: "a topology file")
        let topology: ClusterTopology
        do {
            topology = try TopologyFile.parse(bytes: bytes, name: file.name)
        } catch {
            try StandardOutput.write(error.description + "\n")
            throw ExitCode.failure
        }
        let counts = [
            EntityKind.node.counted(topology.nodes.count), EntityKind.volume.counted(topology.volumes.count),
            EntityKind.claim.counted(topology.claims.count),
            EntityKind.storageClass.counted(topology.storageClasses.count), EntityKind.pod.counted(topology.pods.count),
            EntityKind.volumeAttachment.counted(topology.volumeAttachments.count),
        ]
        try StandardOutput.write("\(file.name) is a sound topology: \(counts.joined(separator: ", "))\n")
    }
}
