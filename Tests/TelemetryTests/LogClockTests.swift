import Foundation
import Testing

@testable import Telemetry

struct LogClockTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_230_618_250, "2026-11-21T03:10:18.250Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func knownTimes(milliseconds: Int64, text: String) {
        #expect(CivilTime(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test func agreesWithFoundation() {
        let seed = SeededGenerator.testSeed
        var random = SeededGenerator(seed: seed)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for _ in 0..<2000 {
            // 1900 to 2200, whole half seconds so that the comparison has no rounding in it.
            let milliseconds = Int64.random(in: -4_417_977_600...14_516_064_000, using: &random) / 2 * 1000 + 500
            let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            #expect(CivilTime(milliseconds: milliseconds).rfc3339 == date.formatted(style), "seed \(seed)")
        }
    }

    @Test func theSystemClockIsNow() {
        let difference = Double(LogClock.system.now()) / 1000 - Date().timeIntervalSince1970
        #expect(abs(difference) < 60)
        let offset = LogClock.system.utcOffset(LogClock.system.now())
        #expect(offset == Int64(TimeZone.current.secondsFromGMT()))
    }
}
