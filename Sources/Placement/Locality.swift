/// Where a volume wants its pod to run, relative to its replicas.
public enum Locality: String, Sendable, CaseIterable {
    /// As near to a replica as possible.
    case preferLocal = "prefer-local"
    /// Only on a node with a usable replica.
    case requireLocal = "require-local"
    /// Rather not on a node with a replica.
    case preferRemote = "prefer-remote"
    /// Only on a node without a usable replica.
    case requireRemote = "require-remote"
    /// Anywhere; the volume has no say.
    case ignore

    /// The words, for a message to a person.
    static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
