/// Why a topology file was refused: everything that is wrong with it, so that it can be mended in one go.
public struct TopologyFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of error.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The kind's name.
        public let rawValue: String

        /// Names a kind.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The text is not YAML or JSON.
        public static let malformed = Code(rawValue: "malformed")
        /// The text is YAML or JSON but not a topology.
        public static let invalid = Code(rawValue: "invalid")
    }

    /// One thing that is wrong.
    public struct Problem: Hashable, Sendable {
        /// The line, counted from 1; `nil` where it is not known.
        public var line: Int?
        /// The column in Unicode scalars, counted from 1; `nil` where it is not known.
        public var column: Int?
        /// The field, such as `nodes[2].pools[0].capacity`; empty where it concerns the whole file.
        public var path: String
        /// What is wrong and what was expected.
        public var message: String

        /// Makes a problem of its parts.
        public init(line: Int? = nil, column: Int? = nil, path: String = "", message: String) {
            self.line = line
            self.column = column
            self.path = path
            self.message = message
        }
    }

    /// The most problems that are listed.
    public static let limit = 20

    /// The kind of error.
    public var code: Code
    /// The file's name, as it is shown.
    public var file: String
    /// What is wrong, in the order of the file; at most ``limit``.
    public var problems: [Problem]
    /// How many problems more there are than listed.
    public var omitted: Int

    /// Makes an error of its parts.
    public init(code: Code, file: String, problems: [Problem], omitted: Int = 0) {
        self.code = code
        self.file = file
        self.problems = problems
        self.omitted = omitted
    }

    /// One line a problem: file, line, column, field and sentence.
    public var description: String {
        var lines = problems.map { problem in
            var text = file
            if let line = problem.line {
                text += ":\(line)"
                if let column = problem.column { text += ":\(column)" }
            }
            if !problem.path.isEmpty { text += ": \(problem.path)" }
            return "\(text): \(problem.message)"
        }
        if omitted > 0 { lines.append("\(file): and \(omitted) more") }
        return lines.joined(separator: "\n")
    }
}
