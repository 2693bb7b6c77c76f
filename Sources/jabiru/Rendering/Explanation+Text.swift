import FoundationEssentials
import Placement

extension Explanation {
    /// The explanation as JSON, a volume and a node a line.
    func json() throws -> String {
        let fields = try fields { values in
            values.isEmpty ? "[]" : "[\n" + values.map { "    \($0)" }.joined(separator: ",\n") + "\n  ]"
        }
        return "{\n" + fields.map { "  \"\($0)\": \($1)" }.joined(separator: ",\n") + "\n}\n"
    }

    /// The explanation as YAML, a volume and a node a line: flow mappings, which JSON is a form of.
    func yaml() throws -> String {
        let fields = try fields { values in values.isEmpty ? "[]" : values.map { "\n- \($0)" }.joined() }
        return fields.map { $1.hasPrefix("\n") ? "\($0):\($1)\n" : "\($0): \($1)\n" }.joined()
    }

    /// The fields in their order, with what they hold as JSON.
    private func fields(list: ([String]) -> String) throws -> [(String, String)] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func text(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        return [
            ("namespace", try text(namespace)), ("pod", try text(pod)), ("generation", try text(generation)),
            ("hasOpinion", try text(hasOpinion)),
        ] + (try rejection.map { [("rejection", try text($0))] } ?? []) + [
            ("volumes", list(try volumes.map(text))), ("nodes", list(try nodes.map(text))),
            ("lastAsked", list(try lastAsked.map(text))),
        ]
    }
}
