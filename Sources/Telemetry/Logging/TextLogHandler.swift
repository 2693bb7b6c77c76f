public import Logging

/// A log handler for a person at a terminal: `03:10:18 info  message key=value`, in local time.
///
/// Control characters are escaped, so that what somebody else put into a field cannot steer the terminal.
public struct TextLogHandler: LogHandler {
    /// The least severe level that is written.
    public var logLevel: Logger.Level
    /// The fields of every record of this logger.
    public var metadata: Logger.Metadata = [:]
    /// What adds fields from the context of a call.
    public var metadataProvider: Logger.MetadataProvider?

    private let output: any LogOutput
    private let clock: LogClock
    private let isColored: Bool

    /// Makes a handler.
    public init(
        level: Logger.Level = .info, isColored: Bool = false, metadataProvider: Logger.MetadataProvider? = nil,
        output: any LogOutput = FileDescriptorLogOutput.standardError, clock: LogClock = .system
    ) {
        self.logLevel = level
        self.isColored = isColored
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
        let now = clock.now()
        var text = JSONText(forTerminal: true)
        colored(.dim, CivilTime(milliseconds: now + clock.utcOffset(now) * 1000).timeOfDay, in: &text)
        text.raw(" ")
        let (name, color) = Self.appearance(of: event.level)
        colored(color, name, in: &text)
        text.raw(String(repeating: " ", count: 6 - name.utf8.count))
        text.escaped(event.message.description, quotes: false)
        for field in LogFields(logger: metadata, provider: metadataProvider, event: event).sorted {
            text.raw(" ")
            var key = JSONText(forTerminal: true)
            key.escaped(field.key, quotes: false)
            colored(.dim, String(decoding: key.bytes, as: UTF8.self) + "=", in: &text)
            append(field.value, to: &text)
        }
        text.raw("\n")
        output.write(text.bytes)
    }

    private func append(_ value: Logger.MetadataValue, to text: inout JSONText) {
        switch value {
        case .array, .dictionary: text.value(value)
        case .string(let string): append(string, to: &text)
        case .stringConvertible(let some): append(some.description, to: &text)
        }
    }

    /// Appends a value, in quotes where it would be hard to tell from what stands beside it.
    private func append(_ value: String, to text: inout JSONText) {
        let isPlain =
            !value.isEmpty
            && value.unicodeScalars.allSatisfy { scalar in
                scalar.value > 0x20 && scalar != "\"" && scalar != "=" && !scalar.properties.isWhitespace
            }
        if isPlain {
            text.escaped(value, quotes: false)
        } else {
            text.string(value)
        }
    }

    private enum Color: String {
        case dim = "2"
        case cyan = "36"
        case green = "32"
        case yellow = "33"
        case red = "31"
        case boldRed = "1;31"
    }

    /// A level's name, five letters at most so that the messages stand in one column, and its colour.
    private static func appearance(of level: Logger.Level) -> (name: String, color: Color) {
        switch level {
        case .trace: ("trace", .dim)
        case .debug: ("debug", .dim)
        case .info: ("info", .green)
        case .notice: ("note", .cyan)
        case .warning: ("warn", .yellow)
        case .error: ("error", .red)
        case .critical: ("crit", .boldRed)
        }
    }

    private func colored(_ color: Color, _ string: String, in text: inout JSONText) {
        guard isColored else { return text.raw(string) }
        text.raw("\u{1B}[\(color.rawValue)m\(string)\u{1B}[0m")
    }
}
