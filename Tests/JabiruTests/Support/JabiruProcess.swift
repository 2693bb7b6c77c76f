import Foundation
import Testing

/// A finished run of the program.
struct Outcome {
    var status: Int32
    var output: String
    var errors: String

    /// The lines of the standard error.
    var complaints: [Substring] { errors.split(separator: "\n") }
}

/// A folder of its own in which a test runs the program.
///
/// The program sees an environment without the tester's own settings: a home in the folder, and a server's address that
/// nothing listens at.
final class Workplace: Sendable {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "jabiru-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Writes a file and returns its path.
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: folder.appending(path: name))
        return path(name)
    }

    /// Imports a topology into a new cache and returns its path.
    func cache(_ yaml: String = sampleTopology, name: String = "topology.sqlite") async throws -> String {
        let outcome = try await run("topology", "import", "-", "--cache", path(name), input: yaml)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return path(name)
    }

    /// Runs the program.
    func run(
        _ arguments: String..., input: String = "", environment: [String: String] = [:], output: FileHandle? = nil
    ) async throws -> Outcome {
        try await run(arguments: arguments, input: input, environment: environment, output: output)
    }

    /// Runs the program.
    ///
    /// - Parameter output: Where its standard output goes; `nil` hands it back.
    func run(
        arguments: [String], input: String = "", environment: [String: String] = [:], output: FileHandle? = nil
    ) async throws -> Outcome {
        let process = Process()
        process.executableURL = try Self.executable()
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = ["HOME": path("home"), "JABIRU_SERVER": Self.deadServer, "PATH": "/usr/bin:/bin"]
            .merging(environment) { $1 }
        // Files, unlike pipes, take any amount without somebody who reads.
        let id = UUID().uuidString
        process.standardInput = try FileHandle(
            forReadingFrom: URL(filePath: try write(input, to: "\(id).in")))
        let (out, err) = (try write("", to: "\(id).out"), try write("", to: "\(id).err"))
        process.standardOutput = try output ?? FileHandle(forWritingTo: URL(filePath: out))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: err))
        try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        #expect(process.terminationReason == .exit, "killed by signal \(process.terminationStatus)")
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOfFile: out, encoding: .utf8),
            errors: try String(contentsOfFile: err, encoding: .utf8))
    }

    /// An address at which nothing listens: port 1 belongs to a service that nobody runs.
    static let deadServer = "http://127.0.0.1:1"

    /// The program, which the build puts beside the tests.
    static func executable() throws -> URL {
        let starts = [URL(filePath: CommandLine.arguments[0])] + Bundle.allBundles.map(\.bundleURL)
        for start in starts {
            var folder = start.absoluteURL.deletingLastPathComponent()
            for _ in 0..<4 {
                let candidate = folder.appending(path: "jabiru")
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue,
                    FileManager.default.isExecutableFile(atPath: candidate.path)
                {
                    return candidate
                }
                folder.deleteLastPathComponent()
            }
        }
        throw ExecutableMissing()
    }
}

struct ExecutableMissing: Error, CustomStringConvertible {
    var description: String { "jabiru is not beside the tests: swift build --product jabiru makes it" }
}
