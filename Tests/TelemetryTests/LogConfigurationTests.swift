import Foundation
import Logging
import Testing

@testable import Telemetry

struct LogConfigurationTests {
    private func line(
        _ format: LogFormat, isTerminal: Bool, environment: [String: String] = [:], level: Logger.Level = .info
    ) -> String {
        let output = RecordedOutput()
        let makeHandler = LogConfiguration(format: format, level: level).handlerFactory(
            output: output, isTerminal: isTerminal, environment: environment, clock: .fixed)
        let provider = Logger.MetadataProvider { ["p": "1"] }
        let logger = Logger(label: "l") { makeHandler($0, provider) }
        logger.info("m")
        return output.lines.joined()
    }

    private let json = #"{"time":"2026-11-21T03:10:18.250Z","level":"info","logger":"l","message":"m","p":"1"}"# + "\n"
    private let plain = "04:10:18 info  m p=1\n"
    private let colored = "\u{1B}[2m04:10:18\u{1B}[0m \u{1B}[32minfo\u{1B}[0m  m \u{1B}[2mp=\u{1B}[0m1\n"

    @Test func autoFollowsTheTerminal() {
        #expect(line(.auto, isTerminal: true) == colored)
        #expect(line(.auto, isTerminal: false) == json)
    }

    @Test func aChosenFormatHolds() {
        #expect(line(.json, isTerminal: true) == json)
        #expect(line(.text, isTerminal: false) == plain)
    }

    @Test func colourCanBeTurnedOff() {
        #expect(line(.auto, isTerminal: true, environment: ["NO_COLOR": "1"]) == plain)
        #expect(line(.auto, isTerminal: true, environment: ["NO_COLOR": ""]) == colored)
        #expect(line(.auto, isTerminal: true, environment: ["TERM": "dumb"]) == plain)
        #expect(line(.text, isTerminal: true, environment: ["TERM": "xterm-256color"]) == colored)
    }

    @Test func theLevelHolds() {
        #expect(line(.json, isTerminal: false, level: .warning) == "")
        #expect(line(.text, isTerminal: false, level: .warning) == "")
    }

    // MARK: In a process of their own, since loggers are set up once in a process

    @Test func bootstrapLogsToStandardError() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            LogConfiguration(format: .auto, level: .debug).bootstrap(metadataProvider: .init { ["request": "7"] })
            let logger = Logger(label: "jabiru")
            logger.trace("not shown")
            logger.debug("shown", metadata: ["k": "v"])
        }
        let lines = try #require(result).standardErrorContent.split(separator: UInt8(ascii: "\n"))
        let records = lines.compactMap { try? JSONDecoder().decode([String: String].self, from: Data($0)) }
        #expect(records.map { $0["message"] } == ["shown"])
        #expect(records.first?["request"] == "7")
        #expect(records.first?["k"] == "v")
        #expect(records.first?["level"] == "debug")
    }

    @Test func aReaderThatWentAwayDoesNotKillTheProcess() async {
        await #expect(processExitsWith: .exitCode(7)) {
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0, dup2(ends[1], 2) == 2 else { exit(1) }
            close(ends[0])
            LogConfiguration(format: .json).bootstrap()
            Logger(label: "jabiru").error("nobody reads this")
            exit(7)
        }
    }
}
