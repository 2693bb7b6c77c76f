internal import Yams

/// Reads YAML into values with places.
///
/// Scalars keep their text: whether `on` is a name or a truth value is for the field to say, not for the YAML version.
struct YAMLTree {
    private var budget: Int

    /// The one document that the text holds; `nil` where it holds none.
    static func read(_ text: String) throws(SyntaxError) -> FileValue? {
        let root: Yams.Node?
        do {
            // libYAML refuses more than 1,000 levels, so that this recursion is bounded. The basic resolver does not
            // guess types, which also spares a dozen regular expressions a scalar.
            root = try Yams.Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch {
            throw SyntaxError(error)
        }
        guard let root else { return nil }
        // Aliases can make a short file a huge tree; without them a value takes at least a byte, or half a byte where
        // it is an empty one.
        var tree = YAMLTree(budget: 4 * text.utf8.count + 10_000)
        return try tree.value(root, depth: 0)
    }

    private mutating func value(_ node: Yams.Node, depth: Int) throws(SyntaxError) -> FileValue {
        let mark = FileValue.Mark(node.mark)
        guard depth < FileValue.depthLimit else {
            throw SyntaxError(mark: mark, message: "nested deeper than \(FileValue.depthLimit) levels")
        }
        budget -= 1
        guard budget > 0 else { throw SyntaxError(mark: mark, message: "aliases repeat too much of the file") }
        switch node {
        case .scalar(let scalar):
            return FileValue(mark: mark, content: try content(scalar, mark: mark))
        case .sequence(let sequence):
            try check(sequence.tag, is: .seq, mark: mark)
            var values: [FileValue] = []
            values.reserveCapacity(sequence.count)
            for element in sequence { values.append(try value(element, depth: depth + 1)) }
            return FileValue(mark: mark, content: .list(values))
        case .mapping(let mapping):
            try check(mapping.tag, is: .map, mark: mark)
            var fields: [FileValue.Field] = []
            fields.reserveCapacity(mapping.count)
            for (key, element) in mapping {
                let keyMark = FileValue.Mark(key.mark)
                let name = try self.key(key, mark: keyMark)
                fields.append(
                    FileValue.Field(key: name, mark: keyMark, value: try value(element, depth: depth + 1)))
            }
            return FileValue(mark: mark, content: .map(fields))
        case .alias:
            // The parser has put the anchor's value in its place.
            throw SyntaxError(mark: mark, message: "an alias without a value")
        }
    }

    private func key(_ node: Yams.Node, mark: FileValue.Mark) throws(SyntaxError) -> String {
        guard case .scalar(let scalar) = node else {
            throw SyntaxError(mark: mark, message: "a field's name has to be text, not a list or a mapping")
        }
        try check(scalar.tag, is: .str, mark: mark)
        guard scalar.style == .plain else { return scalar.string }
        if scalar.string == "<<" {
            throw SyntaxError(mark: mark, message: "merge keys (<<) are not supported; write the fields out")
        }
        if YAMLTree.isNull(scalar.string) {
            throw SyntaxError(mark: mark, message: "a field without a name; put the name in quotes if it is meant so")
        }
        return scalar.string
    }

    private func content(_ scalar: Yams.Node.Scalar, mark: FileValue.Mark) throws(SyntaxError) -> FileValue.Content {
        // An explicit `!!str` does what quotes do.
        try check(scalar.tag, is: .str, mark: mark)
        guard scalar.style == .plain, scalar.tag.rawValue.isEmpty else { return .text(scalar.string) }
        return YAMLTree.isNull(scalar.string) ? .null : .plain(scalar.string)
    }

    private static func isNull(_ plain: String) -> Bool {
        switch plain {
        case "", "~", "null", "Null", "NULL": true
        default: false
        }
    }

    private func check(_ tag: Tag, is expected: Tag.Name, mark: FileValue.Mark) throws(SyntaxError) {
        let name = tag.rawValue
        guard name.isEmpty || name == "!" || name == expected.rawValue else {
            throw SyntaxError(mark: mark, message: "the YAML tag \(FileValue.quoted(name)) is not supported")
        }
    }
}

extension FileValue.Mark {
    fileprivate init(_ mark: Yams.Mark?) {
        self.init(line: mark?.line ?? 1, column: mark?.column ?? 1)
    }
}

extension SyntaxError {
    /// What the YAML parser said, without the excerpt it adds.
    fileprivate init(_ error: any Error) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let text = [context?.text, problem].compactMap { $0 }.joined(separator: ", ")
            self.init(mark: FileValue.Mark(mark), message: "not YAML: \(text)")
        case YamlError.reader(let problem, let offset, let value, let yaml):
            var mark: FileValue.Mark?
            if let offset {
                mark = FileValue.Mark(line: 1, column: 1)
                mark?.advance(over: ArraySlice(yaml.prefix(offset).utf8))
            }
            let code = String(value, radix: 16, uppercase: true)
            self.init(mark: mark, message: "not YAML: \(problem) (U+\(code)); escape it in double quotes")
        case YamlError.duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map(FileValue.quoted).joined(separator: ", ")
            let word = duplicates.count == 1 ? "the field \(keys) is" : "the fields \(keys) are"
            self.init(mark: FileValue.Mark(context.mark), message: "\(word) given twice")
        default:
            self.init(mark: nil, message: "not YAML: \(error)")
        }
    }
}
