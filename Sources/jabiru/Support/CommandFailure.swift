import ArgumentParser

/// Why a command failed, in one sentence that says what to do next.
struct CommandFailure: Error, CustomStringConvertible {
    /// The kind of failure.
    struct Code: Hashable, CustomStringConvertible {
        private enum Word: String {
            case failed, nothingListens
        }

        private let word: Word

        /// The command could not do what it was asked to.
        static let failed = Code(word: .failed)
        /// Nothing listens at the server's address.
        static let nothingListens = Code(word: .nothingListens)

        /// The code's name.
        var description: String { word.rawValue }
    }

    /// The kind of failure.
    var code: Code
    /// One sentence for a person.
    var message: String
    /// What the program exits with.
    var exitCode: ExitCode

    /// Makes a failure of its parts.
    init(_ message: String, code: Code = .failed, exitCode: ExitCode = .failure) {
        self.code = code
        self.message = message
        self.exitCode = exitCode
    }

    /// The text for a person.
    var description: String { message }
}

extension ExitCode {
    /// The arguments make no sense. ArgumentParser itself would exit with 64.
    static let wrongUsage = ExitCode(2)
}
