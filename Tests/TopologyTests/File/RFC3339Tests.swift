import Foundation
import Testing

@testable import Topology

@Suite struct RFC3339Tests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-21T03:10:18Z", 1_795_230_618_000),
            ("2026-11-21T04:10:18.250+01:00", 1_795_230_618_250), ("2026-11-20T22:40:18.2509-04:30", 1_795_230_618_250),
            ("2026-11-21t03:10:18z", 1_795_230_618_000), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
            ("2000-02-29T12:00:00Z", 951_825_600_000), ("1969-12-31T23:59:59.999Z", -1),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("2026-11-21", nil), ("2026-11-21T03:10:18", nil), ("2026-11-21 03:10:18Z", nil),
            ("2026-02-29T00:00:00Z", nil),
            ("1900-02-29T00:00:00Z", nil), ("2026-13-01T00:00:00Z", nil), ("2026-00-01T00:00:00Z", nil),
            ("2026-04-31T00:00:00Z", nil), ("2026-11-21T24:00:00Z", nil), ("2026-11-21T03:60:18Z", nil),
            ("2026-11-21T03:10:60Z", nil), ("2026-11-21T03:10:18.Z", nil), ("2026-11-21T03:10:18Zx", nil),
            ("2026-11-21T03:10:18+0100", nil), ("26-11-21T03:10:18Z", nil), ("", nil),
            ("2026-11-21T03:10:18+24:00", nil),
        ] as [(String, Int64?)])
    func reads(_ text: String, _ milliseconds: Int64?) {
        #expect(RFC3339.time(text)?.milliseconds == milliseconds)
    }

    @Test func everyMillisecondReadsBackAndAgreesWithFoundation() throws {
        let seed = SeededGenerator.seed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5000 {
            let time = Timestamp(
                milliseconds: Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random))
            let text = try #require(RFC3339.text(time))
            #expect(RFC3339.time(text) == time, "seed \(seed)")
            let seconds = (Double(time.milliseconds) / 1000).rounded(.down)
            let whole = Date(timeIntervalSince1970: seconds)
            if time.milliseconds > 0 { #expect(text.prefix(19) == whole.ISO8601Format().prefix(19), "seed \(seed)") }
        }
    }

    @Test(arguments: [253_402_300_800_000, -62_167_219_200_001, Int64.max, Int64.min] as [Int64])
    func yearsOutOfRangeAreNotWritten(_ milliseconds: Int64) {
        #expect(RFC3339.text(Timestamp(milliseconds: milliseconds)) == nil)
    }
}
