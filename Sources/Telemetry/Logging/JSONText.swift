internal import Logging

/// JSON as it is written, byte by byte.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    /// Whether control characters that JSON allows are escaped as well, since a terminal acts on them.
    let isForTerminal: Bool

    init(forTerminal: Bool = false) {
        self.isForTerminal = forTerminal
        bytes.reserveCapacity(256)
    }

    /// Appends text as it is.
    mutating func raw(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends a string in quotes.
    mutating func string(_ text: String) {
        raw("\"")
        escaped(text, quotes: true)
        raw("\"")
    }

    /// Appends text with its control characters escaped, and its quotes and backslashes too where it stands in quotes.
    mutating func escaped(_ text: String, quotes: Bool) {
        guard !text.utf8.allSatisfy({ isPlain($0) }) else { return raw(text) }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"" where quotes: raw("\\\"")
            case "\\" where quotes: raw("\\\\")
            case "\n": raw("\\n")
            case "\r": raw("\\r")
            case "\t": raw("\\t")
            case _ where scalar.value < 0x20 || (isForTerminal && (0x7F...0x9F).contains(scalar.value)):
                let digits = String(scalar.value, radix: 16)
                raw("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
            default: bytes.append(contentsOf: scalar.utf8)
            }
        }
    }

    /// Whether a byte never needs an escape; on a terminal, what is not ASCII is looked at more closely.
    private func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") && (!isForTerminal || byte < 0x7F)
    }

    /// Appends a metadata value.
    ///
    /// Numbers and truth values stay such where they were given as they are; interpolated, they are strings.
    mutating func value(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): string(text)
        case .stringConvertible(let some): convertible(some)
        case .array(let values):
            raw("[")
            for (index, value) in values.enumerated() {
                if index > 0 { raw(",") }
                self.value(value)
            }
            raw("]")
        case .dictionary(let fields):
            raw("{")
            for (index, field) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { raw(",") }
                string(field.key)
                raw(":")
                self.value(field.value)
            }
            raw("}")
        }
    }

    private mutating func convertible(_ value: any CustomStringConvertible & Sendable) {
        switch value {
        case let flag as Bool: raw(flag ? "true" : "false")
        case let number as any FixedWidthInteger: raw(Self.digits(number))
        case let number as Double where number.isFinite: raw("\(number)")
        case let number as Float where number.isFinite: raw("\(number)")
        default: string(value.description)
        }
    }

    private static func digits(_ number: some FixedWidthInteger) -> String {
        // Not its description, which a type other than the standard library's may have changed.
        String(number, radix: 10)
    }
}
