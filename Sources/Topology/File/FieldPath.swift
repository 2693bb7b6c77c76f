/// The way from a file's root to a value.
struct FieldPath: Hashable {
    enum Step: Hashable {
        case field(String)
        case index(Int)
    }

    var steps: [Step] = []

    /// The path in words: `nodes[2].pools[0].capacity`, `claims[0].annotations["jabiru.dev/locality"]`.
    var text: String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .index(let index):
                text += "[\(index)]"
            case .field(let name) where name.utf8.allSatisfy { Unicode.Scalar($0).properties.isAlphabetic }:
                text += text.isEmpty ? name : "." + name
            case .field(let name):
                text += "[\(FileValue.quoted(name))]"
            }
        }
    }

    func field(_ name: String) -> FieldPath { FieldPath(steps: steps + [.field(name)]) }
    func index(_ index: Int) -> FieldPath { FieldPath(steps: steps + [.index(index)]) }
}

extension FileValue {
    /// The place of what a path leads to, or of the last value on the way that is there.
    func mark(at path: FieldPath) -> Mark {
        var value = self
        for step in path.steps {
            switch (step, value.content) {
            case (.field(let name), .map(let fields)):
                guard let next = fields.first(where: { $0.key == name }) else { return value.mark }
                value = next.value
            case (.index(let index), .list(let values)) where index < values.count:
                value = values[index]
            default:
                return value.mark
            }
        }
        return value.mark
    }
}
