import Testing
import Topology

@Suite struct NodeIndexTests {
    /// Names of all lengths from 1 to 253, many of which differ in one byte only, at either end or in the middle.
    private static func names(_ count: Int) -> [String] {
        var random = SeededGenerator(seed: 1)
        var seen: Set<String> = []
        var names: [String] = []
        func add(_ name: String) {
            if names.count < count, seen.insert(name).inserted { names.append(name) }
        }
        for length in 1...253 {
            add(String(repeating: "a", count: length))
            add(String(repeating: "a", count: length - 1) + "b")
            add("b" + String(repeating: "a", count: length - 1))
            let middle = length / 2
            add(String(repeating: "a", count: middle) + "c" + String(repeating: "a", count: length - middle - 1))
        }
        var number = 0
        while names.count < count {
            number += 1
            add("worker-\(number)")
            add("worker-\(number).eu-west-\(Int.random(in: 0...9, using: &random)).example.internal")
        }
        return names
    }

    @Test func everyNameIsFoundAtItsOrdinal() {
        let names = Self.names(10_000)
        var index = NodeIndex()
        for (ordinal, name) in names.enumerated() { #expect(index.intern(name) == ordinal) }
        #expect(index.count == 10_000)
        for (ordinal, name) in names.enumerated() {
            #expect(index.find(name) == ordinal)
            #expect(index.intern(name) == ordinal)
        }
        #expect(index.count == 10_000)
    }

    @Test func namesAreFoundByTheirBytesInsideALargerBuffer() {
        let names = Self.names(10_000)
        var index = NodeIndex()
        for name in names { _ = index.intern(name) }
        var body: [UInt8] = Array("{\"NodeNames\":[".utf8)
        var ranges: [Range<Int>] = []
        for name in names {
            body.append(UInt8(ascii: "\""))
            ranges.append(body.count..<body.count + name.utf8.count)
            body.append(contentsOf: name.utf8)
            body.append(UInt8(ascii: "\""))
        }
        // The last name ends with the buffer, so that a read past it would be seen by a sanitizer.
        body.removeLast()
        var wrong = 0
        for (ordinal, range) in ranges.enumerated() where index.find(body.span.bytes, range) != ordinal { wrong += 1 }
        #expect(wrong == 0)
    }

    @Test func whatWasNotAddedIsNotFound() {
        let names = Self.names(10_000)
        let known = Set(names)
        var index = NodeIndex()
        #expect(index.find("a") == nil)
        #expect(index.find("") == nil)
        for name in names { _ = index.intern(name) }
        for name in names {
            for miss in [name + "a", "a" + name, name.uppercased(), String(name.dropLast()), name + "\u{0}"]
            where !known.contains(miss) {
                #expect(index.find(miss) == nil)
            }
        }
        let body = Array("xworker-1x".utf8)
        #expect(index.find(body.span.bytes, 1..<9) == index.find("worker-1"))
        #expect(index.find(body.span.bytes, 0..<9) == nil)
        #expect(index.find(body.span.bytes, 1..<10) == nil)
        #expect(index.find(body.span.bytes, 4..<4) == nil)
    }

    @Test func tailsThatDifferInAZeroByteOnlyAreApart() {
        var index = NodeIndex()
        let names = ["", "\u{0}", "\u{0}\u{0}", "a", "a\u{0}", "\u{0}a", "12345678", "12345678\u{0}"]
        for (ordinal, name) in names.enumerated() { #expect(index.intern(name) == ordinal) }
        for (ordinal, name) in names.enumerated() { #expect(index.find(name) == ordinal) }
    }

    @Test func copiesGrowApart() {
        var index = NodeIndex()
        _ = index.intern("a")
        var copy = index
        _ = copy.intern("b")
        _ = index.intern("c")
        #expect(index.find("b") == nil)
        #expect(copy.find("c") == nil)
        #expect(copy.find("b") == 1)
    }
}
