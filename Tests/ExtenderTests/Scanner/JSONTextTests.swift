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

    @Test func anEscapedNameEqualsItsText() throws {
        let (text, bytes) = try text(#""\u0061""#)
        let equalsName = text.equals("a", in: bytes.span.bytes)
        #expect(equalsName)
    }
}
