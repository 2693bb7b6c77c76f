import ArgumentParser
import SystemPackage
import Topology

/// `jabiru topology diff`.
struct TopologyDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two topologies.",
        discussion: """
            Each is a topology file, a cache file or the address of a server. Lines with - are only in the first, \
            lines with + only in the second, lines with ~ name a field that differs.

            As diff does, it exits 0 where both are equal, 1 where they differ, and 2 where either cannot be read.

            Example:
              jabiru topology diff before.yaml http://127.0.0.1:8099
            """)

    @Argument(
        help: "A topology file (- is the standard input), a cache file or http(s)://HOST:PORT.", completion: .file())
    var first: String

    @Argument(help: "The same, to compare with.", completion: .file())
    var second: String

    @Flag(name: .shortAndLong, help: "Print nothing; the exit code tells. (default: print the differences)")
    var quiet = false

    @OptionGroup var access: ServerAccess

    func validate() throws {
        if first == "-", second == "-" { throw ValidationError("only one of the two can be the standard input") }
    }

    func run() async throws {
        let old: ClusterTopology
        let new: ClusterTopology
        do {
            (old, new) = (try await read(first), try await read(second))
        } catch let error as ValidationError {
            throw error
        } catch {
            throw CommandFailure("\(error)", exitCode: .trouble)
        }
        let diff = TopologyDiff(from: old, to: new)
        if !quiet { try StandardOutput.write(diff.text) }
        if !diff.lines.isEmpty { throw ExitCode.differs }
    }

    private func read(_ text: String) async throws -> ClusterTopology {
        if ServerAddress.looksLike(text) {
            return try await access.client(text, origin: "the address").topology()
        }
        let file = InputFile(text)
        let magic = Array("SQLite format 3\0".utf8)
        if !file.isStandardInput, (try? file.prefix(magic.count)) == magic {
            return try TopologyCache(path: text, access: .reader).topology()
        }
        let bytes = try file.read(expecting: "a topology file, a cache file or the address of a server")
        return try TopologyFile.parse(bytes: bytes, name: file.name)
    }
}

extension ExitCode {
    /// Two things differ; as diff has it.
    fileprivate static let differs = ExitCode(1)
    /// Two things could not be compared; as diff has it, which needs 1 for something else.
    fileprivate static let trouble = ExitCode(2)
}
