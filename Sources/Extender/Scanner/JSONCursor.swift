/// Reads JSON (RFC 8259) strictly and in one pass, without making values of it.
///
/// The cursor holds only its place, and each method is given the bytes: a `RawSpan` cannot be stored without giving
/// the struct a lifetime of its own. Every load is checked against the span's bounds. Whatever is passed over is
/// validated just as what is read.
package struct JSONCursor {
    /// How deep arrays and objects may be nested: several times what Kubernetes' objects need.
    package static let depthLimit = 128

    /// The index of the next byte.
    package var position: Int
    /// The number of arrays and objects that are open.
    package var depth = 0

    package init(position: Int = 0) {
        self.position = position
    }

    /// The fields of an object, or the elements of an array, that is being read.
    package struct Container {
        var isFirst = true
    }

    /// Moves past white space.
    @inline(__always)
    package mutating func skipSpace(_ bytes: RawSpan) {
        // kube-scheduler sends none, so this is one comparison.
        if position < bytes.byteCount, bytes.byte(position) <= 0x20 {
            position = Self.endOfSpace(bytes, from: position)
        }
    }

    /// The next byte after white space, which is not taken; `nil` at the end.
    @inline(__always)
    package mutating func peek(_ bytes: RawSpan) -> UInt8? {
        skipSpace(bytes)
        return position < bytes.byteCount ? bytes.byte(position) : nil
    }

    @inline(never)
    static func endOfSpace(_ bytes: RawSpan, from start: Int) -> Int {
        var position = start
        while position < bytes.byteCount {
            switch bytes.byte(position) {
            case 0x20, 0x0a, 0x0d, 0x09: position += 1
            default: return position
            }
        }
        return position
    }

    /// Refuses anything but white space up to the end.
    package mutating func finish(_ bytes: RawSpan) throws(ScanFault) {
        if peek(bytes) != nil {
            throw ScanFault(.trailingData, at: position)
        }
    }

    /// Takes the brace that opens an object.
    @inline(__always)
    package mutating func openObject(_ bytes: RawSpan) throws(ScanFault) -> Container {
        try open(UInt8(ascii: "{"), "an object", bytes)
    }

    /// Takes the bracket that opens an array.
    @inline(__always)
    package mutating func openArray(_ bytes: RawSpan) throws(ScanFault) -> Container {
        try open(UInt8(ascii: "["), "an array", bytes)
    }

    /// As ``openObject(_:)``, but takes `null` as well and then returns `nil`.
    package mutating func openObjectOrNull(_ bytes: RawSpan) throws(ScanFault) -> Container? {
        if try takeNull(bytes) { return nil }
        return try open(UInt8(ascii: "{"), "an object or null", bytes)
    }

    /// As ``openArray(_:)``, but takes `null` as well and then returns `nil`.
    package mutating func openArrayOrNull(_ bytes: RawSpan) throws(ScanFault) -> Container? {
        if try takeNull(bytes) { return nil }
        return try open(UInt8(ascii: "["), "an array or null", bytes)
    }

    @inline(__always)
    private mutating func open(
        _ bracket: UInt8, _ expected: StaticString, _ bytes: RawSpan
    ) throws(ScanFault) -> Container {
        guard peek(bytes) == bracket else { throw mismatch(expected, bytes) }
        guard depth < Self.depthLimit else { throw Self.tooDeep(at: position) }
        depth += 1
        position += 1
        return Container()
    }

    /// The key of an object's next field, with the cursor moved to its value, which must then be taken; `nil` once the
    /// object is closed.
    @inline(__always)
    package mutating func nextKey(_ bytes: RawSpan, in object: inout Container) throws(ScanFault) -> JSONText? {
        guard try nextItem(bytes, in: &object, closing: UInt8(ascii: "}"), "',' or '}'") else { return nil }
        guard peek(bytes) == UInt8(ascii: "\"") else {
            throw ScanFault(expected: "a field's name in quotes", at: position, in: bytes)
        }
        let key = try readQuoted(bytes)
        guard peek(bytes) == UInt8(ascii: ":") else { throw ScanFault(expected: "':'", at: position, in: bytes) }
        position += 1
        return key
    }

    /// Moves to an array's next element, which must then be taken; false once the array is closed.
    @inline(__always)
    package mutating func nextElement(_ bytes: RawSpan, in array: inout Container) throws(ScanFault) -> Bool {
        guard try nextItem(bytes, in: &array, closing: UInt8(ascii: "]"), "',' or ']'") else { return false }
        return true
    }

    @inline(__always)
    private mutating func nextItem(
        _ bytes: RawSpan, in container: inout Container, closing bracket: UInt8, _ expected: StaticString
    ) throws(ScanFault) -> Bool {
        let byte = peek(bytes)
        if byte == bracket {
            position += 1
            depth -= 1
            return false
        }
        if container.isFirst {
            container.isFirst = false
        } else {
            guard byte == UInt8(ascii: ",") else { throw ScanFault(expected: expected, at: position, in: bytes) }
            // A bracket after the comma is no value, so what reads the item refuses it.
            position += 1
        }
        return true
    }

    /// Takes a string.
    @inline(__always)
    package mutating func readString(_ bytes: RawSpan) throws(ScanFault) -> JSONText {
        guard peek(bytes) == UInt8(ascii: "\"") else { throw mismatch("a string", bytes) }
        return try readQuoted(bytes)
    }

    /// Takes a string or `null`.
    package mutating func readStringOrNull(_ bytes: RawSpan) throws(ScanFault) -> JSONText? {
        if try takeNull(bytes) { return nil }
        guard peek(bytes) == UInt8(ascii: "\"") else { throw mismatch("a string or null", bytes) }
        return try readQuoted(bytes)
    }

    @inline(__always)
    private mutating func readQuoted(_ bytes: RawSpan) throws(ScanFault) -> JSONText {
        let start = position + 1
        var hasEscape = false
        let end = try Self.endOfString(bytes, from: start, hasEscape: &hasEscape)
        position = end + 1
        return JSONText(start: start, end: end, hasEscape: hasEscape)
    }

    /// Takes `null` if it comes next.
    @inline(__always)
    package mutating func takeNull(_ bytes: RawSpan) throws(ScanFault) -> Bool {
        guard peek(bytes) == UInt8(ascii: "n") else { return false }
        position = try Self.endOfLiteral(bytes, from: position)
        return true
    }

    /// Takes an integer as Go reads one into an `int64`: no fraction, no exponent.
    package mutating func readInteger(_ bytes: RawSpan) throws(ScanFault) -> Int64 {
        guard let byte = peek(bytes), Self.startsNumber(byte) else { throw mismatch("an integer", bytes) }
        let start = position
        position = try Self.endOfNumber(bytes, from: start)
        let text = bytes.extracting(start..<position).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        guard let value = Int64(text) else {
            throw ScanFault(.invalidNumber, at: start, "expected an integer of 64 bits")
        }
        return value
    }

    /// The fault for a value of another type; what is no value at all is a fault of the grammar.
    @inline(never)
    private func mismatch(_ expected: StaticString, _ bytes: RawSpan) -> ScanFault {
        var value = self
        do {
            try value.skipValue(bytes)
        } catch {
            return error.offset == position ? ScanFault(expected: expected, at: position, in: bytes) : error
        }
        return ScanFault(.wrongType, at: position, expected)
    }

    static func tooDeep(at offset: Int) -> ScanFault {
        ScanFault(.tooDeep, at: offset, "nested more than 128 deep")
    }
}
