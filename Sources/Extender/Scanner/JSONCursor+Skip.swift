extension JSONCursor {
    /// Moves past a value of any type and validates it.
    ///
    /// Nearly all bytes of a request with full nodes go through here. It is one loop with the open brackets kept as
    /// bits, so that no depth of nesting can exhaust the thread's stack.
    package mutating func skipValue(_ bytes: RawSpan) throws(ScanFault) {
        var position = position
        /// One bit an open container, the innermost lowest: set for an object.
        var isObject: UInt128 = 0
        var open = 0
        let limit = Self.depthLimit - depth

        value: while true {
            var byte = try Self.nextByte(bytes, &position, "a value")
            switch byte {
            case UInt8(ascii: "\""):
                position = try Self.endOfString(bytes, from: position &+ 1) &+ 1
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard open < limit else { throw Self.tooDeep(at: position) }
                open &+= 1
                isObject = isObject &<< 1 | (byte == UInt8(ascii: "{") ? 1 : 0)
                position &+= 1
                let first = try Self.nextByte(
                    bytes, &position, byte == UInt8(ascii: "{") ? "a field's name in quotes or '}'" : "a value or ']'")
                // Closing brackets lie two above opening ones in ASCII.
                if first == byte &+ 2 { break }
                if byte == UInt8(ascii: "{") { try Self.skipKey(bytes, &position, first) }
                continue value
            case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
                position = try Self.endOfLiteral(bytes, from: position)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                position = try Self.endOfNumber(bytes, from: position)
            default:
                throw ScanFault(expected: "a value", at: position, in: bytes)
            }

            // A value has ended, or its container is about to.
            while open > 0 {
                let inObject = isObject & 1 == 1
                byte = try Self.nextByte(bytes, &position, inObject ? "',' or '}'" : "',' or ']'")
                if byte == UInt8(ascii: ",") {
                    position &+= 1
                    if inObject {
                        let first = try Self.nextByte(bytes, &position, "a field's name in quotes")
                        try Self.skipKey(bytes, &position, first)
                    }
                    continue value
                }
                guard byte == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw ScanFault(expected: inObject ? "',' or '}'" : "',' or ']'", at: position, in: bytes)
                }
                position &+= 1
                isObject = isObject &>> 1
                open &-= 1
            }
            self.position = position
            return
        }
    }

    /// Moves from a field's key, of which the first byte is known, to its value.
    @inline(__always)
    private static func skipKey(_ bytes: RawSpan, _ position: inout Int, _ first: UInt8) throws(ScanFault) {
        guard first == UInt8(ascii: "\"") else {
            throw ScanFault(expected: "a field's name in quotes", at: position, in: bytes)
        }
        position = try endOfString(bytes, from: position &+ 1) &+ 1
        guard try nextByte(bytes, &position, "':'") == UInt8(ascii: ":") else {
            throw ScanFault(expected: "':'", at: position, in: bytes)
        }
        position &+= 1
    }

    @inline(__always)
    private static func endOfString(_ bytes: RawSpan, from start: Int) throws(ScanFault) -> Int {
        var hasEscape = false
        return try endOfString(bytes, from: start, hasEscape: &hasEscape)
    }

    /// The next byte that is not white space; moves to it.
    @inline(__always)
    private static func nextByte(
        _ bytes: RawSpan, _ position: inout Int, _ expected: StaticString
    ) throws(ScanFault) -> UInt8 {
        guard position < bytes.byteCount else { throw ScanFault(.truncated, at: position, expected) }
        let byte = bytes.byte(position)
        if byte > 0x20 { return byte }
        position = endOfSpace(bytes, from: position)
        guard position < bytes.byteCount else { throw ScanFault(.truncated, at: position, expected) }
        return bytes.byte(position)
    }
}
