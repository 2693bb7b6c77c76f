internal import FoundationEssentials

/// Reads the fields of a file's objects by type, and notes each one that is not what it should be.
struct FileFields {
    /// An object that is being read. Reading one that is no mapping gives an empty object that misses nothing.
    struct Object {
        let mark: FileValue.Mark
        let fields: [FileValue.Field]
        let isMapping: Bool

        subscript(name: String) -> FileValue? {
            fields.first { $0.key == name }?.value
        }
    }

    let root: FileValue
    /// Paths of lists of which nothing or not every name could be read: references to them prove nothing.
    private(set) var unreadable: Set<String> = []
    private var path = FieldPath()
    private var problems: [(mark: FileValue.Mark, path: String, message: String)] = []

    init(root: FileValue) {
        self.root = root
    }

    // MARK: Problems

    func error(file: String) -> TopologyFileError? {
        guard !problems.isEmpty else { return nil }
        let sorted = problems.enumerated().sorted { ($0.element.mark, $0.offset) < ($1.element.mark, $1.offset) }
        let shown = sorted.prefix(TopologyFileError.limit).map(\.element)
        return TopologyFileError(
            code: .invalid, file: file,
            problems: shown.map {
                .init(line: $0.mark.line, column: $0.mark.column, path: $0.path, message: $0.message)
            },
            omitted: sorted.count - shown.count)
    }

    mutating func report(_ path: FieldPath, _ message: String) {
        problems.append((root.mark(at: path), path.text, message))
    }

    private mutating func report(_ mark: FileValue.Mark, _ field: String?, _ message: String) {
        let whole = field.map { path.field($0) } ?? path
        problems.append((mark, whole.text, message))
        if field == nil || field == "name" || field == "namespace" || field == "engine" { distrust(list: field) }
    }

    /// Notes that names are missing from the list that is being read, or from the list at the top.
    private mutating func distrust(list field: String?) {
        switch path.steps.first {
        case .field(let list)?: unreadable.insert(list)
        default: if let field { unreadable.insert(field) }
        }
    }

    private mutating func expected(_ what: String, _ value: FileValue, _ field: String?) {
        report(value.mark, field, "expected \(what), found \(value.found)")
    }

    // MARK: Path

    mutating func enter(_ step: FieldPath.Step) { path.steps.append(step) }
    mutating func leave() { path.steps.removeLast() }

    mutating func at<Result>(_ step: FieldPath.Step, _ body: (inout FileFields) -> Result) -> Result {
        enter(step)
        defer { leave() }
        return body(&self)
    }

    // MARK: Objects and lists

    mutating func object(_ value: FileValue, _ known: [String]) -> Object {
        guard case .map(let fields) = value.content else {
            expected("a mapping with \(known.joined(separator: ", "))", value, nil)
            return Object(mark: value.mark, fields: [], isMapping: false)
        }
        for field in fields where !known.contains(field.key) {
            report(field.mark, field.key, "no such field; known here are \(known.joined(separator: ", "))")
        }
        return Object(mark: value.mark, fields: fields, isMapping: true)
    }

    mutating func required(_ object: Object, _ name: String) -> FileValue? {
        if let value = object[name] { return value }
        if object.isMapping { report(object.mark, name, "the field is missing") }
        return nil
    }

    mutating func values(_ object: Object, _ name: String) -> [FileValue]? {
        guard let value = object[name] else { return nil }
        guard case .list(let values) = value.content else {
            expected("a list", value, name)
            distrust(list: name)
            return nil
        }
        return values
    }

    mutating func texts(_ object: Object, _ name: String) -> [String] {
        guard let values = values(object, name) else { return [] }
        return at(.field(name)) { fields in
            values.enumerated().map { index, value in
                fields.at(.index(index)) { $0.text(value, nil) ?? "" }
            }
        }
    }

    mutating func map(_ object: Object, _ name: String) -> [String: String] {
        guard let value = object[name] else { return [:] }
        guard case .map(let entries) = value.content else {
            expected("a mapping of text to text", value, name)
            return [:]
        }
        var result: [String: String] = [:]
        enter(.field(name))
        for entry in entries { result[entry.key] = text(entry.value, entry.key) ?? "" }
        leave()
        return result
    }

    // MARK: Text

    private mutating func text(_ value: FileValue, _ field: String?) -> String? {
        switch value.content {
        case .text(let text), .plain(let text): return text
        default:
            expected("text", value, field)
            return nil
        }
    }

    mutating func text(_ object: Object, _ name: String) -> String? {
        object[name].flatMap { text($0, name) }
    }

    /// The name that an object has to have; empty where it cannot be read.
    mutating func name(_ object: Object, _ name: String) -> String {
        guard let value = required(object, name) else { return "" }
        return self.name(value, name) ?? ""
    }

