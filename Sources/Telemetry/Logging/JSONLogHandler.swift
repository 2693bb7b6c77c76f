public import Logging

/// A log handler that writes each record as one line of JSON.
///
/// `{"time":"2026-11-21T03:10:18.250Z","level":"info","logger":"…","message":"…"}`, followed by the metadata's keys in
/// their order. A metadata key that is one of these four gets `field.` in front.
public struct JSONLogHandler: LogHandler {
    private static let reservedKeys: Set<String> = ["time", "level", "logger", "message"]

    /// The least severe level that is written.
    public var logLevel: Logger.Level
    /// The fields of every record of this logger.
    public var metadata: Logger.Metadata = [:]
    /// What adds fields from the context of a call.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: any LogOutput
    private let clock: LogClock

    /// Makes a handler.
    public init(
        label: String, level: Logger.Level = .info, metadataProvider: Logger.MetadataProvider? = nil,
        output: any LogOutput = FileDescriptorLogOutput.standardError, clock: LogClock = .system
    ) {
        self.label = label
        self.logLevel = level
        self.metadataProvider = metadataProvider
        self.output = output
        self.clock = clock
    }

    /// One field of every record of this logger.
    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a record.
    public func log(event: LogEvent) {
        var text = JSONText()
        text.raw("{\"time\":\"\(CivilTime(milliseconds: clock.now()).rfc3339)\"")
        text.raw(",\"level\":\"\(event.level.rawValue)\",\"logger\":")
        text.string(label)
        text.raw(",\"message\":")
        text.string(event.message.description)
        let fields = LogFields(logger: metadata, provider: metadataProvider, event: event)
        for field in fields.avoiding(Self.reservedKeys) {
            text.raw(",")
            text.string(field.key)
            text.raw(":")
            text.value(field.value)
        }
        text.raw("}\n")
        output.write(text.bytes)
    }
}
