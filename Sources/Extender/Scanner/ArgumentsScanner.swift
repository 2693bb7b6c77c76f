import Topology

/// Scans `ExtenderArgs`: `{"Pod":{…},"Nodes":{"metadata":{},"items":[…]},"NodeNames":null}` or the other list.
struct ArgumentsScanner {
    typealias Candidate = ScannedArguments.Candidate

    private var cursor = JSONCursor()
    private var candidates: [Candidate] = []
    private var form: ScannedArguments.Form?

    mutating func scan(
        _ bytes: RawSpan, quantity: (String) -> Int64?
    ) throws(ScanFault) -> ScannedArguments {
        var object = try RequestScanner.openRequest(bytes, &cursor)
        var seen = SeenFields()
        var pod: Pod?
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("Pod", in: bytes) {
                try seen.note(0, key)
                pod = try PodScanner.scan(bytes, &cursor, quantity: quantity)
            } else if key.equals("Nodes", in: bytes) {
                try seen.note(1, key)
                try scanNodes(bytes, key)
            } else if key.equals("NodeNames", in: bytes) {
                try seen.note(2, key)
                try scanNames(bytes, key)
            } else {
                try cursor.skipValue(bytes)
            }
        }
        try cursor.finish(bytes)
        guard let pod else { throw ScanFault(.missingField, at: 0, "Pod") }
        guard let form else { throw ScanFault(.missingField, at: 0, "NodeNames or Nodes") }
        return ScannedArguments(pod: pod, form: form, candidates: candidates)
    }

    /// kube-scheduler sends one list and `null` for the other; which one to believe would be a guess.
    private mutating func setForm(_ form: ScannedArguments.Form, _ key: JSONText) throws(ScanFault) {
        guard self.form == nil else {
            throw ScanFault(
                .duplicateField, at: Int(key.start) - 1, "NodeNames and Nodes must not both be given")
        }
        self.form = form
    }

    private mutating func scanNames(_ bytes: RawSpan, _ key: JSONText) throws(ScanFault) {
        guard var array = try cursor.openArrayOrNull(bytes) else { return }
        try setForm(.names, key)
        // In locals, which the optimiser keeps in registers.
        var cursor = cursor
        var found: [Candidate] = []
        while try cursor.nextElement(bytes, in: &array) {
            let name = try cursor.readString(bytes)
            try Self.check(name, found.count)
            if found.isEmpty {
                Self.reserve(&found, itemSize: name.byteCount + 3, rest: bytes.byteCount - cursor.position)
            }
            found.append(Candidate(name: name, itemStart: 0, itemEnd: 0))
        }
        self.cursor = cursor
        candidates = found
    }

    private mutating func scanNodes(_ bytes: RawSpan, _ key: JSONText) throws(ScanFault) {
        guard var object = try cursor.openObjectOrNull(bytes) else { return }
        try setForm(.nodes, key)
        let start = cursor.position - 1
        var seen = SeenFields()
        var hasItems = false
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("items", in: bytes) {
                try seen.note(0, key)
                hasItems = true
                try scanItems(bytes)
            } else {
                try cursor.skipValue(bytes)
            }
        }
        guard hasItems else { throw ScanFault(.missingField, at: start, "items") }
    }

    private mutating func scanItems(_ bytes: RawSpan) throws(ScanFault) {
        // Go writes an empty list that was never filled as null.
        guard var array = try cursor.openArrayOrNull(bytes) else { return }
        var cursor = cursor
        var found: [Candidate] = []
        while try cursor.nextElement(bytes, in: &array) {
            cursor.skipSpace(bytes)
            let start = cursor.position
            let name = try Self.scanNode(bytes, &cursor)
            try Self.check(name, found.count)
            let size = cursor.position - start
            if found.isEmpty {
                Self.reserve(&found, itemSize: size + 1, rest: bytes.byteCount - cursor.position)
            }
            found.append(
                Candidate(
                    name: name, itemStart: Int32(truncatingIfNeeded: start),
                    itemEnd: Int32(truncatingIfNeeded: cursor.position)))
        }
        self.cursor = cursor
        candidates = found
    }

    /// Moves past a Node object; its name.
    private static func scanNode(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(ScanFault) -> JSONText {
        var object = try cursor.openObject(bytes)
        let start = cursor.position - 1
        var seen = SeenFields()
        var name: JSONText?
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("metadata", in: bytes) {
                try seen.note(0, key)
                name = try scanMetadata(bytes, &cursor)
            } else {
                try cursor.skipValue(bytes)
            }
        }
        guard let name else { throw ScanFault(.missingField, at: start, "metadata") }
        return name
    }

    private static func scanMetadata(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(ScanFault) -> JSONText {
        var object = try cursor.openObject(bytes)
        let start = cursor.position - 1
        var seen = SeenFields()
        var name: JSONText?
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("name", in: bytes) {
                try seen.note(0, key)
                name = try cursor.readString(bytes)
            } else {
                try cursor.skipValue(bytes)
            }
        }
        guard let name else { throw ScanFault(.missingField, at: start, "name") }
        return name
    }

    @inline(__always)
    private static func check(_ name: JSONText, _ count: Int) throws(ScanFault) {
        if name.isEmpty { throw ScanFault(.emptyName, at: Int(name.start) - 1, "the name of a node") }
        if count == RequestScanner.nodeLimit {
            throw ScanFault(.tooLarge, at: Int(name.start) - 1, "more than 1048576 nodes")
        }
    }

    /// Room for as many nodes as the rest would hold were all like the first, and some more; bounded, since the first
    /// may be tiny and the rest something else.
    private static func reserve(_ candidates: inout [Candidate], itemSize: Int, rest: Int) {
        let guess = rest / itemSize
        candidates.reserveCapacity(min(guess + guess / 8, 1 << 14) + 8)
    }
}
