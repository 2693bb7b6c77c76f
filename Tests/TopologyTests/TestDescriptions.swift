public import Testing
public import Topology

// What a test case's arguments are called in the log: their whole values would fill pages.

extension ClusterTopology: CustomTestStringConvertible {
    /// How many objects there are of each kind.
    public var testDescription: String {
        let counts = [
            ("nodes", nodes.count), ("volumes", volumes.count), ("claims", claims.count),
            ("storage classes", storageClasses.count), ("pods", pods.count), ("attachments", volumeAttachments.count),
        ]
        return counts.map { "\($1) \($0)" }.joined(separator: ", ")
    }
}

extension TopologyChange: CustomTestStringConvertible {
    /// The kind and name of the object.
    public var testDescription: String {
        switch self {
        case .node(let node): "node \(node.name)"
        case .nodeRemoved(let name): "node \(name) removed"
        case .volume(let volume): "volume \(volume.name)"
        case .volumeRemoved(let name): "volume \(name) removed"
        case .claim(let claim): "claim \(claim.namespace)/\(claim.name)"
        case .claimRemoved(let namespace, let name): "claim \(namespace)/\(name) removed"
        case .storageClass(let storageClass): "storage class \(storageClass.name)"
        case .storageClassRemoved(let name): "storage class \(name) removed"
        case .pod(let pod): "pod \(pod.namespace)/\(pod.name)"
        case .podRemoved(let namespace, let name): "pod \(namespace)/\(name) removed"
        case .volumeAttachment(let attachment): "volume attachment \(attachment.name)"
        case .volumeAttachmentRemoved(let name): "volume attachment \(name) removed"
        }
    }
}

/// A text as an argument: long ones are cut in the log, and what would move the cursor is escaped.
struct TextArgument: CustomTestStringConvertible, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    var testDescription: String {
        let limit = 40
        let start = String(text.unicodeScalars.prefix(limit)).debugDescription
        let length = text.unicodeScalars.count
        return length > limit ? "\(start)… (\(length) scalars)" : start
    }
}
