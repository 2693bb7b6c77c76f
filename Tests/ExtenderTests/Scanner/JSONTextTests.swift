import Extender
import Testing

@Suite("Names by their place in a body")
struct JSONTextTests {
    private func text(_ literal: String, at padding: Int = 0) throws -> (JSONText, [UInt8]) {
        let bytes = Array(repeating: UInt8(ascii: " "), count: padding) + Array(literal.utf8)
        var cursor = JSONCursor()
        let text = try cursor.readString(bytes.span.bytes)
        try cursor.finish(bytes.span.bytes)
        return (text, bytes)
    }

    private func equals(_ text: JSONText, _ name: String, _ bytes: [UInt8]) -> Bool {
        text.equals(bytesOf: Array(name.utf8).span.bytes, in: bytes.span.bytes)
    }

    @Test(arguments: [
        (#""""#, ""), (#""a\"b""#, "a\"b"), (#""\\""#, "\\"), (#""\/\b\f\n\r\t""#, "/\u{8}\u{c}\n\r\t"),
        (#""\u0000\u001f\u007F""#, "\0\u{1f}\u{7f}"), (#""\u00e9\u20ac""#, "é€"), (#""\uD83D\uDE00x""#, "😀x"),
        (#""\udbff\udfff""#, "\u{10ffff}"), (#""é€😀\n""#, "é€😀\n"), (#""é€😀""#, "é€😀"),
    ])
    func strings(_ literal: String, _ expected: String) throws {
        let (text, bytes) = try text(literal)
        #expect(text.string(in: bytes) == expected)
        #expect(text.hasEscape == literal.contains("\\"))
        #expect(text.byteCount == literal.utf8.count - 2)
    }

    @Test(arguments: ["", "a", "node-01", "node-001", "node-0001", "ip-10-0-0-17.eu-west-1.compute.internal"])
    func hashing(_ name: String) throws {
        let expected = JSONText.hash(of: name, seed: 7)
        for padding in 0..<9 {
            let (text, bytes) = try text("\"\(name)\"", at: padding)
            #expect(text.hash(in: bytes.span.bytes, seed: 7) == expected)
            #expect(equals(text, name, bytes))
            #expect(!equals(text, name + "x", bytes))
            #expect(!equals(text, String(name.dropLast()) + "?", bytes))
        }
        #expect(JSONText.hash(of: name, seed: 8) != expected)
        #expect(JSONText.hash(of: name + "\0", seed: 7) != expected)
    }

    @Test func hashesOfManyNamesDiffer() {
        let hashes = (0..<50_000).map { JSONText.hash(of: "node-\($0)", seed: 1) }
        #expect(Set(hashes).count == hashes.count)
        #expect(Set(hashes.map { $0 & 0xffff }).count > 30_000)
    }

    @Test func anEscapedNameEqualsNoBytes() throws {
        let (text, bytes) = try text(#""\u0061""#)
        #expect(!equals(text, "a", bytes))
        #expect(!equals(text, #"\u0061"#, bytes))
        let equalsName = text.equals("a", in: bytes.span.bytes)
        #expect(equalsName)
    }
}
