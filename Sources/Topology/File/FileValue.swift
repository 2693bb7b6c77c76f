/// A value of a YAML or JSON file, with its place.
struct FileValue {
    /// A place in the file, both counted from 1; the column in Unicode scalars.
    struct Mark: Hashable, Comparable {
        var line: Int
        var column: Int

        static func < (left: Mark, right: Mark) -> Bool {
            (left.line, left.column) < (right.line, right.column)
        }
    }

    /// A field of a mapping.
    struct Field {
        var key: String
        var mark: Mark
        var value: FileValue
    }

    enum Content {
        /// Quoted text: a string whatever it looks like.
        case text(String)
        /// Unquoted YAML: text, number or truth value, as the field wants it.
        case plain(String)
        /// A JSON number, as it was written.
        case number(String)
        case bool(Bool)
        case null
        case list([FileValue])
        case map([Field])
    }

    /// How deep values may be nested. A topology needs six levels; the bound keeps a hostile file off the stack.
    static let depthLimit = 64

    var mark: Mark
    var content: Content

    /// The value in words, for messages.
    var found: String {
        switch content {
        case .text(let text), .plain(let text): FileValue.quoted(text)
        case .number(let text): "the number \(text.prefix(40))"
        case .bool(let value): value ? "true" : "false"
        case .null: "nothing"
        case .list: "a list"
        case .map: "a mapping"
        }
    }

    /// Text of the file for a message: in quotes, short, and safe to print.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            if count == 60 { return result + "…\"" }
            result += scalar == "\"" ? "\\\"" : scalar.visible
        }
        return result + "\""
    }
}

extension Unicode.Scalar {
    /// The scalar as itself, or escaped where it would not print.
    var visible: String {
        switch self {
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: isPrintable ? String(self) : "\\u{\(String(value, radix: 16))}"
        }
    }

    /// Whether the scalar can stand as itself in a text file and on a terminal: no control character, line separator,
    /// change of writing direction, byte order mark, or noncharacter that YAML readers choke on.
    var isPrintable: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFFE, 0xFFFF: false
        default: true
        }
    }
}
