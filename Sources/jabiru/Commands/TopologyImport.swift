import ArgumentParser
import FoundationEssentials
import Topology

/// `jabiru topology import`.
struct TopologyImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make the cache hold what a topology file says.",
        discussion: """
            Nothing is imported from a file with a mistake, and nothing while a server uses the cache.

            Examples:
              jabiru topology import topology.yaml --dry-run
              jabiru topology dump -o yaml | jabiru topology import - --cache copy.sqlite
            """)

    @Argument(help: "The topology file, in YAML or JSON; - is the standard input.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp("Cache file to write. (default: \(DefaultPaths.cacheDescription))", valueName: "file"),
        completion: .file())
    var cache: String?

    @Flag(help: "Only say what would change. (default: change it)")
    var dryRun = false

    func run() throws {
        let file = InputFile(file)
        let bytes = try file.read(expecting: "a topology file")
        let topology = try TopologyFile.parse(bytes: bytes, name: file.name)
        let path = cache ?? DefaultPaths.cache()
        if dryRun {
            let summary = ChangeSummary(from: try Self.stored(path), to: topology)
            try StandardOutput.write("would import \(file.name) into \(path): \(summary)\n")
        } else {
            let cache = try TopologyCache(path: path, access: .writer)
            let summary = ChangeSummary(from: try cache.topology(), to: topology)
            try cache.replace(with: topology, source: Self.source(file), at: .now)
            try cache.close()
            try StandardOutput.write("imported \(file.name) into \(path): \(summary)\n")
        }
    }

    /// What the cache holds; nothing where there is none yet.
    private static func stored(_ path: String) throws -> ClusterTopology {
        do {
            return try TopologyCache(path: path, access: .reader).topology()
        } catch  where error.code == .missing {
            return ClusterTopology()
        }
    }

    private static func source(_ file: InputFile) -> String {
        if file.isStandardInput { return "file:-" }
        return "file:" + URL(filePath: file.path).absoluteURL.standardizedFileURL.path
    }
}
