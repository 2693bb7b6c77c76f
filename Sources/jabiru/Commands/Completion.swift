import ArgumentParser

/// `jabiru completion`.
struct Completion: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a shell's completion script.",
        discussion: """
            Examples:
              source <(jabiru completion bash)
              jabiru completion zsh > "${fpath[1]}/_jabiru"
              jabiru completion fish > ~/.config/fish/completions/jabiru.fish
            """)

    /// The shells there is a script for.
    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        fileprivate var kind: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "The shell.")
    var shell: Shell

    func run() throws {
        try StandardOutput.write(Jabiru.completionScript(for: shell.kind) + "\n")
    }
}
