public import FoundationEssentials

/// A point in time, to the millisecond.
///
/// An integer rather than a `Date`, so that a topology survives file, cache and dump without rounding.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var milliseconds: Int64

    /// Makes a timestamp of its parts.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// A date, rounded to the millisecond.
    public init(_ date: Date) {
        self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }

    /// Reads an RFC 3339 time such as `2026-11-21T03:10:18Z` or `2026-11-21T03:10:18.250+01:00`.
    ///
    /// - Returns: `nil` where the text is not such a time.
    public init?(rfc3339 text: String) {
        guard let time = RFC3339.time(text) else { return nil }
        self = time
    }

    /// The time as RFC 3339 in UTC; the fraction is left out where it is zero.
    ///
    /// Years before 0 and after 9999, which RFC 3339 cannot write, give the milliseconds.
    public var rfc3339: String { RFC3339.text(self) ?? "\(milliseconds) ms" }

    /// The current time of the system's clock.
    public static var now: Timestamp { Timestamp(Date()) }

    /// The order used for sorting.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }
}
