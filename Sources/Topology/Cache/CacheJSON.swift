internal import FoundationEssentials

/// The JSON in the cache's columns: string lists and string maps, keys in byte order, no spaces.
///
/// Nearly all of it is short and without escapes, and a large cluster has hundreds of thousands of such columns, which
/// Foundation's decoder would take over a second for. So the plain form is read here and only the rest goes to
/// Foundation.
enum CacheJSON {
    static func encode(_ list: [String]) -> String {
        if list.isEmpty { return "[]" }
        var json = "["
        for (index, text) in list.enumerated() {
            if index > 0 { json.append(",") }
            append(text, to: &json)
        }
        json.append("]")
        return json
    }

    static func encode(_ map: [String: String]) -> String {
        encode(map) { append($0, to: &$1) }
    }

    static func encode(_ map: [String: Int]) -> String {
        encode(map) { $1.append(String($0)) }
    }

    /// - Throws: ``MalformedJSON``.
    static func decodeList(_ json: UnsafeRawBufferPointer) throws -> [String] {
        if json.isSame(as: "[]") { return [] }
        var scanner = PlainScanner(json)
        if let list = scanner.list() { return list }
        return try decode(json)
    }

    /// - Throws: ``MalformedJSON``.
    static func decodeMap(_ json: UnsafeRawBufferPointer) throws -> [String: String] {
        if json.isSame(as: "{}") { return [:] }
        var scanner = PlainScanner(json)
        if let map = scanner.map() { return map }
        return try decode(json)
    }

    /// - Throws: ``MalformedJSON``.
    static func decodeCounts(_ json: UnsafeRawBufferPointer) throws -> [String: Int] { try decode(json) }

    private static func decode<Value: Decodable>(_ json: UnsafeRawBufferPointer) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(json))
        } catch {
            throw MalformedJSON()
        }
    }

    private static func encode<Value>(_ map: [String: Value], value: (Value, inout String) -> Void) -> String {
        if map.isEmpty { return "{}" }
        var json = "{"
        for (key, element) in map.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            if json.utf8.count > 1 { json.append(",") }
            append(key, to: &json)
            json.append(":")
            value(element, &json)
        }
        json.append("}")
        return json
    }

    private static func append(_ text: String, to json: inout String) {
        json.append("\"")
        if text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            // By scalar: a carriage return and a newline are one character.
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\"": json.append("\\\"")
                case "\\": json.append("\\\\")
                case "\u{0}"..."\u{1F}":
                    json.append(scalar.value < 0x10 ? "\\u000" : "\\u00")
                    json.append(String(scalar.value, radix: 16))
                default: json.unicodeScalars.append(scalar)
                }
            }
        } else {
            json.append(text)
        }
        json.append("\"")
    }
}

/// A JSON column does not hold what it should.
struct MalformedJSON: Error {}

/// Reads JSON in the plain form that ``CacheJSON`` writes for texts that need no escapes.
///
/// Gives up (`nil`) on anything else.
private struct PlainScanner {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func list() -> [String]? {
        var list: [String] = []
        guard take("[") else { return nil }
        repeat {
            guard let text = text() else { return nil }
            list.append(text)
        } while take(",")
        guard take("]"), position == bytes.count else { return nil }
        return list
    }

    mutating func map() -> [String: String]? {
        var map: [String: String] = [:]
        guard take("{") else { return nil }
        repeat {
            guard let key = text(), take(":"), let value = text() else { return nil }
            map[key] = value
        } while take(",")
        guard take("}"), position == bytes.count else { return nil }
        return map
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func text() -> String? {
        guard take("\"") else { return nil }
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
                position += 1
                guard let utf8 = try? UTF8Span(validating: text.assumingMemoryBound(to: UInt8.self).span) else {
                    return nil
                }
                return String(copying: utf8)
            case UInt8(ascii: "\\"), 0..<0x20:
                return nil
            default:
                position += 1
            }
        }
        return nil
    }
}

/// Remembers what recent JSON columns held.
///
/// The volumes of a cluster have a handful of distinct parameters between them: this reads each once and lets all
/// volumes share the one dictionary in memory. The memory it takes is bounded by its slots.
struct JSONMemo<Value> {
    private var slots: [(json: [UInt8], value: Value)?] = Array(repeating: nil, count: 256)
    private let decode: (UnsafeRawBufferPointer) throws -> Value

    init(_ decode: @escaping (UnsafeRawBufferPointer) throws -> Value) {
        self.decode = decode
    }

    mutating func value(of json: UnsafeRawBufferPointer) throws -> Value {
        var hasher = Hasher()
        hasher.combine(bytes: json)
        let slot = hasher.finalize() & (slots.count - 1)
        if let known = slots[slot], known.json.withUnsafeBytes(json.isSame(as:)) {
            return known.value
        }
        let value = try decode(json)
        slots[slot] = (Array(json), value)
        return value
    }
}
