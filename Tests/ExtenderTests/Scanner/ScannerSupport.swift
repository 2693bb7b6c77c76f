import Extender
import Foundation
import Testing

/// A recorded request of kube-scheduler 1.36.2.
struct Recording: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]

    var testDescription: String { name }
    var isPreemption: Bool { name.contains("/preempt-") }
    var hasNodes: Bool { name.hasPrefix("extender-nodes/") }

    static let all: [Recording] = {
        guard let folder = Bundle.module.url(forResource: "Recordings", withExtension: nil) else { return [] }
        return ["extender-names", "extender-nodes"].flatMap { form in
            let files = try? FileManager.default.contentsOfDirectory(
                at: folder.appending(path: form), includingPropertiesForKeys: nil)
            return (files ?? []).filter { $0.pathExtension == "json" }.compactMap { file -> Recording? in
                guard let data = try? Data(contentsOf: file) else { return nil }
                return Recording(name: "\(form)/\(file.lastPathComponent)", bytes: Array(data))
            }
        }.sorted { $0.name < $1.name }
    }()

    static let arguments = all.filter { !$0.isPreemption }
    static let preemptions = all.filter(\.isPreemption)

    static func named(_ name: String) throws -> Recording {
        try #require(all.first { $0.name == name })
    }
}

/// Enough of a quantity for the recordings; the real parser has tests of its own.
func testQuantity(_ text: String) -> Int64? {
    text == "1Gi" ? 1 << 30 : Int64(text)
}

func scanArguments(_ bytes: [UInt8]) throws(ScanError) -> ScannedArguments {
    try RequestScanner.scanArguments(bytes.span.bytes, quantity: testQuantity)
}

func scanPreemption(_ bytes: [UInt8]) throws(ScanError) -> ScannedPreemption {
    try RequestScanner.scanPreemption(bytes.span.bytes, quantity: testQuantity)
}

/// The error of a scan; `nil` where the body was accepted.
func scanError(_ scan: () throws(ScanError) -> Void) -> ScanError? {
    do {
        try scan()
        return nil
    } catch {
        return error
    }
}

/// The error for a whole document of any type; `nil` where it is JSON.
func validate(_ bytes: [UInt8]) -> ScanError? {
    let span = bytes.span.bytes
    var cursor = JSONCursor()
    do {
        try cursor.skipValue(span)
        try cursor.finish(span)
        return nil
    } catch {
        return error.explained(in: span)
    }
}

extension JSONText {
    func string(in bytes: [UInt8]) -> String { string(in: bytes.span.bytes) }
}

extension ScannedArguments {
    func names(in bytes: [UInt8]) -> [String] { candidates.map { $0.name.string(in: bytes) } }
}

/// SplitMix64: the same numbers for the same seed on every platform.
struct SeededGenerator: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// Seeded from `JABIRU_TEST_SEED`, else at random.
    static func fromEnvironment() -> SeededGenerator {
        let text = ProcessInfo.processInfo.environment["JABIRU_TEST_SEED"]
        return SeededGenerator(seed: text.flatMap(UInt64.init) ?? .random(in: 0...UInt64(UInt32.max)))
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &self) == 0 }
}

/// How often a random test repeats: from the environment, else so that a debug build takes seconds.
func iterations(_ standard: Int) -> Int {
    ProcessInfo.processInfo.environment["JABIRU_FUZZ_ITERATIONS"].flatMap(Int.init) ?? standard
}
