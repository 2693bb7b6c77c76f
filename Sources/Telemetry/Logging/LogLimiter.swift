public import Logging
internal import Synchronization

/// A ``OnceEvery`` that several threads share, and that logs what it lets through.
public final class LogLimiter<Key: Hashable & Sendable>: Sendable {
    private let state: Mutex<OnceEvery<Key>>

    /// Makes a limiter.
    ///
    /// - Parameters:
    ///   - interval: How long a key is held back after it was let through.
    ///   - capacity: The most keys to remember, at least one.
    public init(interval: Duration, capacity: Int = 1024) {
        state = Mutex(OnceEvery(interval: interval, capacity: capacity))
    }

    /// Asks to let a key through.
    ///
    /// - Returns: How often the key was held back since it was last let through, or `nil` where it is held back now.
    public func admit(_ key: Key, at now: ContinuousClock.Instant = .now) -> Int? {
        state.withLock { $0.admit(key, at: now) }
    }

    /// Logs a record unless its key is held back; what was held back before stands in its field `suppressed`.
    ///
    /// A level that the logger does not write does not use up the key's turn.
    public func log(
        _ key: Key, to logger: Logger, level: Logger.Level = .warning, _ message: @autoclosure () -> Logger.Message,
        metadata: @autoclosure () -> Logger.Metadata = [:], at now: ContinuousClock.Instant = .now,
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        guard level >= logger.logLevel, let suppressed = admit(key, at: now) else { return }
        var fields = metadata()
        if suppressed > 0 { fields["suppressed"] = .stringConvertible(suppressed) }
        logger.log(level: level, message(), metadata: fields, file: file, function: function, line: line)
    }
}
