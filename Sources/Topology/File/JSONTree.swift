/// Reads JSON (RFC 8259) into values with places.
///
/// Foundation's decoder keeps neither places nor duplicate keys, and both are wanted here.
struct JSONTree {
    private let bytes: [UInt8]
    private var position = 0
    private var marked = 0
    private var mark = FileValue.Mark(line: 1, column: 1)

    private init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The one value that the text holds.
    static func read(_ text: String) throws(SyntaxError) -> FileValue {
        var tree = JSONTree(text)
        tree.skipBlanks()
        let value = try tree.value(depth: 0)
        tree.skipBlanks()
        guard tree.position == tree.bytes.count else { throw tree.error("expected the end of the file") }
        return value
    }

    private mutating func value(depth: Int) throws(SyntaxError) -> FileValue {
        let mark = place()
        guard position < bytes.count else { throw error("expected a value") }
        guard depth < FileValue.depthLimit else {
            throw error("nested deeper than \(FileValue.depthLimit) levels")
        }
        let content: FileValue.Content
        switch bytes[position] {
        case UInt8(ascii: "{"): content = .map(try object(depth: depth))
        case UInt8(ascii: "["): content = .list(try array(depth: depth))
        case UInt8(ascii: "\""): content = .text(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): content = .number(try number())
        default: content = try literal()
        }
        return FileValue(mark: mark, content: content)
    }

    private mutating func object(depth: Int) throws(SyntaxError) -> [FileValue.Field] {
        var fields: [FileValue.Field] = []
        var keys: Set<String> = []
        position += 1
        skipBlanks()
        if take("}") { return fields }
        repeat {
            skipBlanks()
            let mark = place()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw error("expected a field's name in double quotes")
            }
            let key = try string()
            guard keys.insert(key).inserted else {
                throw SyntaxError(mark: mark, message: "the field \(FileValue.quoted(key)) is given twice")
            }
            skipBlanks()
            guard take(":") else { throw error("expected a colon after a field's name") }
            skipBlanks()
            fields.append(FileValue.Field(key: key, mark: mark, value: try value(depth: depth + 1)))
            skipBlanks()
        } while take(",")
        guard take("}") else { throw error("expected a comma or a closing brace") }
        return fields
    }

    private mutating func array(depth: Int) throws(SyntaxError) -> [FileValue] {
        var values: [FileValue] = []
        position += 1
        skipBlanks()
        if take("]") { return values }
        repeat {
            skipBlanks()
            values.append(try value(depth: depth + 1))
            skipBlanks()
        } while take(",")
        guard take("]") else { throw error("expected a comma or a closing bracket") }
        return values
    }

    private mutating func string() throws(SyntaxError) -> String {
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\"),
            bytes[position] >= 0x20
        {
            position += 1
        }
        var text = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20:
                throw error("a control character in a string has to be escaped")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw error("a string is not closed")
    }

    private mutating func escape() throws(SyntaxError) -> Unicode.Scalar {
        guard position + 1 < bytes.count else { throw error("a string is not closed") }
        let letter = bytes[position + 1]
        let simple: Unicode.Scalar
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): simple = Unicode.Scalar(letter)
        case UInt8(ascii: "b"): simple = "\u{8}"
        case UInt8(ascii: "f"): simple = "\u{C}"
        case UInt8(ascii: "n"): simple = "\n"
        case UInt8(ascii: "r"): simple = "\r"
        case UInt8(ascii: "t"): simple = "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw error("an escape in a string is not one of JSON's")
        }
        position += 2
        return simple
    }

    private mutating func unicodeEscape() throws(SyntaxError) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first) else { throw error("half of a surrogate pair in a string") }
        let second = try codeUnit()
        guard UTF16.isTrailSurrogate(second) else { throw error("half of a surrogate pair in a string") }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private mutating func codeUnit() throws(SyntaxError) -> UInt16 {
        guard position + 6 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u"),
            bytes[position + 2..<position + 6].allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
            let unit = UInt16(String(decoding: bytes[position + 2..<position + 6], as: UTF8.self), radix: 16)
        else { throw error("expected \\u and four hexadecimal digits") }
        position += 6
        return unit
    }

    private mutating func number() throws(SyntaxError) -> String {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(SyntaxError) {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        guard position > start else { throw error("expected a digit") }
    }

    private mutating func literal() throws(SyntaxError) -> FileValue.Content {
        for (word, content) in [("true", FileValue.Content.bool(true)), ("false", .bool(false)), ("null", .null)]
        where bytes[position...].starts(with: word.utf8) {
            position += word.utf8.count
            return content
        }
        throw error("expected a value")
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }

    /// The place of the next byte. Called with growing positions only, so that the file is walked once.
    private mutating func place() -> FileValue.Mark {
        mark.advance(over: bytes[marked..<position])
        marked = position
        return mark
    }

    private mutating func error(_ message: String) -> SyntaxError {
        SyntaxError(mark: place(), message: message)
    }
}

/// Text that is not YAML or JSON, or not in the part of them that is read.
struct SyntaxError: Error {
    var mark: FileValue.Mark?
    var message: String
}

extension FileValue.Mark {
    /// Moves the place past some UTF-8.
    mutating func advance(over bytes: ArraySlice<UInt8>) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
    }
}
