import ArgumentParser

/// `jabiru version`.
struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the version.",
        discussion: """
            Example:
              jabiru version -o json
            """)

    /// The forms of the answer.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(name: .shortAndLong, help: ArgumentHelp("Form of the answer.", valueName: "format"))
    var output = Format.text

    func run() throws {
        switch output {
        case .text: try StandardOutput.write("jabiru \(JabiruVersion.current)\n")
        case .json: try StandardOutput.write("{\"version\":\"\(JabiruVersion.current)\"}\n")
        }
    }
}
