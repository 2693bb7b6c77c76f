import NIOCore
import Topology

extension JSONText {
    /// The ordinal of the node that is named here; `nil` where no cache entry has the name.
    @inline(__always)
    func ordinal(in index: NodeIndex, _ body: ByteBuffer) -> Int? {
        // An escaped name is legal JSON; kube-scheduler sends none, since node names are DNS names.
        if hasEscape { return index.find(string(in: body.readableBytesSpan)) }
        return index.find(body.readableBytesSpan, range)
    }
}
