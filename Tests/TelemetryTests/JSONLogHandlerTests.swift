import Foundation
import Logging
import Testing

@testable import Telemetry

struct JSONLogHandlerTests {
    private let output = RecordedOutput()

    private func logger(
        label: String = "jabiru.extender", level: Logger.Level = .trace, provider: Logger.MetadataProvider? = nil
    ) -> Logger {
        Logger(label: label) { label in
            JSONLogHandler(label: label, level: level, metadataProvider: provider, output: output, clock: .fixed)
        }
    }

    /// The only record, read by Foundation.
    private func parsed() throws -> [String: Any] {
        let record = try #require(output.records.first)
        #expect(output.records.count == 1)
        #expect(record.last == UInt8(ascii: "\n"))
        #expect(!record.dropLast().contains(UInt8(ascii: "\n")), "a record is one line")
        return try #require(try JSONSerialization.jsonObject(with: Data(record)) as? [String: Any])
    }

    @Test func aRecordIsOneLine() {
        logger().info("cache loaded", metadata: ["nodes": .stringConvertible(5000), "after": "12 ms"])
        #expect(
            output.lines == [
                #"{"time":"2026-11-21T03:10:18.250Z","level":"info","logger":"jabiru.extender","#
                    + #""message":"cache loaded","after":"12 ms","nodes":5000}"# + "\n"
            ])
    }

    @Test(arguments: Logger.Level.allCases)
    func levels(level: Logger.Level) throws {
        logger().log(level: level, "x")
        #expect(try parsed()["level"] as? String == level.rawValue)
    }

    @Test func lessSevereLevelsAreNotWritten() {
        let logger = logger(level: .warning)
        logger.notice("no")
        logger.warning("yes")
        #expect(output.lines.count == 1)
    }

    @Test func nestedMetadata() throws {
        logger().info(
            "x",
            metadata: [
                "list": ["a", ["deep": .array([])], .stringConvertible(-3)], "map": ["z": "1", "a": ["b": "c"]],
                "empty": .dictionary([:]),
            ])
        #expect(output.lines.first?.contains(#""list":["a",{"deep":[]},-3],"map":{"a":{"b":"c"},"z":"1"}"#) == true)
        #expect(try parsed()["empty"] as? [String: String] == [:])
    }

    @Test func numbersAndTruthValuesStaySuch() {
        logger().info(
            "x",
            metadata: [
                "a": .stringConvertible(true), "b": .stringConvertible(UInt64.max), "c": .stringConvertible(0.25),
                "d": .stringConvertible(Double.nan), "e": .stringConvertible(Float(1.5)),
                "f": .stringConvertible(Duration.seconds(2)), "g": "\(7)", "h": .stringConvertible(-Double.infinity),
            ])
        #expect(
            output.lines.first?.hasSuffix(
                #""a":true,"b":18446744073709551615,"c":0.25,"d":"nan","e":1.5,"f":"2.0 seconds","g":"7","h":"-inf"}"#
                    + "\n") == true)
    }

    @Test func reservedKeysAreMovedAside() throws {
        logger().info(
            "x",
            metadata: ["time": "t", "level": "l", "logger": "o", "message": "m", "field.time": "taken", "other": "n"])
        let record = try parsed()
        #expect(record["message"] as? String == "x")
        #expect(record["field.time"] as? String == "taken")
        #expect(record["field.field.time"] as? String == "t")
        #expect(record["field.level"] as? String == "l")
        #expect(record["field.logger"] as? String == "o")
        #expect(record["field.message"] as? String == "m")
        #expect(record.count == 10)
    }

    @Test func theCallWinsOverTheProviderOverTheLogger() throws {
        var logger = logger(provider: .init { ["a": "provider", "b": "provider"] })
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger[metadataKey: "c"] = "logger"
        #expect(logger[metadataKey: "c"] == "logger")
        logger.info("x", metadata: ["a": "call"])
        let record = try parsed()
        #expect(record["a"] as? String == "call")
        #expect(record["b"] as? String == "provider")
        #expect(record["c"] as? String == "logger")
    }

    @Test func anErrorBecomesFields() throws {
        struct Broken: Error, CustomStringConvertible {
            let description = "pool \"ssd\" is full"
        }
        logger().error("failed", error: Broken())
        let record = try parsed()
        #expect(record["error.message"] as? String == #"pool "ssd" is full"#)
        #expect((record["error.type"] as? String)?.contains("Broken") == true)
    }

    @Test(arguments: [
        "\u{0}\u{1}\u{8}\u{B}\u{C}\u{1F}", "\r\n", "\"\\\\\"", "\t/", "é日😀\u{2028}\u{FFFD}", "\u{7F}\u{9B}", "",
    ])
    func nastyStringsSurvive(text: String) throws {
        logger(label: text).info("\(text)", metadata: ["k\(text)": .array([.string(text)])])
        let record = try parsed()
        #expect(record["logger"] as? String == text)
        #expect(record["message"] as? String == text)
        #expect(record["k\(text)"] as? [String] == [text])
    }

    /// Bytes that are no UTF-8 never reach the log: a Swift string has replaced them before.
    @Test func invalidBytesAreReplaced() throws {
        logger().info("x", metadata: ["k": .string(String(decoding: [0x61, 0xFF, 0xC0, 0x62], as: UTF8.self))])
        #expect(try parsed()["k"] as? String == "a\u{FFFD}\u{FFFD}b")
    }

    @Test func randomStringsSurvive() throws {
        struct Record: Decodable {
            let logger, message: String
            let nested: [String: [String]]
        }
        let seed = SeededGenerator.testSeed
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let output = RecordedOutput()
            let (label, message) = (random.nastyString(), random.nastyString())
            let (key, value) = (random.nastyString(), random.nastyString())
            let logger = Logger(label: label) { JSONLogHandler(label: $0, output: output) }
            logger.info("\(message)", metadata: ["nested": [key: [.string(value)]]])
            let record = try JSONDecoder().decode(Record.self, from: Data(try #require(output.records.first)))
            // By scalar, since strings that differ only in their normal form are equal.
            let nested = try #require(record.nested.first)
            let read = [record.logger, record.message, nested.key] + nested.value
            let written = [label, message, key, value]
            #expect(read.map { Array($0.unicodeScalars) } == written.map { Array($0.unicodeScalars) }, "seed \(seed)")
        }
    }
}
