import NIOCore
import Topology

/// Spells requests as JSON in all the ways that mean the same: fields in any order, white space anywhere, characters
/// escaped or not, fields that nobody reads, and a body that does not start where its buffer does.
struct RequestText {
    /// What a filter or prioritize request names, as it spells it.
    struct Arguments {
        var body: ByteBuffer
        /// For each node its name in quotes, or its whole object.
        var items: [String]
    }

    /// The victims on a node.
    struct Victims {
        var uids: [String]
        var violations: Int
    }

    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func arguments(_ pod: Pod, names: [String], wholeNodes: Bool) -> Arguments {
        // Real Node objects take kilobytes, and are answered another way than short ones.
        let padding = names.count <= 20 && random.chance(2) ? Int.random(in: 0...24_000, using: &random) : 0
        let items = names.map { wholeNodes ? node($0, padding: padding) : quoted($0) }
        var list = "["
        for (index, item) in items.enumerated() { list += (index > 0 ? "," : "") + space() + item + space() }
        list += "]"
        var fields = [("Pod", podObject(pod))]
        if wholeNodes {
            fields += [("Nodes", object([("metadata", "{}"), ("items", list)])), ("NodeNames", "null")]
        } else {
            fields += [("Nodes", "null"), ("NodeNames", list)]
        }
        return Arguments(body: buffer(object(fields)), items: items)
    }

    mutating func preemption(_ pod: Pod, _ victims: [(node: String, victims: Victims)], wholePods: Bool) -> ByteBuffer {
        let entries = victims.map { node, victims in
            let pods = victims.uids.map { uid in
                wholePods
                    ? object([("metadata", object([("uid", quoted(uid)), ("name", "\"x\"")])), ("spec", "{}")])
                    : object([("UID", quoted(uid))])
            }
            let value = object([
                ("Pods", "[" + pods.joined(separator: ",") + "]"), ("NumPDBViolations", "\(victims.violations)"),
            ])
            return quoted(node) + ":" + value
        }
        let map = "{" + entries.joined(separator: "," + space()) + "}"
        return buffer(
            object([
                ("Pod", podObject(pod)), ("NodeNameToVictims", wholePods ? map : "null"),
                ("NodeNameToMetaVictims", wholePods ? "null" : map),
            ]))
    }

    // MARK: Objects

    private mutating func podObject(_ pod: Pod) -> String {
        var metadata = [("name", quoted(pod.name)), ("namespace", quoted(pod.namespace))]
        if let uid = pod.uid { metadata.append(("uid", quoted(uid))) }
        let annotations = pod.annotations.map { ($0.key, quoted($0.value)) } + [("example.com/unread", "\"{}\"")]
        metadata.append(("annotations", object(annotations)))
        var volumes = pod.claims.map { claim in
            object([("name", "\"v\""), ("persistentVolumeClaim", object([("claimName", quoted(claim))]))])
        }
        volumes += pod.ephemeral.map { volume in
            var spec: [(String, String)] = [("accessModes", #"["ReadWriteOnce"]"#)]
            if let storageClass = volume.storageClass { spec.append(("storageClassName", quoted(storageClass))) }
            if let bytes = volume.requested {
                spec.append(("resources", object([("requests", object([("storage", "\"\(bytes)\"")]))])))
            }
            let template = object([("metadata", "{}"), ("spec", object(spec))])
            return object([("name", quoted(volume.name)), ("ephemeral", object([("volumeClaimTemplate", template)]))])
        }
        volumes.insert(
            #"{"name":"token","projected":{"sources":[{"name":"not-a-claim"}]}}"#,
            at: Int.random(in: 0...volumes.count, using: &random))
        let spec = object([
            ("volumes", "[" + volumes.joined(separator: space() + ",") + "]"), ("containers", #"[{"name":"c"}]"#),
        ])
        return object([("metadata", object(metadata)), ("spec", spec), ("status", #"{"phase":"Pending"}"#)])
    }

    private mutating func node(_ name: String, padding: Int) -> String {
        let metadata = object([("name", quoted(name)), ("labels", #"{"a\/b":"\u00e9","é":"🦩"}"#), ("uid", "\"u\"")])
        let status = #"{"metadata":{"name":"decoy"},"items":[1.50,-0,2E+3,true,null,{},[]],"text":"}]\",{"}"#
        return object([
            ("metadata", metadata), ("spec", #"{"unschedulable":false}"#), ("status", status),
            ("padding", "\"" + String(repeating: "x", count: padding) + "\""),
        ])
    }

    // MARK: Spelling

    private mutating func object(_ fields: [(String, String)]) -> String {
        let members = fields.shuffled(using: &random).map { name, value in
            space() + "\"\(name)\"" + space() + ":" + space() + value + space()
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    private mutating func space() -> String { random.chance(8) ? random.pick([" ", "\n", "\t\r\n  "]) : "" }

    private mutating func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            let isSpecial = scalar == "\"" || scalar == "\\" || scalar.value < 0x20
            if isSpecial || random.chance(60) {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private mutating func buffer(_ text: String) -> ByteBuffer {
        let before = random.pick(["", "{", "POST"])
        var buffer = ByteBuffer(string: before + space() + text + space())
        buffer.moveReaderIndex(forwardBy: before.utf8.count)
        return buffer
    }
}
