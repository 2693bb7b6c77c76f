import ArgumentParser

extension Duration {
    /// The duration as Go writes and reads it, to the millisecond: `1s`, `1500ms`.
    var goText: String {
        let (seconds, attoseconds) = components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        return milliseconds == 0 ? "\(seconds)s" : "\(seconds * 1000 + milliseconds)ms"
    }
}

/// A duration above zero as an argument: `10s`, `500ms`, `2m`, `1h`.
struct DurationArgument: ExpressibleByArgument, CustomStringConvertible {
    /// The duration.
    let value: Duration

    /// Takes a duration.
    init(_ value: Duration) {
        self.value = value
    }

    /// Reads a duration.
    init?(argument: String) {
        guard let value = SettingReader.duration(argument), value > .zero else { return nil }
        self.value = value
    }

    /// The text for a person.
    var description: String { value.goText }
}
