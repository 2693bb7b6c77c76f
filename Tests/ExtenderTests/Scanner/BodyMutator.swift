/// Breaks bodies in the ways that networks, proxies and bugs do, and in worse ones.
struct BodyMutator {
    private static let tokens: [[UInt8]] =
        [
            "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud800", "\\u0061", "null", "true", "-", "0", "1e9", ".",
            " ",
            "\n", "\"name\":", "\"metadata\":", "\"Nodes\":", "\"NodeNames\":[\"x\"],", "\"items\":null,", "{}", "[]",
            "\"\"",
        ].map { Array($0.utf8) } + [[0x00], [0x1f], [0x7f], [0x80], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xff]]

    /// One to three changes.
    static func mutate(
        _ body: [UInt8], with other: [UInt8], using generator: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var bytes = body
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            change(&bytes, with: other, using: &generator)
        }
        return bytes
    }

    private static func change(
        _ bytes: inout [UInt8], with other: [UInt8], using generator: inout some RandomNumberGenerator
    ) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let slice = place..<min(bytes.count, place + Int.random(in: 1...64, using: &generator))
        switch Int.random(in: 0..<9, using: &generator) {
        case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
        case 3: bytes.removeSubrange(slice)
        case 4: bytes.insert(contentsOf: bytes[slice], at: place)
        case 5: bytes.removeSubrange(place...)
        case 6, 7:
            if let token = tokens.randomElement(using: &generator) { bytes.insert(contentsOf: token, at: place) }
        default:
            guard !other.isEmpty else { return }
            let from = Int.random(in: 0..<other.count, using: &generator)
            let part = other[from..<min(other.count, from + Int.random(in: 1...200, using: &generator))]
            bytes.replaceSubrange(slice, with: part)
        }
    }
}
