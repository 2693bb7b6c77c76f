import FoundationEssentials

/// Where things are unless somebody says otherwise.
enum DefaultPaths {
    /// The default of ``cache(environment:)`` in words, for help texts.
    static let cacheDescription =
        "$JABIRU_CACHE, else $XDG_STATE_HOME/jabiru/topology.sqlite, else ~/.local/state/jabiru/topology.sqlite"

    /// The default of ``server(environment:)`` in words, for help texts.
    static let serverDescription = "$JABIRU_SERVER, else \(localServer)"

    /// The address that `jabiru serve` listens on by default.
    static let localServer = "http://127.0.0.1:8099"

    /// The topology cache.
    static func cache(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let path = environment.filled("JABIRU_CACHE") { return path }
        // The XDG base directory specification has relative paths ignored.
        let state = environment.filled("XDG_STATE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (state ?? home(environment) + "/.local/state") + "/jabiru/topology.sqlite"
    }

    /// The server that a person's commands ask.
    static func server(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        environment.filled("JABIRU_SERVER") ?? localServer
    }

    private static func home(_ environment: [String: String]) -> String {
        let home = environment.filled("HOME") ?? FileManager.default.homeDirectoryForCurrentUser.path
        return home.hasSuffix("/") ? String(home.dropLast()) : home
    }
}

extension [String: String] {
    /// A variable's value; `nil` where it is not set or empty.
    fileprivate func filled(_ name: String) -> String? {
        self[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
