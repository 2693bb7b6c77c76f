import Foundation

/// The machine that the numbers are of.
enum Machine {
    /// Its processor, its cores, and how busy it is with other things.
    static var description: String {
        let processor = field("model name", of: "/proc/cpuinfo") ?? "unknown processor"
        let load = text("/proc/loadavg").split(separator: " ").first.map(String.init) ?? "?"
        return "\(ProcessInfo.processInfo.activeProcessorCount) cores (\(processor)), load average \(load)"
    }

    private static func field(_ key: String, of path: String) -> String? {
        for line in text(path).split(separator: "\n") where line.hasPrefix(key) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { return parts[1].trimmingCharacters(in: .whitespaces) }
        }
        return nil
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}
