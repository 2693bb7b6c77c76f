import Foundation

/// Any JSON value, decoded in full.
///
/// `JSONDecoder` checks strings and numbers only when they are asked for, so a `Decodable` that leaves fields out would
/// pass malformed ones.
enum JSONValue: Decodable {
    case string(String)
    case number(Double)
    case bool(Bool)
    case null
    case array([JSONValue])
    case object([String: JSONValue])

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Key.self) {
            var object: [String: JSONValue] = [:]
            for key in container.allKeys {
                object[key.stringValue] = try container.decode(JSONValue.self, forKey: key)
            }
            self = .object(object)
            return
        }
        if var container = try? decoder.unkeyedContainer() {
            var array: [JSONValue] = []
            while !container.isAtEnd {
                array.append(try container.decode(JSONValue.self))
            }
            self = .array(array)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
            return
        }
        do {
            self = .string(try container.decode(String.self))
            return
        } catch DecodingError.typeMismatch {}
        do {
            self = .bool(try container.decode(Bool.self))
            return
        } catch DecodingError.typeMismatch {}
        self = .number(try container.decode(Double.self))
    }
}

/// What Foundation makes of a body.
enum FoundationOracle {
    /// Whether both of Foundation's parsers take a document.
    ///
    /// A decoder never looks at a value that another one of the same key hides; `JSONSerialization` parses it.
    static func accepts(_ bytes: [UInt8]) -> Bool {
        decoderAccepts(bytes) && object(bytes) != nil
    }

    static func decoderAccepts(_ bytes: [UInt8]) -> Bool {
        (try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))) != nil
    }

    static func object(_ bytes: [UInt8]) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    }

    /// Foundation takes a number for a value, and so refuses one that a `Double` cannot hold. To the scanner it is only
    /// grammar. Such numbers are replaced by a zero.
    static func withoutExtremeNumbers(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        var inString = false
        while index < bytes.count {
            let byte = bytes[index]
            if inString || byte == UInt8(ascii: "\"") {
                if byte == UInt8(ascii: "\"") { inString.toggle() }
                if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                    result.append(byte)
                    index += 1
                }
                result.append(bytes[index])
                index += 1
                continue
            }
            let run = bytes[index...].prefix { "+-.0123456789eE".utf8.contains($0) }
            guard byte != UInt8(ascii: "e"), !run.isEmpty else {
                result.append(byte)
                index += 1
                continue
            }
            let text = String(decoding: run, as: UTF8.self)
            let isExtreme = Double(text).map { !$0.isFinite || ($0 == 0 || abs($0) < 1e-300) } ?? false
            result += isExtreme ? [UInt8(ascii: "0")] : Array(run)
            index += run.count
        }
        return result
    }

    /// Why Foundation may accept what the scanner refuses; `nil` where it should not.
    static func excuse(_ error: ScanErrorSummary, _ bytes: [UInt8]) -> String? {
        if error.isTooDeep {
            return "the scanner stops at a depth of 128, Foundation at 512"
        }
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) || bytes.prefix(4).contains(0) {
            return "Foundation takes a byte order mark, and guesses UTF-16 and UTF-32 from zeros"
        }
        if bytes.indices.contains(error.offset), [UInt8(ascii: "]"), UInt8(ascii: "}")].contains(bytes[error.offset]) {
            let before = bytes[..<error.offset].last { ![0x20, 0x0a, 0x0d, 0x09].contains($0) }
            if before == UInt8(ascii: ",") { return "Foundation takes a comma before a closing bracket" }
        }
        return nil
    }
}

/// What an excuse depends on.
struct ScanErrorSummary {
    let isTooDeep: Bool
    let offset: Int
}
