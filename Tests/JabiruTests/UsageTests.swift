import Foundation
import Testing

@Suite(.timeLimit(.minutes(2)))
struct UsageTests {
    /// All commands, as their arguments.
    static let commands = [
        [], ["serve"], ["topology"], ["topology", "dump"], ["topology", "import"], ["topology", "check"],
        ["topology", "diff"], ["explain"], ["explain", "pod"], ["scheduler-config"], ["completion"], ["version"],
    ]

    @Test(arguments: [
        ["frobnicate"], ["--frobnicate"], ["topology", "frobnicate"], ["topology", "dump", "extra"],
        ["topology", "dump", "-o", "xml"], ["topology", "dump", "--cache", "c", "--server", "http://x"],
        ["topology", "dump", "--server", "x"], ["topology", "dump", "--timeout", "soon"],
        ["topology", "dump", "--server", "http://x", "--ca", "f"], ["topology", "dump", "--cert", "f"],
        ["topology", "import"], ["topology", "check"], ["topology", "diff", "a"], ["topology", "diff", "-", "-"],
        ["explain"], ["explain", "pod"], ["explain", "pod", "a/b/c"], ["explain", "pod", "/b"],
        ["explain", "pod", "a", "--request", "f"], ["explain", "pod", "a", "--nodes", "0"],
        ["explain", "pod", "a", "--nodes", "3", "--all"], ["explain", "pod", "a", "--weighting", "size"],
        ["explain", "pod", "a", "--cache", "c", "--weighting", "heavy"],
        ["explain", "pod", "a", "--cache", "c", "--topology", "t"],
        ["completion"], ["completion", "tcsh"],
    ])
    func wrongUsageExitsWithTwo(arguments: [String]) async throws {
        let outcome = try await Workplace().run(arguments: arguments)
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("jabiru: ") && !outcome.errors.hasPrefix("jabiru: Usage"))
    }

    @Test(arguments: commands)
    func helpNamesEveryDefault(command: [String]) async throws {
        let outcome = try await Workplace().run(arguments: command + ["--help"])
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        #expect(outcome.output.contains("USAGE: jabiru") && outcome.output.contains("Example"))
        let options = try #require(outcome.output.components(separatedBy: "OPTIONS:\n").last)
            .components(separatedBy: "\n\n")[0]
        // An option's text goes on until the next line that starts one.
        var texts: [String] = []
        for line in options.split(separator: "\n") {
            if line.hasPrefix("  -") { texts.append(String(line)) } else { texts[texts.count - 1] += " \(line)" }
        }
        for text in texts where !text.contains("--help") && !text.contains("--version") {
            #expect(text.contains("default:"), "\(text)")
        }
    }

    @Test func versions() async throws {
        let place = try Workplace()
        let text = try await place.run("version")
        let json = try await place.run("version", "-o", "json")
        let flag = try await place.run("--version")
        let version = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: String])["version"]
        #expect(version?.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
        #expect(text.output == "jabiru \(version ?? "")\n" && flag.output == "\(version ?? "")\n")
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) async throws {
        let place = try Workplace()
        let script = try await place.run("completion", shell)
        let flag = try await place.run("--generate-completion-script", shell)
        #expect(script.status == 0 && script.errors.isEmpty)
        #expect(script.output.contains("scheduler-config") && script.output.contains("jabiru"))
        #expect(flag.output == script.output)
    }

    // MARK: Where the output goes

    @Test func aReaderThatHasGoneIsNoFailure() async throws {
        let place = try Workplace()
        let cache = try await place.cache()
        for arguments in [["topology", "dump", "--cache", cache], ["--help"], ["scheduler-config"]] {
            let pipe = Pipe()
            try pipe.fileHandleForReading.close()
            let outcome = try await place.run(arguments: arguments, output: pipe.fileHandleForWriting)
            #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(arguments)")
        }
    }

    @Test func aFullDiskIsAFailure() async throws {
        let place = try Workplace()
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let outcome = try await place.run("scheduler-config", output: full)
        #expect(outcome.status == 1 && outcome.complaints.count == 1)
        #expect(outcome.errors.contains("No space left on device"))
    }

    @Test(arguments: [([:], true), (["NO_COLOR": "1"], false), (["NO_COLOR": ""], true)])
    func coloursOnATerminal(environment: [String: String], isColoured: Bool) async throws {
        let place = try Workplace()
        let cache = try await place.cache()
        let terminal = try PseudoTerminal()
        defer { terminal.close() }
        let outcome = try await place.run(
            "explain", "pod", "pg-0", "--nodes", "2", "--cache", cache,
            environment: environment.merging(["TERM": "xterm"]) { $1 }, output: terminal.device)
        #expect(outcome.status == 0)
        let text = terminal.readAvailable()
        #expect(text.contains("node-a"))
        #expect(text.contains("\u{1B}[32m") == isColoured)
    }
}
