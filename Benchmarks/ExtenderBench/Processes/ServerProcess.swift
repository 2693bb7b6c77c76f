import Foundation
import Glibc

/// A server that is measured, as a process of its own on a free port of 127.0.0.1.
struct ServerProcess {
    let port: UInt16
    /// Milliseconds from starting the process to its first 200 for `/readyz`.
    let startMilliseconds: Double
    private let process: pid_t
    private let cleanUp: CleanUp

    /// Starts a server and waits until it is ready.
    ///
    /// - Parameters:
    ///   - arguments: Are given the address to listen on.
    ///   - log: The file that takes what the server writes.
    /// - Throws: ``BenchError`` with the last lines of the log where it does not get ready within a minute.
    init(
        _ executable: String, log: String, cleanUp: CleanUp, arguments: (_ address: String) -> [String]
    ) throws {
        port = try LoopbackAddress.freePort()
        self.cleanUp = cleanUp
        let start = monotonicNanoseconds()
        let command = [executable] + arguments("127.0.0.1:\(port)")
        process = try cleanUp.start { try Self.spawn(command, log: log) }
        let request = PreparedRequest(get: "/readyz", host: "127.0.0.1:\(port)")
        while !Self.isReady(port, request) {
            let isGone = cleanUp.isGone(process: process)
            if isGone || monotonicNanoseconds() - start > 60_000_000_000 {
                cleanUp.end(process: process)
                let lines = (try? String(contentsOfFile: log, encoding: .utf8))?.split(separator: "\n").suffix(5) ?? []
                throw BenchError(
                    "\(executable) \(isGone ? "ended" : "did not get ready"):\n\(lines.joined(separator: "\n"))")
            }
            usleep(1000)
        }
        startMilliseconds = Double(monotonicNanoseconds() - start) / 1e6
    }

    func stop() { cleanUp.end(process: process) }

    /// The process' memory: what is resident now and what was at most.
    func memory() throws -> (residentMegabytes: Double, peakMegabytes: Double) {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        func megabytes(_ key: String) throws -> Double {
            for line in status.split(separator: "\n") where line.hasPrefix("\(key):") {
                if let kibibytes = Double(line.dropFirst(key.count + 1).filter(\.isNumber)) {
                    return kibibytes * 1024 / 1e6
                }
            }
            throw BenchError("/proc/\(process)/status has no \(key)")
        }
        return (try megabytes("VmRSS"), try megabytes("VmHWM"))
    }

    private static func isReady(_ port: UInt16, _ request: PreparedRequest) -> Bool {
        guard let connection = try? HTTPConnection(port: port) else { return false }
        defer { connection.close() }
        var scratch = [UInt8](repeating: 0, count: 4096)
        return (try? connection.exchange(request, scratch: &scratch))?.status == 200
    }

    private static func spawn(_ command: [String], log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // This process blocks the signals that it waits for; its children must not.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // In a group of their own, so that an interruption reaches them through the clean-up only.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        // Settings of the person's shell would change what is measured.
        let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("JABIRU_") }
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, command[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw BenchError("\(command[0]) cannot be started", errno: code) }
        return process
    }
}
