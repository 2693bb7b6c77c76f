import Testing
import Topology

@Suite struct QuantityTests {
    /// As `resource.ParseQuantity(text).Value()` gives them.
    @Test(
        arguments: [
            ("0", 0), ("00", 0), ("0Gi", 0), ("0e9", 0), ("+5", 5), ("007", 7), ("1048576", 1_048_576),
            ("20Gi", 21_474_836_480), ("1Ki", 1024), ("1Mi", 1_048_576), ("1Ti", 1_099_511_627_776),
            ("1Pi", 1_125_899_906_842_624), ("7Ei", 8_070_450_532_247_928_832),
            ("1k", 1000), ("500M", 500_000_000), ("1G", 1_000_000_000), ("1T", 1_000_000_000_000),
            ("1P", 1_000_000_000_000_000), ("2E", 2_000_000_000_000_000_000),
            ("1e3", 1000), ("1E3", 1000), ("1e+3", 1000), ("12e-1", 2), ("1.5e3", 1500),
            ("2e18", 2_000_000_000_000_000_000),
            ("1.5Gi", 1_610_612_736), ("0.5Ki", 512), (".5Ki", 512), ("1.Gi", 1_073_741_824), ("1.1Ki", 1127),
            ("0.0001Ki", 1), ("0.1Ei", 115_292_150_460_684_698),
            ("1.000000000000000000001Ei", 1_152_921_504_606_846_977),
            ("100m", 1), ("1000m", 1), ("1001m", 2), ("1n", 1), ("0m", 0), ("1000000000n", 1), ("1500000u", 2),
            ("1e-30", 1), ("0.000001k", 1), ("1e-2147483648", 1), ("0.9", 1), ("9223372036854775807", Int64.max),
            ("9223372036854775.807k", Int64.max), ("7.99999999999999999999Ei", nil),
            ("8191.9999999Pi", 9_223_372_036_742_185_818),
            ("9223372036854775808", nil), ("8Ei", nil), ("10E", nil), ("1e19", nil), ("1e2147483647", nil),
            ("100000000000000000000000", nil),
            ("", nil), ("-5", nil), ("-1Gi", nil), ("Gi", nil), (".", nil), ("+", nil), ("e3", nil), ("1e", nil),
            ("1ki", nil), ("1gi", nil), ("1GB", nil), ("1 Gi", nil), (" 1", nil), ("1 ", nil), ("1K", nil),
            ("0x10", nil),
            ("1_000", nil), ("1,5", nil), ("1.2.3", nil), ("1e3Gi", nil), ("1e99999999999", nil), ("١", nil),
            ("1e3.5", nil),
            ("∞", nil), ("NaN", nil), ("++1", nil), ("1Ｇi", nil),
        ] as [(String, Int64?)])
    func reads(_ text: String, _ bytes: Int64?) {
        #expect(Quantity.bytes(text) == bytes)
    }

    @Test(
        arguments: [
            (0, "0"), (1, "1"), (1000, "1000"), (1023, "1023"), (1024, "1Ki"), (1536, "1536"), (2048, "2Ki"),
            (21_474_836_480, "20Gi"), (1_610_612_736, "1536Mi"), (1 << 40, "1Ti"), (1 << 50, "1Pi"), (1 << 60, "1Ei"),
            (1 << 62, "4Ei"), (Int64.max, "9223372036854775807"),
        ] as [(Int64, String)])
    func writesTheLargestExactSuffix(_ bytes: Int64, _ text: String) {
        #expect(Quantity.text(bytes) == text)
    }

    @Test func whatIsWrittenReadsBack() {
        let seed = SeededGenerator.seed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let shift = Int64.random(in: 0...62, using: &random)
            let bytes = Int64.random(in: 0...Int64.max, using: &random) >> shift
            for bytes in [bytes, (bytes >> shift) << shift] {
                #expect(Quantity.bytes(Quantity.text(bytes)) == bytes, "seed \(seed)")
            }
        }
    }

    @Test(
        arguments: [
            (0, "0"), (9, "9"), (1023, "1023"), (1024, "1Ki"), (1100, "1.1Ki"), (1536, "1.5Ki"), (10_239, "10Ki"),
            (10_188, "9.9Ki"), (10_189, "10Ki"), (343_597_383_680, "320Gi"), (1_539_316_278_886, "1.4Ti"),
            (1_099_243_192_320, "1Ti"), (1_072_693_248, "1023Mi"), (1_073_741_823, "1Gi"), (Int64.max, "8Ei"),
        ] as [(Int64, String)])
    func roundsForPeople(_ bytes: Int64, _ text: String) {
        #expect(Quantity.rounded(bytes) == text)
    }
}
