internal import FoundationEssentials
public import Logging

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The form of log records.
public enum LogFormat: String, Sendable, CaseIterable {
    /// Text on a terminal, JSON elsewhere.
    case auto
    /// One line of JSON a record.
    case json
    /// One line for a person a record.
    case text
}

/// How this process logs.
public struct LogConfiguration: Sendable {
    /// The form of the records.
    public var format: LogFormat
    /// The least severe level that is written.
    public var level: Logger.Level

    /// Makes a configuration.
    public init(format: LogFormat = .auto, level: Logger.Level = .info) {
        self.format = format
        self.level = level
    }

    /// Makes loggers write to standard error in this form.
    ///
    /// To be called once, before the first logger is made. From then on `SIGPIPE` is ignored: where nobody reads
    /// standard error any more, records are lost rather than the process killed.
    ///
    /// - Parameter metadataProvider: What adds fields from the context of a call to every record.
    public func bootstrap(metadataProvider: Logger.MetadataProvider? = nil) {
        signal(SIGPIPE, SIG_IGN)
        let output = FileDescriptorLogOutput.standardError
        let makeHandler = handlerFactory(
            output: output, isTerminal: output.isTerminal, environment: ProcessInfo.processInfo.environment)
        LoggingSystem.bootstrap(makeHandler, metadataProvider: metadataProvider)
    }

    /// What makes the handlers of this configuration, by a logger's label.
    ///
    /// - Parameters:
    ///   - output: Where the records go.
    ///   - isTerminal: Whether that is a terminal, which decides on ``LogFormat/auto`` and on colour.
    ///   - environment: `NO_COLOR`, set to anything, and `TERM=dumb` turn colour off.
    ///   - clock: The time that stands on the records.
    public func handlerFactory(
        output: any LogOutput, isTerminal: Bool, environment: [String: String], clock: LogClock = .system
    ) -> @Sendable (String, Logger.MetadataProvider?) -> any LogHandler {
        let isText = format == .text || (format == .auto && isTerminal)
        let isColored = isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        let level = level
        return { label, provider in
            if isText {
                TextLogHandler(
                    level: level, isColored: isColored, metadataProvider: provider, output: output, clock: clock)
            } else {
                JSONLogHandler(label: label, level: level, metadataProvider: provider, output: output, clock: clock)
            }
        }
    }
}
