import Topology

/// Scans `ExtenderPreemptionArgs`: the pod, and for each node the pods that would be evicted from it.
struct PreemptionScanner {
    private var cursor = JSONCursor()
    private var nodes: [ScannedPreemption.NodeVictims] = []
    private var uids: [JSONText] = []
    private var form: ScannedPreemption.Form?

    mutating func scan(
        _ bytes: RawSpan, quantity: (String) -> Int64?
    ) throws(ScanFault) -> ScannedPreemption {
        var object = try RequestScanner.openRequest(bytes, &cursor)
        var seen = SeenFields()
        var pod: Pod?
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("Pod", in: bytes) {
                try seen.note(0, key)
                pod = try PodScanner.scan(bytes, &cursor, quantity: quantity)
            } else if key.equals("NodeNameToVictims", in: bytes) {
                try seen.note(1, key)
                try scanMap(bytes, key, .victims)
            } else if key.equals("NodeNameToMetaVictims", in: bytes) {
                try seen.note(2, key)
                try scanMap(bytes, key, .metaVictims)
            } else {
                try cursor.skipValue(bytes)
            }
        }
        try cursor.finish(bytes)
        guard let pod else { throw ScanFault(.missingField, at: 0, "Pod") }
        guard let form else {
            throw ScanFault(.missingField, at: 0, "NodeNameToMetaVictims or NodeNameToVictims")
        }
        return ScannedPreemption(pod: pod, form: form, nodes: nodes, uids: uids)
    }

    private mutating func scanMap(
        _ bytes: RawSpan, _ key: JSONText, _ form: ScannedPreemption.Form
    ) throws(ScanFault) {
        guard var object = try cursor.openObjectOrNull(bytes) else { return }
        guard self.form == nil else {
            throw ScanFault(
                .duplicateField, at: Int(key.start) - 1,
                "NodeNameToMetaVictims and NodeNameToVictims must not both be given")
        }
        self.form = form
        var names: Set<String> = []
        while let name = try cursor.nextKey(bytes, in: &object) {
            let offset = Int(name.start) - 1
            if name.isEmpty { throw ScanFault(.emptyName, at: offset, "the name of a node") }
            guard names.insert(name.string(in: bytes)).inserted else { throw ScanFault(.duplicateField, at: offset) }
            guard nodes.count < RequestScanner.nodeLimit else {
                throw ScanFault(.tooLarge, at: offset, "more than 1048576 nodes")
            }
            try scanVictims(bytes, name, form)
        }
    }

    private mutating func scanVictims(
        _ bytes: RawSpan, _ name: JSONText, _ form: ScannedPreemption.Form
    ) throws(ScanFault) {
        // Not null: kube-scheduler follows the pointer of every entry of the answer.
        var object = try cursor.openObject(bytes)
        let start = cursor.position - 1
        let firstUID = uids.count
        var violations: Int64 = 0
        var seen = SeenFields()
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("Pods", in: bytes) {
                try seen.note(0, key)
                guard var array = try cursor.openArrayOrNull(bytes) else { continue }
                while try cursor.nextElement(bytes, in: &array) {
                    uids.append(try form == .victims ? scanPod(bytes) : scanUID(bytes, key: "UID"))
                }
            } else if key.equals("NumPDBViolations", in: bytes) {
                try seen.note(1, key)
                violations = try cursor.readInteger(bytes)
            } else {
                try cursor.skipValue(bytes)
            }
        }
        nodes.append(
            ScannedPreemption.NodeVictims(
                name: name, valueStart: Int32(truncatingIfNeeded: start),
                valueEnd: Int32(truncatingIfNeeded: cursor.position), uids: firstUID..<uids.count,
                numPDBViolations: violations))
    }

    /// Moves past a Pod object; the UID in its metadata.
    private mutating func scanPod(_ bytes: RawSpan) throws(ScanFault) -> JSONText {
        var object = try cursor.openObject(bytes)
        let start = cursor.position - 1
        var seen = SeenFields()
        var uid: JSONText?
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("metadata", in: bytes) {
                try seen.note(0, key)
                uid = try scanUID(bytes, key: "uid")
            } else {
                try cursor.skipValue(bytes)
            }
        }
        guard let uid else { throw ScanFault(.missingField, at: start, "metadata") }
        return uid
    }

    /// Moves past an object; the UID it has under a key.
    private mutating func scanUID(_ bytes: RawSpan, key name: StaticString) throws(ScanFault) -> JSONText {
        var object = try cursor.openObject(bytes)
        let start = cursor.position - 1
        var seen = SeenFields()
        var uid: JSONText?
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals(name, in: bytes) {
                try seen.note(0, key)
                let text = try cursor.readString(bytes)
                if text.isEmpty { throw ScanFault(.emptyName, at: Int(text.start) - 1, "the UID of a victim") }
                uid = text
            } else {
                try cursor.skipValue(bytes)
            }
        }
        guard let uid else { throw ScanFault(.missingField, at: start, name) }
        return uid
    }
}
