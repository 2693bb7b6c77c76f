/// Why a request body was refused.
package struct ScanError: Error, Hashable, CustomStringConvertible {
    /// The kind of an error; new kinds may be added.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case truncated, unexpectedByte, trailingData, byteOrderMark
            case controlCharacter, invalidEscape, invalidUTF8, invalidNumber
            case tooDeep, tooLarge
            case wrongType, missingField, duplicateField, emptyName
        }

        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// The body ends before its JSON does.
        package static let truncated = Code(.truncated)
        /// A byte that the JSON grammar does not allow at its place.
        package static let unexpectedByte = Code(.unexpectedByte)
        /// Something follows the request's object.
        package static let trailingData = Code(.trailingData)
        /// The body starts with a byte order mark.
        package static let byteOrderMark = Code(.byteOrderMark)
        /// A raw control character in a string.
        package static let controlCharacter = Code(.controlCharacter)
        /// A backslash that begins no escape, or half a surrogate pair.
        package static let invalidEscape = Code(.invalidEscape)
        /// Bytes in a string that are not UTF-8.
        package static let invalidUTF8 = Code(.invalidUTF8)
        /// A number that JSON does not write so, or that does not fit its field.
        package static let invalidNumber = Code(.invalidNumber)
        /// Arrays and objects nested deeper than ``JSONCursor/depthLimit``.
        package static let tooDeep = Code(.tooDeep)
        /// More bytes or nodes than the scanner takes.
        package static let tooLarge = Code(.tooLarge)
        /// Well-formed JSON of another type than the field has.
        package static let wrongType = Code(.wrongType)
        /// A field that the request must have is not there.
        package static let missingField = Code(.missingField)
        /// A field that is read occurs more than once, or two that exclude each other occur both.
        package static let duplicateField = Code(.duplicateField)
        /// A name or UID that is the empty string.
        package static let emptyName = Code(.emptyName)

        /// The code's word.
        package var description: String { kind.rawValue }
    }

    /// The kind of the error.
    package let code: Code
    /// The index of the byte at which it was found.
    package let offset: Int
    /// The value that was being read, such as `Nodes.items[17].metadata`; empty for the request itself.
    package let path: String
    /// What was wrong there.
    package let message: String

    /// One sentence for a log record or an answer.
    package var description: String {
        "malformed request at byte \(offset)\(path.isEmpty ? "" : " (\(path))"): \(message)"
    }
}

/// A `ScanError` before it is explained: trivial, so that throwing and passing it on costs the good path nothing.
package struct ScanFault: Error, Sendable {
    let code: ScanError.Code
    let offset: Int
    /// What was expected, or the name of the field; see ``explained(in:)``.
    let detail: StaticString

    init(_ code: ScanError.Code, at offset: Int, _ detail: StaticString = "") {
        self.code = code
        self.offset = offset
        self.detail = detail
    }

    /// A fault of the grammar: a byte that does not belong there, or the end of the body.
    init(expected: StaticString, at offset: Int, in bytes: RawSpan) {
        self.init(offset < bytes.byteCount ? .unexpectedByte : .truncated, at: offset, expected)
    }

    /// The error with its path and message; reads the body again from the start.
    package func explained(in bytes: RawSpan) -> ScanError {
        let message =
            switch code {
            case .truncated, .unexpectedByte, .wrongType: "expected \(detail), found \(found(in: bytes))"
            case .trailingData: "expected the end of the body, found \(found(in: bytes))"
            case .byteOrderMark: "expected '{', found a byte order mark"
            case .controlCharacter: "a control character in a string must be escaped, found \(found(in: bytes))"
            case .invalidEscape: "expected \(detail) in an escape, found \(found(in: bytes))"
            case .invalidUTF8: "a string must be UTF-8, found \(found(in: bytes))"
            case .missingField: "the field \(detail) is missing"
            case .duplicateField where detail.utf8CodeUnitCount == 0:
                "the field \(key(in: bytes)) occurs more than once"
            case .emptyName: "\(detail) is empty"
            default: "\(detail)"
            }
        return ScanError(code: code, offset: offset, path: ScanPath.path(to: offset, in: bytes), message: message)
    }

    private func found(in bytes: RawSpan) -> String {
        guard offset < bytes.byteCount else { return "the end of the body" }
        let byte = bytes.byte(offset)
        if code == .wrongType {
            switch byte {
            case UInt8(ascii: "{"): return "an object"
            case UInt8(ascii: "["): return "an array"
            case UInt8(ascii: "\""): return "a string"
            case UInt8(ascii: "t"), UInt8(ascii: "f"): return "a boolean"
            case UInt8(ascii: "n"): return "null"
            default: return "a number"
            }
        }
        switch byte {
        case 0x20..<0x7f: return "'\(Character(Unicode.Scalar(byte)))'"
        default: return "byte 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
        }
    }

    /// The key that starts at the offset, as the body spells it.
    private func key(in bytes: RawSpan) -> String {
        var cursor = JSONCursor(position: offset)
        guard let text = try? cursor.readString(bytes) else { return "" }
        let all = text.string(in: bytes)
        return "\"\(all.prefix(80))\(all.utf8.count > 80 ? "…" : "")\""
    }
}
