package import Topology

/// What a filter or prioritize request (`ExtenderArgs`) says.
package struct ScannedArguments: Sendable {
    /// Which of the two lists the scheduler sent.
    package enum Form: Sendable {
        /// `NodeNames`: the extender is configured with `nodeCacheCapable: true`.
        case names
        /// `Nodes`: whole Node objects.
        case nodes
    }

    /// A node that the pod may run on.
    package struct Candidate: Hashable, Sendable {
        /// The node's name.
        package let name: JSONText
        /// Where the whole Node object starts; 0 in the names' form.
        package let itemStart: Int32
        /// The index after the whole Node object; 0 in the names' form.
        package let itemEnd: Int32

        /// The whole Node object, to be copied into the answer; empty in the names' form.
        package var item: Range<Int> { Int(itemStart)..<Int(itemEnd) }
    }

    /// The pod to be placed, with the fields that placement reads.
    package var pod: Pod
    /// Which of the two lists the scheduler sent.
    package var form: Form
    /// The nodes, in the scheduler's order.
    package var candidates: [Candidate]
}

/// What a preempt request (`ExtenderPreemptionArgs`) says.
package struct ScannedPreemption: Sendable {
    /// Which of the two maps the scheduler sent.
    package enum Form: Sendable {
        /// `NodeNameToMetaVictims`: the victims' UIDs only.
        case metaVictims
        /// `NodeNameToVictims`: whole Pod objects.
        case victims
    }

    /// A node and the pods that would be evicted from it.
    package struct NodeVictims: Hashable, Sendable {
        /// The node's name.
        package let name: JSONText
        /// Where the node's victims start, as the request has them.
        package let valueStart: Int32
        /// The index after them.
        package let valueEnd: Int32
        /// The part of ``ScannedPreemption/uids`` that is this node's.
        package let uids: Range<Int>
        /// How many PodDisruptionBudgets the evictions would violate.
        package let numPDBViolations: Int64

        /// The node's victims as the request has them: of the answer's type already in the meta form.
        package var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    /// The pod that others would be evicted for.
    package var pod: Pod
    /// Which of the two maps the scheduler sent.
    package var form: Form
    /// The nodes, in the request's order; each once.
    package var nodes: [NodeVictims]
    /// The UIDs of all victims, node after node.
    package var uids: [JSONText]
}
