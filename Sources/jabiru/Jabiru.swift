import ArgumentParser
import Glibc
import Topology

/// The program: parses the arguments, runs a command, and says what went wrong.
@main
struct Jabiru: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jabiru",
        abstract: "Storage-aware scheduling for Kubernetes: pods run where their data is.",
        discussion: """
            Examples:
              jabiru serve --topology examples/three-zones.yaml
              jabiru topology dump --unhealthy
              jabiru explain pod default/pg-0

            Exit codes: 0 done, 1 failed, 2 wrong usage.
            """,
        version: JabiruVersion.current,
        subcommands: [
            Serve.self, TopologyCommand.self, Explain.self, SchedulerConfig.self, Completion.self, Version.self,
        ])

    static func main() async {
        // A reader that has seen enough, such as head, must not kill us: the write fails instead.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try await asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Glibc.exit(report(error))
        }
    }

    /// Says what went wrong, or shows the help that was asked for.
    ///
    /// - Returns: The exit code.
    private static func report(_ error: any Error) -> Int32 {
        switch error {
        case let failure as CommandFailure:
            StandardError.say(failure.message)
            return failure.exitCode.rawValue
        case let error as TopologyFileError:
            StandardError.say(error.description)
            return ExitCode.failure.rawValue
        case let error as ValidationError:
            // Found after parsing, so that ArgumentParser no longer knows whose usage to show.
            StandardError.say(error.message)
            return ExitCode.wrongUsage.rawValue
        default:
            return report(parser: error)
        }
    }

    private static func report(parser error: any Error) -> Int32 {
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        if code == .success {
            do {
                try StandardOutput.write(text.hasSuffix("\n") ? text : text + "\n")
                return code.rawValue
            } catch {
                return report(error)
            }
        }
        let prefix = "Error: "
        if !text.isEmpty {
            StandardError.write("jabiru: \(text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)\n")
        }
        return code == .validationFailure ? ExitCode.wrongUsage.rawValue : code.rawValue
    }
}
