#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The time that stands on log records.
public struct LogClock: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    let now: @Sendable () -> Int64
    /// How many seconds local time is ahead of UTC at such a time.
    let utcOffset: @Sendable (Int64) -> Int64

    /// Makes a clock, such as one that stands still in a test.
    ///
    /// - Parameters:
    ///   - now: Milliseconds since 1970-01-01T00:00:00Z.
    ///   - utcOffset: Seconds that local time is ahead of UTC at a time in milliseconds.
    public init(now: @escaping @Sendable () -> Int64, utcOffset: @escaping @Sendable (Int64) -> Int64 = { _ in 0 }) {
        self.now = now
        self.utcOffset = utcOffset
    }

    /// The system's clock and time zone.
    public static let system = LogClock(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        },
        utcOffset: { milliseconds in
            var seconds = time_t(milliseconds / 1000)
            var parts = tm()
            return localtime_r(&seconds, &parts) == nil ? 0 : Int64(parts.tm_gmtoff)
        })
}

/// A time of the clock taken apart, in the proleptic Gregorian calendar.
struct CivilTime {
    let year, month, day, hour, minute, second, millisecond: Int64

    /// Takes apart milliseconds since 1970-01-01T00:00:00.
    init(milliseconds: Int64) {
        let (days, rest) = Self.floorDivision(milliseconds, 86_400_000)
        hour = rest / 3_600_000
        minute = rest / 60000 % 60
        second = rest / 1000 % 60
        millisecond = rest % 1000
        // Years are counted from March, so that the leap day is the last one; 400 of them are 146,097 days.
        let (era, dayOfEra) = Self.floorDivision(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// `03:10:18`
    var timeOfDay: String {
        "\(Self.padded(hour, 2)):\(Self.padded(minute, 2)):\(Self.padded(second, 2))"
    }

    /// `2026-11-21T03:10:18.250Z`, of a time in UTC.
    var rfc3339: String {
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        return "\(date)T\(timeOfDay).\(Self.padded(millisecond, 3))Z"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(width - digits.utf8.count, 0)) + digits
    }

    private static func floorDivision(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
