import Foundation

/// A random source that gives the same numbers for the same seed (SplitMix64).
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

    /// The seed of a test run: `JABIRU_TEST_SEED`, or a new one. Print it where a test fails.
    static func seed() -> UInt64 {
        ProcessInfo.processInfo.environment["JABIRU_TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 0..<1_000_000)
    }
}
