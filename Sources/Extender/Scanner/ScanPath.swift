/// Finds the field that a byte of a body belongs to, such as `Nodes.items[17].metadata.name`.
///
/// Runs only once an error is known, over the bytes before it, which the scanner has accepted already. It is
/// therefore lenient, and keeps its own stack instead of burdening the scanner with one.
enum ScanPath {
    private enum Step {
        case object(key: JSONText?)
        case array(index: Int)
    }

    /// Longer paths and keys are cut: the body's sender chooses their length.
    private static let keyLimit = 64
    private static let pathLimit = 256

    static func path(to offset: Int, in bytes: RawSpan) -> String {
        let end = min(offset, bytes.byteCount)
        var steps: [Step] = []
        /// The last string, which a colon turns into a key.
        var last: JSONText?
        var position = 0
        while position < end {
            switch bytes.byte(position) {
            case UInt8(ascii: "\""):
                last = string(bytes, from: position + 1, to: end)
                position = last.map { Int($0.end) } ?? end
                if last != nil { closeField(&steps) }
            case UInt8(ascii: "{"): steps.append(.object(key: nil))
            case UInt8(ascii: "["): steps.append(.array(index: 0))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = steps.popLast()
                closeField(&steps)
            case UInt8(ascii: ":"):
                if case .object = steps.last { steps[steps.count - 1] = .object(key: last) }
            case UInt8(ascii: ","):
                if case .array(let index) = steps.last {
                    steps[steps.count - 1] = .array(index: index + 1)
                }
            case 0x20, 0x0a, 0x0d, 0x09: break
            default:
                var cursor = JSONCursor(position: position)
                if (try? cursor.skipValue(bytes)) != nil {
                    position = cursor.position - 1
                    closeField(&steps)
                }
            }
            position += 1
        }
        return text(of: steps, in: bytes)
    }

    /// After a field's value the path is that of the object again.
    private static func closeField(_ steps: inout [Step]) {
        if case .object = steps.last { steps[steps.count - 1] = .object(key: nil) }
    }

    private static func string(_ bytes: RawSpan, from start: Int, to end: Int) -> JSONText? {
        var position = start
        var hasEscape = false
        while position < end {
            switch bytes.byte(position) {
            case UInt8(ascii: "\""): return JSONText(start: start, end: position, hasEscape: hasEscape)
            case UInt8(ascii: "\\"):
                hasEscape = true
                position += 2
            default: position += 1
            }
        }
        return nil
    }

    private static func text(of steps: [Step], in bytes: RawSpan) -> String {
        var path = ""
        for step in steps {
            if path.utf8.count > pathLimit {
                return path + "…"
            }
            switch step {
            case .object(nil): break
            case .object(let key?):
                let name = key.string(in: bytes)
                path += path.isEmpty ? "" : "."
                path += name.utf8.count > keyLimit ? name.prefix(keyLimit) + "…" : name
            case .array(let index): path += "[\(index)]"
            }
        }
        return path
    }
}
