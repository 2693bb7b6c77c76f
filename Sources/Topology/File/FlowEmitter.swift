/// Writes values in flow style, as JSON or as YAML that looks like it, into one buffer.
struct FlowEmitter {
    enum Syntax {
        case yaml
        case json
    }

    let syntax: Syntax
    private(set) var bytes: [UInt8] = []
    /// Whether the next element is the first of its list or mapping.
    private var isFirst = true

    init(syntax: Syntax) {
        self.syntax = syntax
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func object(_ fields: (inout FlowEmitter) -> Void) {
        nested("{", "}", fields)
    }

    mutating func list<Element>(_ elements: [Element], _ element: (inout FlowEmitter, Element) -> Void) {
        nested("[", "]") { emitter in
            for value in elements {
                emitter.separate()
                element(&emitter, value)
            }
        }
    }

    private mutating func nested(_ open: StaticString, _ close: StaticString, _ body: (inout FlowEmitter) -> Void) {
        raw(open)
        isFirst = true
        body(&self)
        isFirst = false
        raw(close)
    }

    private mutating func separate() {
        if !isFirst { raw(", ") }
        isFirst = false
    }

    // MARK: Fields of known names

    /// Starts a field whose name needs no quotes in YAML.
    mutating func key(_ name: StaticString) {
        separate()
        if syntax == .json { raw("\"") }
        raw(name)
        raw(syntax == .json ? "\": " : ": ")
    }

    mutating func field(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        key(name)
        string(text)
    }

    mutating func field(_ name: StaticString, quantity: Int64?) {
        field(name, quantity.map { Quantity.text($0) }, plain: true)
    }

    mutating func field(_ name: StaticString, number: Int64?) {
        guard let number else { return }
        key(name)
        bytes.append(contentsOf: String(number).utf8)
    }

    /// The shortest number that reads back the same.
    mutating func field(_ name: StaticString, number: Double) {
        key(name)
        var text = number.description
        // YAML 1.1 takes a number with an exponent for text unless it has a point.
        if let exponent = text.firstIndex(of: "e"), !text.contains(".") { text.insert(contentsOf: ".0", at: exponent) }
        bytes.append(contentsOf: text.utf8)
    }

    mutating func field(_ name: StaticString, bool: Bool) {
        key(name)
        raw(bool ? "true" : "false")
    }

    mutating func field(_ name: StaticString, texts: [String]) {
        guard !texts.isEmpty else { return }
        key(name)
        list(texts) { $0.string($1) }
    }

    mutating func field(_ name: StaticString, map: [String: String]) {
        guard !map.isEmpty else { return }
        key(name)
        object { emitter in
            for (key, value) in map.sorted(by: { $0.key < $1.key }) {
                emitter.mapKey(key)
                emitter.string(value)
            }
        }
    }

    /// Starts a field whose name comes from the data.
    mutating func mapKey(_ name: String) {
        separate()
        // A YAML key without a question mark ends within 1,024 characters; an escape makes at most six of one byte.
        if syntax == .yaml, name.utf8.count > 150 { raw("? ") }
        string(name)
        raw(": ")
    }

    private mutating func field(_ name: StaticString, _ text: String?, plain: Bool) {
        guard let text else { return }
        key(name)
        if syntax == .json { raw("\"") }
        bytes.append(contentsOf: text.utf8)
        if syntax == .json { raw("\"") }
    }

    // MARK: Text

    mutating func string(_ text: String) {
        if syntax == .yaml, PlainScalar.isSafe(text) {
            bytes.append(contentsOf: text.utf8)
            return
        }
        raw("\"")
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": raw("\\\"")
            case "\\": raw("\\\\")
            case "\n": raw("\\n")
            case "\r": raw("\\r")
            case "\t": raw("\\t")
            case _ where scalar.isPrintable:
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            default: escape(scalar)
            }
        }
        raw("\"")
    }

    /// Escapes a scalar of 16 bits; those above are printable. The form is the same in YAML and JSON.
    private mutating func escape(_ scalar: Unicode.Scalar) {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        raw("\\u")
        for _ in digits.utf8.count..<4 { raw("0") }
        bytes.append(contentsOf: digits.utf8)
    }
}

/// Which text YAML reads back as the same text without quotes, in flow style, by the rules of 1.1 and of 1.2.
///
/// Somewhat narrower than the rules: what only a careful reader gets right is quoted as well.
enum PlainScalar {
    static func isSafe(_ text: String) -> Bool {
        let utf8 = text.utf8
        guard let first = utf8.first, let last = utf8.last, kind(first) <= .start, last != UInt8(ascii: " "),
            utf8.allSatisfy({ kind($0) <= .inside })
        else { return false }
        return kind(first) == .digit ? !looksNumeric(utf8) : !isWord(text)
    }

    private enum Kind: Int, Comparable {
        case digit
        case start
        case inside
        case never

        static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
    }

    private static func kind(_ byte: UInt8) -> Kind {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "/"):
            .start
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "@"),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: " "):
            .inside
        default: .never
        }
    }

    /// Whether text that starts with a digit might be read as a number or a date. An IPv4 address is neither.
    private static func looksNumeric(_ utf8: String.UTF8View) -> Bool {
        let second = utf8.dropFirst().first
        if utf8.first == UInt8(ascii: "0"), let second, "xXoObB".utf8.contains(second) { return true }
        guard utf8.allSatisfy({ "0123456789_.eE+-".utf8.contains($0) }) else { return false }
        let isDotted = utf8.allSatisfy { kind($0) == .digit || $0 == UInt8(ascii: ".") }
        return !(isDotted && utf8.count { $0 == UInt8(ascii: ".") } > 1)
    }

    /// The words that stand for truth values and for nothing, in any case of letters.
    private static func isWord(_ text: String) -> Bool {
        guard text.utf8.count <= 5 else { return false }
        return ["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(text.lowercased())
    }
}
