/// Finds a node's ordinal by the bytes of its name, without making a `String`.
///
/// Open addressing over one arena of bytes. A scheduler request names up to thousands of nodes, and each is looked up
/// once a verb, so this is the innermost loop of the product.
public struct NodeIndex: Sendable {
    private var arena: [UInt8] = []
    private var offsets: [Int] = [0]
    /// In each used slot the ordinal + 1 and, above it, the hash's upper half; 0 in a free one. The count is a power of
    /// two, at least twice the names. The half of the hash tells most other names apart without a look at their bytes.
    private var slots: [UInt64] = [UInt64](repeating: 0, count: 16)

    /// Makes an empty index.
    public init() {}

    /// How many names are known.
    public var count: Int { offsets.count - 1 }

    /// The ordinal of a name, which is added if it is new.
    public mutating func intern(_ name: String) -> Int {
        let bytes = Array(name.utf8)
        if let known = find(bytes.span.bytes, 0..<bytes.count) { return known }
        let ordinal = count
        arena.append(contentsOf: bytes)
        offsets.append(arena.count)
        if count * 2 > slots.count { grow() } else { place(ordinal) }
        return ordinal
    }

    /// The ordinal of a name.
    public func find(_ name: String) -> Int? {
        let bytes = Array(name.utf8)
        return find(bytes.span.bytes, 0..<bytes.count)
    }

    /// The ordinal of the name that stands in a range of some bytes.
    ///
    /// - Parameters:
    ///   - bytes: The bytes, for example a request's body.
    ///   - range: Where the name stands; it must lie within the bytes.
    public func find(_ bytes: RawSpan, _ range: Range<Int>) -> Int? {
        let mask = slots.count - 1
        let hash = Self.hash(bytes, range)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            if (entry ^ hash) >> 32 == 0 {
                let ordinal = Int(entry & 0xFFFF_FFFF) &- 1
                let start = offsets[ordinal]
                if offsets[ordinal &+ 1] &- start == range.count, Self.equal(arena.span.bytes, start, bytes, range) {
                    return ordinal
                }
            }
            slot = (slot &+ 1) & mask
        }
    }

    private mutating func grow() {
        slots = [UInt64](repeating: 0, count: slots.count * 2)
        for ordinal in 0..<count { place(ordinal) }
    }

    private mutating func place(_ ordinal: Int) {
        let mask = slots.count - 1
        let hash = Self.hash(arena.span.bytes, offsets[ordinal]..<offsets[ordinal + 1])
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = hash & ~0xFFFF_FFFF | UInt64(ordinal + 1)
    }

    /// A multiply-and-fold hash, eight bytes a step. Node names come from the cluster's administrator, so it need not
    /// withstand chosen collisions.
    private static func hash(_ bytes: RawSpan, _ range: Range<Int>) -> UInt64 {
        let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
        var state = UInt64(truncatingIfNeeded: range.count) &* prime
        var position = range.lowerBound
        while position &+ 8 <= range.upperBound {
            let word = bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            state = (state ^ word) &* prime
            state ^= state >> 29
            position &+= 8
        }
        var tail: UInt64 = 0
        while position < range.upperBound {
            tail = tail << 8 | UInt64(bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self))
            position &+= 1
        }
        state = (state ^ tail) &* prime
        return state ^ (state >> 32)
    }

    private static func equal(_ names: RawSpan, _ start: Int, _ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        var left = start
        var right = range.lowerBound
        while right &+ 8 <= range.upperBound {
            if names.unsafeLoadUnaligned(fromByteOffset: left, as: UInt64.self)
                != bytes.unsafeLoadUnaligned(fromByteOffset: right, as: UInt64.self)
            {
                return false
            }
            left &+= 8
            right &+= 8
        }
        while right < range.upperBound {
            if names.unsafeLoad(fromByteOffset: left, as: UInt8.self)
                != bytes.unsafeLoad(fromByteOffset: right, as: UInt8.self)
            {
                return false
            }
            left &+= 1
            right &+= 1
        }
        return true
    }
}
