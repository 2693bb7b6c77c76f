import Foundation

/// Objects of kube-scheduler's recorded requests, cut out byte by byte, so that their fields keep their order.
struct RecordedObjects {
    /// The pod `default/pg-0` with its two claims.
    let pod: [UInt8]
    /// A Node of at most 5.8 KB: a recorded one with some of its images left out.
    let node: [UInt8]
    /// A pod that would be evicted.
    let victim: [UInt8]

    private static let nodeBytes = 5800

    /// - Parameter folder: Where the recordings are.
    init(folder: String) throws {
        pod = try Self.value(of: "Pod", in: Self.file("\(folder)/extender-names/filter-pg-0.json"))
        let nodes = try Self.value(of: "Nodes", in: Self.file("\(folder)/extender-nodes/filter-pg-0.json"))
        node = try Self.trimmed(Self.elements(of: Self.value(of: "items", in: nodes))[0])
        let pods = try Self.value(of: "Pods", in: Self.file("\(folder)/extender-nodes/preempt-vip.json"))
        victim = try Self.elements(of: pods)[0]
    }

    private static func file(_ path: String) throws -> [UInt8] {
        do {
            return try Array(Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw BenchError("\(path) cannot be read: give the folder of the recorded requests with --recordings")
        }
    }

    private static func trimmed(_ node: [UInt8]) throws -> [UInt8] {
        let images = try value(of: "images", in: node)
        var kept = try elements(of: images)
        let rest = node.count - images.count
        while kept.reduce(1, { $0 + $1.count + 1 }) + rest > nodeBytes { kept.removeLast() }
        let start = try place(of: "images", in: node)
        var result = Array(node[..<start])
        result += "[".utf8
        result += kept.joined(separator: Array(",".utf8))
        result += "]".utf8
        result += node[(start + images.count)...]
        return result
    }

    /// The value of the first field of a name.
    private static func value(of key: String, in bytes: [UInt8]) throws -> [UInt8] {
        let start = try place(of: key, in: bytes)
        return Array(bytes[start..<end(ofValueAt: start, in: bytes)])
    }

    private static func place(of key: String, in bytes: [UInt8]) throws -> Int {
        let pattern = Array("\"\(key)\":".utf8)
        for start in 0..<max(0, bytes.count - pattern.count) where bytes[start...].starts(with: pattern) {
            return start + pattern.count
        }
        throw BenchError("a recorded request has no field \(key)")
    }

    private static func elements(of array: [UInt8]) throws -> [[UInt8]] {
        var elements: [[UInt8]] = []
        var position = 1
        while position < array.count, array[position] != UInt8(ascii: "]") {
            let end = end(ofValueAt: position, in: array)
            elements.append(Array(array[position..<end]))
            position = end + (end < array.count && array[end] == UInt8(ascii: ",") ? 1 : 0)
        }
        guard !elements.isEmpty else { throw BenchError("a recorded request has an empty list") }
        return elements
    }

    /// The index after an object or array.
    private static func end(ofValueAt start: Int, in bytes: [UInt8]) -> Int {
        var depth = 0
        var isInString = false
        var position = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\\") where isInString: position += 1
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "{") where !isInString, UInt8(ascii: "[") where !isInString: depth += 1
            case UInt8(ascii: "}") where !isInString, UInt8(ascii: "]") where !isInString: depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { break }
        }
        return position
    }
}
