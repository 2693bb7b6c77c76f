import ArgumentParser
import Configuration
import Foundation
import Logging
import Placement
import SystemPackage
import Telemetry
import Topology
import Yams

/// A setting's text with where it came from, so that a bad value is blamed on the right place.
struct SettingText {
    var text: String
    /// Such as `--listen`, `JABIRU_LISTEN` or `listen in /etc/jabiru.yaml`.
    var origin: String
}

/// Finds settings: the flag, else the environment's `JABIRU_…`, else the configuration file, else the default.
struct SettingSources {
    /// The settings that a configuration file may have: the names of the flags.
    static let names = [
        "topology", "cache", "listen", "prefix", "max-body", "max-bodies", "max-connections", "request-timeout",
        "idle-timeout", "max-cache-age", "tls-cert", "tls-key", "tls-client-ca", "weighting", "unbound", "log-format",
        "log-level",
    ]

    private let environment: ConfigReader
    private var file: (reader: ConfigReader, path: String, keys: Set<String>)?

    init(configurationFile: String?) async throws {
        environment = ConfigReader(provider: EnvironmentVariablesProvider()).scoped(to: "jabiru")
        guard let path = configurationFile else { return }
        let keys = try Self.keys(of: path)
        do {
            let provider = try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
            file = (ConfigReader(provider: provider), path, keys)
        } catch {
            throw ValidationError("the configuration file \(path) cannot be used: \(error)")
        }
    }

    /// The top level's keys; a key that is no setting is an error, since a misspelt one would be dropped in silence.
    private static func keys(of path: String) throws -> Set<String> {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ValidationError("the configuration file \(path) cannot be read: check the path and its permissions")
        }
        let root: Yams.Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw ValidationError("the configuration file \(path) is not YAML: \(error)")
        }
        guard let root else { return [] }
        guard let mapping = root.mapping else {
            throw ValidationError(
                "the configuration file \(path) is not a mapping: expected lines such as listen: 127.0.0.1:8099")
        }
        for (key, _) in mapping where !names.contains(key.string ?? "") {
            throw ValidationError(
                "\(path):\(key.mark?.line ?? 1): \(key.string ?? "?") is not a setting, expected one of "
                    + names.joined(separator: ", "))
        }
        return Set(mapping.keys.compactMap(\.string))
    }

    /// A setting's text; `nil` where only the default is left.
    func text(_ name: String, flag: String?) throws -> SettingText? {
        if let flag { return SettingText(text: flag, origin: "--\(name)") }
        if let text = environment.string(forKey: ConfigKey([name])) {
            return SettingText(text: text, origin: "JABIRU_" + name.uppercased().replacing("-", with: "_"))
        }
        guard let file, file.keys.contains(name) else { return nil }
        do {
            return SettingText(
                text: try file.reader.requiredString(forKey: ConfigKey([name])), origin: "\(name) in \(file.path)")
        } catch {
            throw ValidationError("\(name) in \(file.path) is not a single value")
        }
    }

    /// A list's texts: flags may be repeated, the environment separates by commas, the file has a list or one value.
    func texts(_ name: String, flags: [String]) throws -> [String]? {
        if !flags.isEmpty { return flags }
        if let text = environment.string(forKey: ConfigKey([name])) {
            return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let file, file.keys.contains(name) else { return nil }
        if let list = file.reader.stringArray(forKey: ConfigKey([name])) { return list }
        return try text(name, flag: nil).map { [$0.text] }
    }

    /// A setting that is read from its text.
    func value<Value>(
        _ name: String, flag: String?, default fallback: Value, expected: String, _ read: (String) -> Value?
    ) throws -> Value {
        guard let setting = try text(name, flag: flag) else { return fallback }
        guard let value = read(setting.text) else {
            throw ValidationError("\(setting.origin) is \"\(setting.text)\": expected \(expected)")
        }
        return value
    }
}

/// Readers of settings' texts.
enum SettingReader {
    /// A duration such as `10s`, `500ms`, `2m` or `1h`; more than nothing.
    static func duration(_ text: String) -> Duration? {
        let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]
        for (unit, seconds) in units where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)), number > 0, number <= 1e7 else { continue }
            return .milliseconds(Int64((number * seconds * 1000).rounded()))
        }
        return nil
    }

    /// A whole number above zero.
    static func count(_ text: String) -> Int? { Int(text).flatMap { $0 > 0 ? $0 : nil } }

    /// A size such as `256Mi`, above zero.
    static func size(_ text: String) -> Int? { Quantity.bytes(text).flatMap { $0 > 0 ? Int(exactly: $0) : nil } }

    /// A listening address such as `127.0.0.1:8099`, `[::1]:8099` or `:8099`, which means all addresses.
    static func address(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        return (host.isEmpty ? "0.0.0.0" : String(host), port)
    }

    /// One of an enumeration's words.
    static func word<Word: RawRepresentable & CaseIterable>(
        _ type: Word.Type
    ) -> (String) -> Word? where Word.RawValue == String {
        { Word(rawValue: $0) }
    }

    /// An enumeration's words, for a message.
    static func words<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> String
    where Word.RawValue == String {
        "one of " + Word.allCases.map(\.rawValue).joined(separator: ", ")
    }
}
