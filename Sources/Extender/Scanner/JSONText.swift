/// Where a string lies in a scanned request body: the range without the quotes, with its escapes as they are.
///
/// Nine bytes and no reference, so that thousands of them cost one allocation. It means something only
/// together with the bytes it was scanned from.
package struct JSONText: Hashable, Sendable {
    /// The index of the first byte after the opening quote.
    package let start: Int32
    /// The index of the closing quote.
    package let end: Int32
    /// Whether the bytes hold an escape, so that they are not the string itself.
    package let hasEscape: Bool

    @inline(__always)
    package init(start: Int, end: Int, hasEscape: Bool) {
        // The scanner refuses bodies whose indices do not fit.
        self.start = Int32(truncatingIfNeeded: start)
        self.end = Int32(truncatingIfNeeded: end)
        self.hasEscape = hasEscape
    }

    /// The bytes' indices.
    @inline(__always)
    package var range: Range<Int> { Int(start)..<Int(end) }

    /// The number of bytes as the body spells the string.
    @inline(__always)
    package var byteCount: Int { Int(end) - Int(start) }

    /// Whether the string is empty.
    @inline(__always)
    package var isEmpty: Bool { start == end }

    /// The string, with its escapes undone.
    package func string(in bytes: RawSpan) -> String {
        if hasEscape {
            return unescaped(in: bytes)
        }
        return bytes.extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the string is a name from the program's own text.
    @inline(__always)
    package func equals(_ name: StaticString, in bytes: RawSpan) -> Bool {
        if hasEscape {
            // Not by `String`'s equality, which takes other characters for the same.
            let text = string(in: bytes)
            return name.withUTF8Buffer { text.utf8.elementsEqual($0) }
        }
        let start = Int(start)
        guard byteCount == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { name in
            for index in 0..<name.count where bytes.byte(start + index) != name[index] {
                return false
            }
            return true
        }
    }

    /// Undoes the escapes of a string that the scanner has accepted.
    private func unescaped(in bytes: RawSpan) -> String {
        var units: [UInt8] = []
        units.reserveCapacity(byteCount)
        var position = Int(start)
        while position < end {
            let byte = bytes.byte(position)
            guard byte == UInt8(ascii: "\\") else {
                units.append(byte)
                position += 1
                continue
            }
            let escape = bytes.byte(position + 1)
            position += 2
            switch escape {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0c)
            case UInt8(ascii: "n"): units.append(0x0a)
            case UInt8(ascii: "r"): units.append(0x0d)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                var code = UInt32(JSONCursor.hexUnit(bytes, at: position) ?? 0xfffd)
                position += 4
                if code & 0xfc00 == 0xd800, let low = JSONCursor.hexUnit(bytes, at: position + 2) {
                    code = 0x10000 + (code & 0x3ff) << 10 + UInt32(low & 0x3ff)
                    position += 6
                }
                units.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{fffd}").utf8)
            default: units.append(escape)
            }
        }
        return String(decoding: units, as: UTF8.self)
    }
}

extension RawSpan {
    /// One byte; the index is checked.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }

    /// Eight bytes, the first of them lowest; the indices are checked.
    @inline(__always)
    func word(_ index: Int) -> UInt64 {
        UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }
}
