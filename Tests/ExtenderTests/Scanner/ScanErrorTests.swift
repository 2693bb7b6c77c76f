import Extender
import Testing

@Suite("Scan errors at every place of a body")
struct ScanErrorTests {
    @Test func description() throws {
        let body = Array(#"{"Pod":{"metadata":{"name":"p"}},"Nodes":{"items":[{"metadata":{"name":"a"} x"#.utf8)
        let error = try #require(scanError { () throws(ScanError) in _ = try scanArguments(body) })
        #expect(
            error.description
                == "malformed request at byte 76 (Nodes.items[0]): expected ',' or '}', found 'x'")
        #expect(ScanError.Code.truncated.description == "truncated")
    }

    @Test(arguments: Recording.all)
    func everyPrefixIsTruncated(_ recording: Recording) throws {
        let step = recording.bytes.count > 10_000 ? 997 : 1
        for count in stride(from: 0, to: recording.bytes.count, by: step) {
            let prefix = Array(recording.bytes[..<count])
            let error = scanError { () throws(ScanError) in
                if recording.isPreemption { _ = try scanPreemption(prefix) } else { _ = try scanArguments(prefix) }
            }
            #expect(error?.code == .truncated && error?.offset == count, "\(count): \(String(describing: error))")
        }
    }

    /// Every byte that cannot begin or go on a UTF-8 sequence at its place, at every place of an eight-byte word.
    @Test(
        arguments: [
            ([0x80], 0), ([0xbf], 0), ([0xc0, 0x80], 0), ([0xc1, 0xbf], 0), ([0xe0, 0x9f, 0xbf], 1),
            ([0xed, 0xa0, 0x80], 1),
            ([0xf0, 0x8f, 0xbf, 0xbf], 1), ([0xf4, 0x90, 0x80, 0x80], 1), ([0xf5, 0x80, 0x80, 0x80], 0), ([0xff], 0),
            ([0xc3, 0x28], 1), ([0xe2, 0x82, 0x28], 2), ([0xf0, 0x9f, 0x98, 0x28], 3), ([0xc3], 1), ([0xe2, 0x82], 2),
        ] as [([UInt8], Int)])
    func invalidUTF8(_ sequence: [UInt8], _ place: Int) throws {
        for padding in 0..<17 {
            let head = Array("{\"a\":\"".utf8) + Array(repeating: UInt8(ascii: "x"), count: padding)
            let body = head + sequence + Array("\",\"b\":\"0123456789\"}".utf8)
            let error = try #require(validate(body))
            #expect(error.code == .invalidUTF8)
            #expect(error.offset == head.count + place)
            #expect(error.path == "a")
            #expect(validate(head + sequence)?.code == (place == sequence.count ? .truncated : .invalidUTF8))
        }
    }

    @Test func everyControlCharacterAtEveryPlace() {
        for byte in UInt8(0)...UInt8(0x7f) {
            for padding in 0..<17 {
                var body = [UInt8(ascii: "\"")] + Array(repeating: UInt8(ascii: "x"), count: 17)
                body[1 + padding] = byte
                body.append(UInt8(ascii: "\""))
                let error = validate(body)
                switch byte {
                case 0..<0x20: #expect(error?.code == .controlCharacter && error?.offset == 1 + padding)
                case UInt8(ascii: "\""): #expect(error?.offset == (padding == 16 ? 18 : 2 + padding))
                case UInt8(ascii: "\\"):
                    // Before the closing quote it escapes that; before an x it escapes nothing.
                    #expect(error?.code == (padding == 16 ? .truncated : .invalidEscape))
                default: #expect(error == nil)
                }
            }
        }
    }

    @Test(arguments: [127, 128, 129, 200, 100_000])
    func depth(_ depth: Int) {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let inner = open == "[" ? "" : "1"
            let body = String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
            let error = validate(Array(body.utf8))
            if depth <= 128 {
                #expect(error == nil)
            } else {
                #expect(error?.code == .tooDeep && error?.offset == 128 * open.utf8.count)
                #expect((error?.path.utf8.count ?? 0) < 400)
            }
        }
    }

    /// The containers that are open around a skipped value count.
    @Test(arguments: [(125, true), (126, false)])
    func depthInsideOfARequest(_ depth: Int, _ accepted: Bool) {
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let body = #"{"Pod":{"metadata":{"name":"p","x":\#(deep)}},"NodeNames":[]}"#
        let error = scanError { () throws(ScanError) in _ = try scanArguments(Array(body.utf8)) }
        #expect(accepted ? error == nil : error?.code == .tooDeep)
    }

    @Test func longKeysAreCut() throws {
        let key = String(repeating: "k", count: 5_000)
        let error = try #require(validate(Array("{\"\(key)\":[01]}".utf8)))
        #expect(error.path == "\(key.prefix(64))…[0]")
    }
}
