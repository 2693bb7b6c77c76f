import Extender
import Foundation
import Testing

/// The scanner and Foundation must accept the same documents, but for the differences that ``FoundationOracle`` lists.
@Suite("JSON accepted and refused as JSONDecoder does")
struct JSONDifferentialTests {
    @Test func randomDocuments() {
        var generator = SeededGenerator.fromEnvironment()
        let seed = generator.seed
        var accepted = 0
        for iteration in 0..<iterations(6_000) {
            var document: [UInt8] = []
            RandomJSON.append(to: &document, depth: 0, using: &generator)
            if generator.chance(2) {
                document = BodyMutator.mutate(document, with: Array(#"{"a":[1,"b",null]}"#.utf8), using: &generator)
            }
            guard agrees(document, &accepted) else {
                Issue.record("seed \(seed), iteration \(iteration): \(String(decoding: document, as: UTF8.self))")
                return
            }
        }
        #expect(accepted > 100, "seed \(seed): hardly a document was valid, so nothing was compared")
    }

    @Test func mutatedRecordings() throws {
        var generator = SeededGenerator.fromEnvironment()
        let seed = generator.seed
        let bodies = Recording.all.filter { !$0.hasNodes }.map(\.bytes)
        var accepted = 0
        for iteration in 0..<iterations(4_000) {
            let body = try #require(bodies.randomElement(using: &generator))
            let other = try #require(bodies.randomElement(using: &generator))
            let mutated = BodyMutator.mutate(body, with: other, using: &generator)
            guard agrees(mutated, &accepted) else {
                Issue.record("seed \(seed), iteration \(iteration): \(String(decoding: mutated, as: UTF8.self))")
                return
            }
        }
        #expect(accepted > 100, "seed \(seed): hardly a body was valid, so nothing was compared")
    }

    private func agrees(_ document: [UInt8], _ accepted: inout Int) -> Bool {
        let error = validate(document)
        let decoded = FoundationOracle.accepts(document)
        guard let error else {
            accepted += 1
            return decoded || FoundationOracle.accepts(FoundationOracle.withoutExtremeNumbers(document))
        }
        let summary = ScanErrorSummary(isTooDeep: error.code == .tooDeep, offset: error.offset)
        return !decoded || FoundationOracle.excuse(summary, document) != nil
    }

    // The differences, one by one: should Foundation change, these tell.

    @Test(arguments: ["[1,]", #"{"a":1,}"#, "[[1, ] ]"])
    func commaBeforeAClosingBracket(_ document: String) {
        #expect(FoundationOracle.decoderAccepts(Array(document.utf8)))
        #expect(validate(Array(document.utf8))?.code == .unexpectedByte)
    }

    @Test(arguments: ["[1e999]", "[-1e999]", "[1e-999]"])
    func numbersBeyondDouble(_ document: String) {
        #expect(!FoundationOracle.decoderAccepts(Array(document.utf8)))
        #expect(FoundationOracle.decoderAccepts(FoundationOracle.withoutExtremeNumbers(Array(document.utf8))))
        #expect(validate(Array(document.utf8)) == nil)
    }

    @Test func byteOrderMarkAndUTF16() throws {
        let marked: [UInt8] = [0xef, 0xbb, 0xbf] + Array("[]".utf8)
        let wide = Array(try #require("[1]".data(using: .utf16LittleEndian)))
        for document in [marked, wide] {
            #expect(FoundationOracle.decoderAccepts(document))
            #expect(validate(document)?.code == .unexpectedByte)
        }
    }

    @Test func depth() {
        let document = Array((String(repeating: "[", count: 129) + String(repeating: "]", count: 129)).utf8)
        #expect(FoundationOracle.decoderAccepts(document))
        #expect(validate(document)?.code == .tooDeep)
    }

    /// Why the random tests ask both of Foundation's parsers.
    @Test func valueHiddenByAnotherOfItsKey() {
        let document = Array(#"{"a":{},"a":{"b":"\x"}}"#.utf8)
        #expect(FoundationOracle.decoderAccepts(document))
        #expect(FoundationOracle.object(document) == nil)
        #expect(validate(document)?.code == .invalidEscape)
    }

    @Test func fieldsTwice() {
        let body = Array(#"{"Pod":{"metadata":{"name":"p","name":"p"}},"NodeNames":[]}"#.utf8)
        #expect(FoundationOracle.decoderAccepts(body))
        #expect(validate(body) == nil)
        #expect(scanError { () throws(ScanError) in _ = try scanArguments(body) }?.code == .duplicateField)
    }
}

/// Documents of every shape that the grammar allows.
enum RandomJSON {
    static func append(to bytes: inout [UInt8], depth: Int, using generator: inout SeededGenerator) {
        space(&bytes, &generator)
        switch Int.random(in: 0..<(depth > 5 ? 5 : 9), using: &generator) {
        case 0: bytes += Array("null".utf8)
        case 1: bytes += Array((generator.chance(2) ? "true" : "false").utf8)
        case 2: number(&bytes, &generator)
        case 3, 4: string(&bytes, &generator)
        case 5, 6: list(&bytes, "[", "]", depth, &generator)
        default: list(&bytes, "{", "}", depth, &generator)
        }
        space(&bytes, &generator)
    }

    private static func list(
        _ bytes: inout [UInt8], _ open: String, _ close: String, _ depth: Int, _ generator: inout SeededGenerator
    ) {
        bytes += Array(open.utf8)
        let count = Int.random(in: 0...4, using: &generator)
        for index in 0..<count {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            if open == "{" {
                space(&bytes, &generator)
                string(&bytes, &generator)
                space(&bytes, &generator)
                bytes.append(UInt8(ascii: ":"))
            }
            append(to: &bytes, depth: depth + 1, using: &generator)
        }
        if count == 0 { space(&bytes, &generator) }
        bytes += Array(close.utf8)
    }

    private static func space(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        while generator.chance(8) {
            bytes.append([0x20, 0x0a, 0x0d, 0x09].randomElement(using: &generator) ?? 0x20)
        }
    }

    private static func number(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        var text = generator.chance(3) ? "-" : ""
        text += generator.chance(4) ? "0" : String(UInt64.random(in: 1...UInt64.max, using: &generator))
        if generator.chance(3) { text += ".\(UInt32.random(in: 0...UInt32.max, using: &generator))" }
        if generator.chance(4) {
            text += generator.chance(2) ? "e" : "E"
            text += ["", "+", "-"].randomElement(using: &generator) ?? ""
            text += String(Int.random(in: 0...200, using: &generator))
        }
        bytes += Array(text.utf8)
    }

    private static func string(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        let escapes = [
            #"\""#, #"\\"#, #"\/"#, #"\b"#, #"\f"#, #"\n"#, #"\r"#, #"\t"#, #"\u0000"#, #"\uFfFf"#, #"\uD83d\uDe00"#,
        ]
        var text = "\""
        for _ in 0..<Int.random(in: 0...20, using: &generator) {
            switch Int.random(in: 0..<12, using: &generator) {
            case 0: text += escapes.randomElement(using: &generator) ?? ""
            case 1:
                text.unicodeScalars.append(Unicode.Scalar(UInt32.random(in: 0x80...0xd7ff, using: &generator)) ?? "é")
            case 2:
                text.unicodeScalars.append(
                    Unicode.Scalar(UInt32.random(in: 0xe000...0x10ffff, using: &generator)) ?? "é")
            default: text.unicodeScalars.append(Unicode.Scalar(UInt8.random(in: 0x23...0x5b, using: &generator)))
            }
        }
        bytes += Array((text + "\"").utf8)
    }
}
