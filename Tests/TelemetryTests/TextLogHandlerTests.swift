import Logging
import Testing

@testable import Telemetry

struct TextLogHandlerTests {
    private let output = RecordedOutput()

    private func logger(isColored: Bool = false) -> Logger {
        Logger(label: "any") { _ in
            TextLogHandler(level: .trace, isColored: isColored, output: output, clock: .fixed)
        }
    }

    @Test func aRecordForAPerson() {
        logger().info("cache loaded", metadata: ["nodes": "5000", "age": .stringConvertible(1.5)])
        #expect(output.lines == ["04:10:18 info  cache loaded age=1.5 nodes=5000\n"])
    }

    @Test func messagesStandInOneColumn() {
        for level in Logger.Level.allCases { logger().log(level: level, "m") }
        #expect(
            output.lines
                == ["trace", "debug", "info ", "note ", "warn ", "error", "crit "].map { "04:10:18 \($0) m\n" })
    }

    @Test(arguments: [
        ("plain", "plain"), ("", #""""#), ("two words", #""two words""#), ("a=b", #""a=b""#), ("é", "é"),
        (#"say "hi""#, #""say \"hi\"""#), ("line\nbreak", #""line\nbreak""#), ("nbsp\u{A0}x", "\"nbsp\u{A0}x\""),
        (#"C:\x"#, #"C:\x"#), ("\u{1B}[31m", #""\u001b[31m""#), ("\u{9B}31m", #"\u009b31m"#), ("\u{7F}", #"\u007f"#),
    ])
    func values(value: String, text: String) {
        logger().info("m", metadata: ["k": .string(value)])
        #expect(output.lines == ["04:10:18 info  m k=\(text)\n"])
    }

    @Test func whatOthersWroteCannotSteerTheTerminal() {
        logger().info("\u{1B}]0;title\u{7}\r\n\u{9B}2J \"ok\"", metadata: ["k\u{1B}": ["a\u{1B}": "b\u{9B}"]])
        #expect(
            output.lines == [
                #"04:10:18 info  \u001b]0;title\u0007\r\n\u009b2J "ok" k\u001b={"a\u001b":"b\u009b"}"# + "\n"
            ])
    }

    @Test func colour() {
        logger(isColored: true).error("m", metadata: ["k": "v"])
        #expect(
            output.lines == [
                "\u{1B}[2m04:10:18\u{1B}[0m \u{1B}[31merror\u{1B}[0m m \u{1B}[2mk=\u{1B}[0mv\n"
            ])
    }
}
