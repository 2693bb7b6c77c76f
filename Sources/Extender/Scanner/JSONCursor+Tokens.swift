extension JSONCursor {
    private static let lowBits: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// The high bit of every byte that a string's scan must look at: quote, backslash, control character, non-ASCII.
    ///
    /// Exact for the lowest byte marked; a borrow may mark further ones above it. `byte ^ 2` maps the quote to 0x20
    /// and keeps the control characters below it, so one subtraction finds both.
    @inline(__always)
    private static func special(_ word: UInt64) -> UInt64 {
        let quoteOrControl = (word ^ (lowBits &* 0x02)) &- (lowBits &* 0x21)
        let backslash = (word ^ (lowBits &* 0x5c)) &- lowBits
        return (quoteOrControl | backslash | word) & highBits
    }

    /// The index of the quote that closes the string whose first byte is at `start`.
    @inline(__always)
    static func endOfString(
        _ bytes: RawSpan, from start: Int, hasEscape: inout Bool
    ) throws(ScanFault) -> Int {
        var position = start
        while position &+ 8 <= bytes.byteCount {
            let special = special(bytes.word(position))
            if special == 0 {
                position &+= 8
                continue
            }
            position &+= special.trailingZeroBitCount &>> 3
            let byte = bytes.byte(position)
            if byte == UInt8(ascii: "\"") { return position }
            if byte == UInt8(ascii: "\\") { hasEscape = true }
            position = try endOfSpecial(bytes, at: position, byte)
        }
        return try endOfStringByByte(bytes, from: position, hasEscape: &hasEscape)
    }

    /// The last seven bytes of the body.
    @inline(never)
    private static func endOfStringByByte(
        _ bytes: RawSpan, from start: Int, hasEscape: inout Bool
    ) throws(ScanFault) -> Int {
        var position = start
        while position < bytes.byteCount {
            let byte = bytes.byte(position)
            switch byte {
            case UInt8(ascii: "\""): return position
            case 0x20...0x7f where byte != UInt8(ascii: "\\"): position += 1
            default:
                if byte == UInt8(ascii: "\\") { hasEscape = true }
                position = try endOfSpecial(bytes, at: position, byte)
            }
        }
        throw ScanFault(.truncated, at: position, "the end of a string")
    }

    /// The index after an escape or a UTF-8 sequence.
    @inline(never)
    private static func endOfSpecial(_ bytes: RawSpan, at position: Int, _ byte: UInt8) throws(ScanFault) -> Int {
        if byte < 0x20 { throw ScanFault(.controlCharacter, at: position) }
        return byte == UInt8(ascii: "\\")
            ? try endOfEscape(bytes, at: position)
            : try endOfSequence(bytes, at: position, byte)
    }

    private static func endOfEscape(_ bytes: RawSpan, at start: Int) throws(ScanFault) -> Int {
        guard start + 1 < bytes.byteCount else {
            throw ScanFault(.truncated, at: start + 1, "the rest of an escape")
        }
        switch bytes.byte(start + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"): break
        default: throw ScanFault(.invalidEscape, at: start + 1, "one of \"\\/bfnrtu")
        }
        let unit = try hexUnit(bytes, from: start + 2)
        switch unit {
        case 0xdc00...0xdfff: throw ScanFault(.invalidEscape, at: start + 2, "a high surrogate before a low one")
        case 0xd800...0xdbff: break
        default: return start + 6
        }
        for (index, byte) in [(start + 6, UInt8(ascii: "\\")), (start + 7, UInt8(ascii: "u"))] {
            guard index < bytes.byteCount else { throw ScanFault(.truncated, at: index, "a low surrogate") }
            guard bytes.byte(index) == byte else { throw ScanFault(.invalidEscape, at: index, "a low surrogate") }
        }
        guard case 0xdc00...0xdfff = try hexUnit(bytes, from: start + 8) else {
            throw ScanFault(.invalidEscape, at: start + 8, "a low surrogate")
        }
        return start + 12
    }

    private static func hexUnit(_ bytes: RawSpan, from start: Int) throws(ScanFault) -> UInt16 {
        for index in start..<start + 4 {
            guard index < bytes.byteCount else { throw ScanFault(.truncated, at: index, "four hexadecimal digits") }
            guard hexDigit(bytes.byte(index)) != nil else {
                throw ScanFault(.invalidEscape, at: index, "four hexadecimal digits")
            }
        }
        return hexUnit(bytes, at: start) ?? 0
    }

    /// The value of four hexadecimal digits; `nil` where there are none.
    static func hexUnit(_ bytes: RawSpan, at start: Int) -> UInt16? {
        guard start + 4 <= bytes.byteCount else { return nil }
        var unit: UInt16 = 0
        for index in start..<start + 4 {
            guard let digit = hexDigit(bytes.byte(index)) else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The index after a UTF-8 sequence (Unicode 16, table 3-7): no overlong form, no surrogate, at most U+10FFFF.
    private static func endOfSequence(_ bytes: RawSpan, at start: Int, _ lead: UInt8) throws(ScanFault) -> Int {
        let count: Int
        var second: ClosedRange<UInt8> = 0x80...0xbf
        switch lead {
        case 0xc2...0xdf: count = 2
        case 0xe0: (count, second) = (3, 0xa0...0xbf)
        case 0xed: (count, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: count = 3
        case 0xf0: (count, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: count = 4
        case 0xf4: (count, second) = (4, 0x80...0x8f)
        default: throw ScanFault(.invalidUTF8, at: start)
        }
        for index in start + 1..<start + count {
            guard index < bytes.byteCount else { throw ScanFault(.truncated, at: index, "the rest of a character") }
            let allowed = index == start + 1 ? second : 0x80...0xbf
            guard allowed.contains(bytes.byte(index)) else { throw ScanFault(.invalidUTF8, at: index) }
        }
        return start + count
    }

    /// Whether a value that starts with a byte is a number.
    @inline(__always)
    static func startsNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10
    }

    /// The index after a number.
    static func endOfNumber(_ bytes: RawSpan, from start: Int) throws(ScanFault) -> Int {
        var position = start
        if bytes.byte(position) == UInt8(ascii: "-") { position += 1 }
        let whole = position
        position = try endOfDigits(bytes, from: whole)
        if position > whole + 1, bytes.byte(whole) == UInt8(ascii: "0") {
            throw ScanFault(.invalidNumber, at: whole, "a number must not start with a zero")
        }
        guard position < bytes.byteCount else { return position }
        if bytes.byte(position) == UInt8(ascii: ".") {
            position = try endOfDigits(bytes, from: position + 1)
        }
        guard position < bytes.byteCount else { return position }
        if bytes.byte(position) | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.byteCount {
                let sign = bytes.byte(position)
                if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            }
            position = try endOfDigits(bytes, from: position)
        }
        return position
    }

    /// The index after one digit or more.
    @inline(__always)
    private static func endOfDigits(_ bytes: RawSpan, from start: Int) throws(ScanFault) -> Int {
        var position = start
        while position < bytes.byteCount, bytes.byte(position) &- UInt8(ascii: "0") < 10 {
            position &+= 1
        }
        guard position > start else {
            throw position < bytes.byteCount
                ? ScanFault(.invalidNumber, at: position, "expected a digit")
                : ScanFault(.truncated, at: position, "a digit")
        }
        return position
    }

    /// The index after `true`, `false` or `null`, which the first byte tells apart.
    static func endOfLiteral(_ bytes: RawSpan, from start: Int) throws(ScanFault) -> Int {
        let literal: StaticString =
            switch bytes.byte(start) {
            case UInt8(ascii: "t"): "true"
            case UInt8(ascii: "f"): "false"
            default: "null"
            }
        let matched = literal.withUTF8Buffer { literal in
            literal.indices.first { start + $0 >= bytes.byteCount || bytes.byte(start + $0) != literal[$0] }
        }
        if let matched {
            throw ScanFault(expected: literal, at: start + matched, in: bytes)
        }
        return start + literal.utf8CodeUnitCount
    }
}
