/// Text in Prometheus' exposition format 0.0.4, as it is written.
struct ExpositionText {
    private(set) var text = ""

    /// Begins a family: the one HELP and the one TYPE line its samples stand under.
    mutating func family(_ name: String, help: String, kind: MetricKind) {
        text += "# HELP \(name) "
        Self.escape(help, quote: false, into: &text)
        text += "\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// Writes a sample of rendered labels.
    mutating func sample(_ name: String, labels: String, value: String) {
        text += name
        if !labels.isEmpty {
            text += "{"
            text += labels
            text += "}"
        }
        text += " "
        text += value
        text += "\n"
    }

    /// A number as Prometheus reads it, whole numbers without a fraction.
    func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Up to 2^53 a whole number is written exactly.
        if value.magnitude < 9_007_199_254_740_992, let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }

    /// Appends text with its backslashes and line feeds escaped, and its quotes too in a label's value.
    static func escape(_ raw: String, quote: Bool, into text: inout String) {
        let special: [UInt8] = [UInt8(ascii: "\\"), UInt8(ascii: "\n"), UInt8(ascii: "\"")]
        guard raw.utf8.contains(where: special.contains) else {
            text += raw
            return
        }
        // By scalar: "\r\n" is one Character, which would hide its line feed.
        for scalar in raw.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\"" where quote: text += "\\\""
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}

/// Names in Prometheus' grammar.
enum MetricName {
    /// A metric's name: `[a-zA-Z_:][a-zA-Z0-9_:]*`, every other character replaced by an underscore.
    static func metric(_ raw: String) -> String {
        sanitised(raw, colon: true)
    }

    /// A label's name: `[a-zA-Z_][a-zA-Z0-9_]*`, and never two leading underscores, which Prometheus keeps for itself.
    static func label(_ raw: String) -> String {
        let name = sanitised(raw, colon: false)
        return name.hasPrefix("__") ? "_" + name.drop { $0 == "_" } : name
    }

    private static func sanitised(_ raw: String, colon: Bool) -> String {
        func allowed(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            case UInt8(ascii: ":"): colon
            default: false
            }
        }
        func startsWithDigit(_ text: String) -> Bool {
            text.utf8.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? true
        }
        if raw.utf8.allSatisfy(allowed), !startsWithDigit(raw) { return raw }
        var name = startsWithDigit(raw) ? "_" : ""
        for scalar in raw.unicodeScalars {
            name.unicodeScalars.append(scalar.isASCII && allowed(UInt8(scalar.value)) ? scalar : "_")
        }
        return name
    }
}

/// A series' labels as they are rendered: `code="200",verb="filter"`, sorted by name.
enum LabelSet {
    /// Renders swift-metrics' dimensions.
    ///
    /// A name given twice keeps its last value, since a sample with a label twice is refused by Prometheus, and with it
    /// the whole scrape. A label without a value is left out: to Prometheus it is the same as none, so that two series
    /// would be one. A histogram's `le` becomes `exported_le`, as Prometheus itself renames such collisions.
    static func rendered(_ dimensions: [(String, String)], kind: MetricKind) -> String {
        var values: [String: String] = [:]
        for (rawName, value) in dimensions {
            let name = MetricName.label(rawName)
            values[name == "le" && kind == .histogram ? "exported_le" : name] = value
        }
        return values.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
            .reduce("") { appending($1.key, $1.value, to: $0) }
    }

    /// Adds one more label at the end of rendered ones.
    static func appending(_ name: String, _ value: String, to labels: String) -> String {
        var text = labels
        if !text.isEmpty { text += "," }
        text += name
        text += "=\""
        ExpositionText.escape(value, quote: true, into: &text)
        text += "\""
        return text
    }
}
