import FoundationEssentials

/// The address of a server: `http://HOST:PORT` or `https://HOST:PORT`, perhaps with a path that a proxy adds.
struct ServerAddress: Hashable, CustomStringConvertible {
    /// The address without a slash at its end.
    let text: String
    /// Whether it is asked over TLS.
    let isSecure: Bool

    /// Reads an address.
    ///
    /// - Returns: `nil` where the text is no such address.
    init?(_ text: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty, parts.query == nil,
            parts.fragment == nil, parts.user == nil, parts.port.map({ (1...65535).contains($0) }) ?? true
        else { return nil }
        var trimmed = text[...]
        while trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        self.text = String(trimmed)
        isSecure = scheme == "https"
    }

    /// What an address looks like, for messages.
    static let expected = "http://HOST:PORT or https://HOST:PORT"

    /// Whether a text is meant as an address rather than as a file.
    static func looksLike(_ text: String) -> Bool {
        let text = text.lowercased()
        return text.hasPrefix("http://") || text.hasPrefix("https://")
    }

    /// The text for a person.
    var description: String { text }
}
