import NIOCore
import Topology

/// The ordinals of the nodes that a request names, in its order.
///
/// Found in one pass before any node is judged, so that the look-ups' cache misses overlap.
struct Ordinals {
    private var ordinals: [Int32]

    /// Looks names up.
    ///
    /// - Parameter names: Where the names stand in the body.
    init(of names: some Collection<JSONText>, in index: NodeIndex, _ body: ByteBuffer) {
        let bytes = body.readableBytesSpan
        ordinals = []
        ordinals.reserveCapacity(names.count)
        for name in names {
            // An escaped name is legal JSON; kube-scheduler sends none, since node names are DNS names.
            let ordinal = name.hasEscape ? index.find(name.string(in: bytes)) : index.find(bytes, name.range)
            ordinals.append(Int32(ordinal ?? -1))
        }
    }

    /// The ordinal of a node by its place in the request; `nil` where no cache entry has the name.
    subscript(place: Int) -> Int? { ordinals[place] < 0 ? nil : Int(ordinals[place]) }
}
