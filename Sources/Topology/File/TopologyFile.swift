/// The topology file: a cluster's storage as YAML or JSON, for demos, tests and bug reports.
///
/// The format is `jabiru.dev/v1alpha1`, kind `Topology`. It is read strictly: a field that is not known, a name that is
/// given twice or a reference to something that is not there is an error, since a typo would otherwise change placement
/// without a word. What is written reads back as the same topology.
///
/// A dump of a live cluster may name objects that are gone, such as a replica on a removed node. Such a file carries
/// `incomplete: true`, and references in it are not checked.
public enum TopologyFile {
    /// The format's version.
    static let apiVersion = "jabiru.dev/v1alpha1"
    /// The format's kind.
    static let kind = "Topology"

    /// Reads a topology file: JSON where the first character is `{`, else YAML.
    ///
    /// - Parameter name: The file's name for messages.
    /// - Returns: The topology in canonical order.
    /// - Throws: ``TopologyFileError`` with all that is wrong.
    public static func parse(_ text: String, name: String) throws(TopologyFileError) -> ClusterTopology {
        var text = text
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        // Text bridged or made by slicing may lie in pieces; both readers want it in one.
        text.makeContiguousUTF8()
        let root: FileValue?
        do {
            let first = text.utf8.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
            root = first == UInt8(ascii: "{") ? try JSONTree.read(text) : try YAMLTree.read(text)
        } catch {
            throw TopologyFileError(
                code: .malformed, file: name,
                problems: [.init(line: error.mark?.line, column: error.mark?.column, message: error.message)])
        }
        guard let root else {
            throw TopologyFileError(
                code: .malformed, file: name,
                problems: [
                    .init(message: "the file is empty; expected apiVersion: \(apiVersion) and kind: \(kind)")
                ])
        }
        var reader = TopologyFileReader(root: root)
        let topology = reader.topology()
        if let error = reader.error(file: name) { throw error }
        return topology.canonical()
    }

    /// Reads a topology file from its bytes, which have to be UTF-8.
    ///
    /// - Parameter name: The file's name for messages.
    /// - Returns: The topology in canonical order.
    /// - Throws: ``TopologyFileError`` with all that is wrong.
    public static func parse(bytes: some Collection<UInt8>, name: String) throws(TopologyFileError) -> ClusterTopology {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            var mark = FileValue.Mark(line: 1, column: 1)
            mark.advance(over: validPrefix(of: Array(bytes)))
            throw TopologyFileError(
                code: .malformed, file: name,
                problems: [.init(line: mark.line, column: mark.column, message: "the file is not UTF-8")])
        }
        return try parse(text, name: name)
    }

    private static func validPrefix(of bytes: [UInt8]) -> ArraySlice<UInt8> {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var valid = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            valid += String(scalar).utf8.count
        }
        return bytes[..<valid]
    }

    /// Writes a topology as YAML, one entity a line, in canonical order, defaults left out.
    public static func yaml(_ topology: ClusterTopology) -> String {
        var writer = TopologyFileWriter(syntax: .yaml)
        return writer.file(topology.canonical())
    }

    /// Writes a topology as JSON, one entity a line, in canonical order, defaults left out.
    public static func json(_ topology: ClusterTopology) -> String {
        var writer = TopologyFileWriter(syntax: .json)
        return writer.file(topology.canonical())
    }
}
