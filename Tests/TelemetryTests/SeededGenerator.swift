import Foundation

/// A random generator that repeats itself from its seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The seed of `JABIRU_TEST_SEED`, or a new one.
    static var testSeed: UInt64 {
        ProcessInfo.processInfo.environment["JABIRU_TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...UInt64.max)
    }

    /// A string of characters that escaping, grammars and encodings trip over.
    mutating func nastyString(maximumLength: Int = 12) -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "Z", "0", "_", ":", "-", ".", " ", "\"", "\\", "\n", "\r", "\t", "\0", "\u{1B}", "\u{7F}", "\u{9B}",
            "{",
            "}", ",", "=", "#", "é", "\u{301}", "\u{2028}", "\u{FFFD}", "\u{FEFF}", "日", "😀", "\u{10FFFF}",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...maximumLength, using: &self) {
            text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &self)])
        }
        return text
    }
}
