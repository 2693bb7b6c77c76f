internal import Logging

/// The fields of a record, from all that contribute to it, sorted by key.
struct LogFields {
    let sorted: [(key: String, value: Logger.MetadataValue)]

    /// Merges the fields: those of the call win over the provider's, and these over the logger's.
    ///
    /// An error given with the record becomes `error.message` and `error.type`, as with swift-log's own handler.
    init(logger: Logger.Metadata, provider: Logger.MetadataProvider?, event: LogEvent) {
        var fields = logger
        if let provided = provider?.get() {
            fields.merge(provided) { _, new in new }
        }
        if let given = event.metadata {
            fields.merge(given) { _, new in new }
        }
        if let error = event.error {
            fields["error.message"] = .string("\(error)")
            fields["error.type"] = .string(String(reflecting: type(of: error)))
        }
        sorted = fields.sorted { $0.key < $1.key }
    }

    /// The fields under keys that are none of the reserved ones, which get `field.` in front.
    func avoiding(_ reserved: Set<String>) -> [(key: String, value: Logger.MetadataValue)] {
        guard sorted.contains(where: { reserved.contains($0.key) }) else { return sorted }
        let taken = Set(sorted.map(\.key))
        return sorted.map { field in
            guard reserved.contains(field.key) else { return field }
            var key = "field." + field.key
            while taken.contains(key) { key = "field." + key }
            return (key, field.value)
        }
    }
}
