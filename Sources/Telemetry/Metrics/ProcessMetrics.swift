internal import FoundationEssentials

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The customary `process_…` metrics of this process, read from `/proc` at each scrape.
///
/// What cannot be read is left out of that scrape.
public struct ProcessMetrics: Sendable {
    private let directory: String
    private let ticksPerSecond: Double
    private let pageSize: Double

    /// Reads this process' figures.
    public init() {
        self.init(
            directory: "/proc", ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
            pageSize: Double(sysconf(Int32(_SC_PAGESIZE))))
    }

    /// Reads figures laid out as in `/proc`.
    init(directory: String, ticksPerSecond: Double, pageSize: Double) {
        self.directory = directory
        self.ticksPerSecond = ticksPerSecond
        self.pageSize = pageSize
    }

    /// Adds the metrics to a registry.
    public func register(in registry: PrometheusRegistry) {
        // Neither the boot nor the start moves: read once, since a machine's /proc/stat can be long.
        let start = startTime()
        registry.addCounter("process_cpu_seconds_total", help: "CPU time spent in user and system mode, in seconds.") {
            stat().map { ($0.userTicks + $0.systemTicks) / ticksPerSecond }
        }
        registry.addGauge("process_resident_memory_bytes", help: "Resident memory, in bytes.") {
            stat().map { $0.residentPages * pageSize }
        }
        registry.addGauge("process_virtual_memory_bytes", help: "Virtual memory, in bytes.") {
            stat().map(\.virtualBytes)
        }
        registry.addGauge("process_start_time_seconds", help: "When the process started, in seconds since 1970.") {
            start
        }
        registry.addGauge("process_open_fds", help: "Open file descriptors.") { openDescriptors() }
        registry.addGauge("process_max_fds", help: "The most file descriptors that may be open.") {
            maximumDescriptors()
        }
    }

    private struct Stat {
        let userTicks, systemTicks, startTicks, virtualBytes, residentPages: Double

        /// Reads `/proc/self/stat`.
        ///
        /// The second field, the program's name in parentheses, may itself hold spaces and parentheses; what follows
        /// its last `)` is numbers, the first of them the third field.
        init?(_ text: String) {
            guard let end = text.utf8.lastIndex(of: UInt8(ascii: ")")) else { return nil }
            let fields = text[end...].dropFirst().split(separator: " ")
            func field(_ number: Int) -> Double? {
                fields.indices.contains(number - 3) ? Double(fields[number - 3]) : nil
            }
            guard let user = field(14), let system = field(15), let start = field(22), let virtual = field(23),
                let resident = field(24)
            else { return nil }
            (userTicks, systemTicks, startTicks) = (user, system, start)
            (virtualBytes, residentPages) = (virtual, resident)
        }
    }

    private func stat() -> Stat? {
        read("self/stat").flatMap(Stat.init)
    }

    private func startTime() -> Double? {
        guard let stat = stat(), let lines = read("stat")?.split(separator: "\n"),
            let line = lines.first(where: { $0.hasPrefix("btime ") }), let boot = Double(line.dropFirst(6))
        else { return nil }
        return boot + stat.startTicks / ticksPerSecond
    }

    /// Counts the descriptors, the one that lists them among them.
    private func openDescriptors() -> Double? {
        (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/self/fd")).map { Double($0.count) }
    }

    private func maximumDescriptors() -> Double? {
        let title = "Max open files"
        guard let line = read("self/limits")?.split(separator: "\n").first(where: { $0.hasPrefix(title) }),
            let soft = line.dropFirst(title.count).split(separator: " ").first
        else { return nil }
        return soft == "unlimited" ? .infinity : Double(soft)
    }

    private func read(_ file: String) -> String? {
        FileManager.default.contents(atPath: "\(directory)/\(file)").map { String(decoding: $0, as: UTF8.self) }
    }
}