    /// A name that may be left out.
    mutating func reference(_ object: Object, _ name: String) -> String? {
        object[name].flatMap { self.name($0, name) }
    }

    private mutating func name(_ value: FileValue, _ field: String) -> String? {
        guard let text = text(value, field) else { return nil }
        guard let complaint = FileFields.complaint(name: text) else { return text }
        report(value.mark, field, complaint)
        return nil
    }

    /// Checks a name that is a field's key.
    mutating func checkName(_ key: String, at mark: FileValue.Mark) {
        if let complaint = FileFields.complaint(name: key) { report(mark, nil, complaint) }
    }

    /// Kubernetes' own rules differ by kind and engines add theirs; this is what every one of them has in common.
    private static func complaint(name: String) -> String? {
        if name.isEmpty { return "expected a name, found empty text" }
        if name.utf8.count > 253 { return "expected a name of at most 253 bytes, found \(name.utf8.count)" }
        if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return "expected a name without control characters, found \(FileValue.quoted(name))"
        }
        return nil
    }

    mutating func constant(_ object: Object, _ name: String, _ constant: String) {
        guard let value = required(object, name), let text = text(value, name), text != constant else { return }
        expected(constant, value, name)
    }

    // MARK: Words

    mutating func word<Word: RawRepresentable<String> & CaseIterable>(
        _ object: Object, _ name: String, default word: Word, or other: String? = nil
    ) -> Word {
        let words = Word.allCases.map(\.rawValue)
        return self.word(object, name, of: words, default: word.rawValue, or: other).flatMap { Word(rawValue: $0) }
            ?? word
    }

    mutating func word(_ object: Object, _ name: String, of words: [String], default word: String, or: String? = nil)
        -> String?
    {
        guard let value = object[name] else { return word }
        return self.word(value, name, of: words, or: or)
    }

    /// A storage health at the current path.
    mutating func word(_ value: FileValue, or other: String) -> StorageHealth {
        word(value, nil, of: StorageHealth.allCases.map(\.rawValue), or: other)
            .flatMap { StorageHealth(rawValue: $0) } ?? .unknown
    }

    private mutating func word(_ value: FileValue, _ field: String?, of words: [String], or: String?) -> String? {
        switch value.content {
        case .text(let text) where words.contains(text), .plain(let text) where words.contains(text):
            return text
        default:
            let other = or.map { ", or \($0)" } ?? ""
            expected("one of \(words.joined(separator: ", "))\(other)", value, field)
            return nil
        }
    }

    /// Reports fields that are there although they go only with one state.
    mutating func only(_ object: Object, _ names: [String], with state: String, when holds: Bool) {
        guard !holds else { return }
        for name in names {
            if let value = object[name] { report(value.mark, name, "goes only with state: \(state)") }
        }
    }

    mutating func bool(_ object: Object, _ name: String, default fallback: Bool) -> Bool {
        guard let value = object[name] else { return fallback }
        switch value.content {
        case .bool(let value): return value
        case .plain("true"), .plain("True"), .plain("TRUE"): return true
        case .plain("false"), .plain("False"), .plain("FALSE"): return false
        default:
            expected("true or false", value, name)
            return fallback
        }
    }

    // MARK: Numbers

    mutating func quantity(_ object: Object, _ name: String) -> Int64? {
        guard let value = object[name] else { return nil }
        switch value.content {
        case .text(let text), .plain(let text), .number(let text):
            if let bytes = Quantity.bytes(text) { return bytes }
        default:
            break
        }
        expected("a quantity such as 20Gi", value, name)
        return nil
    }

    /// A whole number from zero up.
    mutating func count(_ object: Object, _ name: String) -> Int64? {
        guard let value = object[name] else { return nil }
        switch value.content {
        case .plain(let text), .number(let text):
            if let count = Int64(text), count >= 0, text.utf8.first != UInt8(ascii: "+") { return count }
        default:
            break
        }
        expected("a whole number from 0 up", value, name)
        return nil
    }

    mutating func fraction(_ object: Object, _ name: String) -> Double? {
        guard let value = object[name] else { return nil }
        switch value.content {
        case .plain(let text), .number(let text):
            // Swift would also read hexadecimal numbers and the word for infinity.
            if text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let number = Double(text),
                (0...1).contains(number)
            {
                return number
            }
        default:
            break
        }
        expected("a number from 0 to 1", value, name)
        return nil
    }

    mutating func timestamp(_ object: Object, _ name: String) -> Timestamp? {
        guard let value = object[name] else { return nil }
        switch value.content {
        case .text(let text), .plain(let text):
            if let time = RFC3339.time(text) { return time }
        default:
            break
        }
        expected("a time such as 2026-11-21T03:10:18Z", value, name)
        return nil
    }
}
