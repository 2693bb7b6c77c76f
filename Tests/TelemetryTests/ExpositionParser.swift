/// A strict reader of Prometheus' text format 0.0.4, written from its description and sharing nothing with the writer.
///
/// Besides the grammar of a line it checks what makes Prometheus refuse a scrape or misread it: the order of HELP, TYPE
/// and samples, families in one piece, labels and series given twice, and histograms that contradict themselves.
struct ExpositionParser {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    struct Series: Hashable {
        var name: String
        var labels: [String: String] = [:]
    }

    struct Family {
        var help: String
        var type: String
        var samples: [(series: Series, value: Double)] = []
    }

    private(set) var families: [String: Family] = [:]
    private(set) var order: [String] = []

    /// The value of a series.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        families.values.lazy.flatMap(\.samples).first { $0.series == Series(name: name, labels: labels) }?.value
    }

    init(_ text: String) throws {
        var seen: Set<Series> = []
        var pendingHelp: (name: String, text: String)?
        let scalars = Array(text.unicodeScalars)
        guard scalars.last == "\n" else { throw Failure(description: "the last line does not end") }
        for lineScalars in scalars.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            var line = Cursor(lineScalars)
            if line.skip("# HELP ") {
                guard pendingHelp == nil else { throw line.failure("two HELP lines in a row") }
                let name = try line.metricName()
                guard line.skip(" ") else { throw line.failure("no help") }
                pendingHelp = (name, try line.helpText())
            } else if line.skip("# TYPE ") {
                let name = try line.metricName()
                guard let help = pendingHelp, help.name == name else { throw line.failure("TYPE without its HELP") }
                guard line.skip(" ") else { throw line.failure("no type") }
                let type = line.rest()
                guard ["counter", "gauge", "histogram"].contains(type) else { throw line.failure("type \(type)") }
                guard families[name] == nil else { throw line.failure("family \(name) twice") }
                families[name] = Family(help: help.text, type: type)
                order.append(name)
                pendingHelp = nil
            } else {
                guard pendingHelp == nil, let current = order.last, let type = families[current]?.type else {
                    throw line.failure("a sample outside a family")
                }
                let sample = try line.sample()
                let names = type == "histogram" ? ["_bucket", "_sum", "_count"].map { current + $0 } : [current]
                guard names.contains(sample.series.name) else { throw line.failure("a sample of another family") }
                guard seen.insert(sample.series).inserted else { throw line.failure("a series twice") }
                families[current]?.samples.append(sample)
            }
        }
        guard pendingHelp == nil else { throw Failure(description: "HELP without TYPE") }
        for (name, family) in families {
            guard !family.samples.isEmpty else { throw Failure(description: "\(name) has no samples") }
            if family.type == "histogram" { try Self.check(histogram: name, family.samples) }
            if family.type == "counter", family.samples.contains(where: { $0.value < 0 }) {
                throw Failure(description: "counter \(name) is negative")
            }
        }
    }

    private static func check(histogram name: String, _ samples: [(series: Series, value: Double)]) throws {
        var buckets: [[String: String]: [(bound: Double, count: Double)]] = [:]
        var sums: Set<[String: String]> = []
        var counts: [[String: String]: Double] = [:]
        for (series, value) in samples {
            var labels = series.labels
            switch series.name {
            case name + "_bucket":
                guard let bound = labels.removeValue(forKey: "le").flatMap(Cursor.number) else {
                    throw Failure(description: "\(name) has a bucket without a bound")
                }
                buckets[labels, default: []].append((bound, value))
            case name + "_sum": sums.insert(labels)
            default: counts[labels] = value
            }
        }
        guard Set(buckets.keys) == sums, sums == Set(counts.keys) else {
            throw Failure(description: "\(name) lacks a part")
        }
        for (labels, buckets) in buckets {
            guard let last = buckets.last, last.bound == .infinity, last.count == counts[labels] else {
                throw Failure(description: "\(name)\(labels): +Inf is not the count")
            }
            for (lower, upper) in zip(buckets, buckets.dropFirst()) {
                guard lower.bound < upper.bound, lower.count <= upper.count else {
                    throw Failure(description: "\(name)\(labels): not cumulative at \(upper.bound)")
                }
            }
        }
    }
}

/// A position in a line.
private struct Cursor {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ line: some Sequence<Unicode.Scalar>) {
        scalars = Array(line)
    }

    func failure(_ reason: String) -> ExpositionParser.Failure {
        ExpositionParser.Failure(description: "\(reason), at \(position) of: \(text(scalars[...]))")
    }

    mutating func skip(_ prefix: String) -> Bool {
        let expected = Array(prefix.unicodeScalars)
        guard scalars[position...].starts(with: expected) else { return false }
        position += expected.count
        return true
    }

    mutating func rest() -> String {
        defer { position = scalars.count }
        return text(scalars[position...])
    }

    mutating func metricName() throws -> String { try name(colon: true) }

    private mutating func name(colon: Bool) throws -> String {
        let start = position
        while position < scalars.count {
            let scalar = scalars[position]
            let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
            let isDigit = position > start && ("0"..."9").contains(scalar)
            guard isLetter || isDigit || (colon && scalar == ":") else { break }
            position += 1
        }
        guard position > start else { throw failure("no name") }
        return text(scalars[start..<position])
    }

    mutating func helpText() throws -> String { try unescaped(until: nil, escapes: ["\\": "\\", "n": "\n"]) }

    mutating func sample() throws -> (series: ExpositionParser.Series, value: Double) {
        var series = ExpositionParser.Series(name: try metricName())
        if skip("{") {
            repeat {
                let label = try name(colon: false)
                guard !label.hasPrefix("__") else { throw failure("a reserved label") }
                guard skip("=\"") else { throw failure("no value") }
                let value = try unescaped(until: "\"", escapes: ["\\": "\\", "n": "\n", "\"": "\""])
                guard !value.isEmpty else { throw failure("an empty label, which is the same as none") }
                guard series.labels.updateValue(value, forKey: label) == nil else { throw failure("a label twice") }
            } while skip(",")
            guard skip("}") else { throw failure("labels do not end") }
        }
        guard skip(" ") else { throw failure("no value") }
        let number = rest()
        guard let value = Self.number(number) else { throw failure("not a number: \(number)") }
        return (series, value)
    }

    static func number(_ text: String) -> Double? {
        switch text {
        case "NaN": return .nan
        case "+Inf": return .infinity
        case "-Inf": return -.infinity
        default:
            guard text.utf8.allSatisfy({ "0123456789+-.e".utf8.contains($0) }) else { return nil }
            return Double(text)
        }
    }

    private mutating func unescaped(
        until end: Unicode.Scalar?, escapes: [Unicode.Scalar: Unicode.Scalar]
    ) throws -> String {
        var result = String.UnicodeScalarView()
        while position < scalars.count {
            let scalar = scalars[position]
            position += 1
            if scalar == end { return String(result) }
            guard scalar == "\\" else {
                result.append(scalar)
                continue
            }
            guard position < scalars.count, let meant = escapes[scalars[position]] else { throw failure("bad escape") }
            result.append(meant)
            position += 1
        }
        guard end == nil else { throw failure("a value does not end") }
        return String(result)
    }

    private func text(_ slice: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: slice)
        return String(view)
    }
}
