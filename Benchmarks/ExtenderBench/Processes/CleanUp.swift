import Foundation
import Glibc
import Synchronization

/// What has to go when the benchmark ends, however it ends: the servers it started and its temporary folders.
final class CleanUp: Sendable {
    private struct State {
        var processes: Set<pid_t> = []
        var folders: [String] = []
    }

    private let state = Mutex(State())

    /// Cleans up and ends this process when it is interrupted.
    ///
    /// To be called before any other thread runs: threads inherit which signals are blocked.
    func onInterruption() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let awaited = signals
        Thread.detachNewThread { [self] in
            var awaited = awaited
            var signal: Int32 = 0
            while sigwait(&awaited, &signal) != 0 {}
            run()
            _exit(128 + signal)
        }
    }

    /// Starts a process that ends with this one, also where the interruption comes while it is started.
    func start(_ spawn: () throws -> pid_t) rethrows -> pid_t {
        try state.withLock { state in
            let process = try spawn()
            state.processes.insert(process)
            return process
        }
    }

    /// Whether a process has ended by itself; it is then no longer ended by this.
    func isGone(process: pid_t) -> Bool {
        guard waitpid(process, nil, WNOHANG) != 0 else { return false }
        state.withLock { _ = $0.processes.remove(process) }
        return true
    }

    /// Makes a folder that lasts as long as this process.
    func temporaryFolder() throws -> String {
        var template = Array("\(FileManager.default.temporaryDirectory.path)/extender-bench-XXXXXX".utf8CString)
        return try state.withLock { state in
            guard mkdtemp(&template) != nil else { throw BenchError("no temporary folder", errno: errno) }
            let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            state.folders.append(path)
            return path
        }
    }

    /// Ends a process and waits for it: politely, and by force after five seconds.
    func end(process: pid_t) {
        guard state.withLock({ $0.processes.remove(process) }) != nil else { return }
        kill(process, SIGTERM)
        for _ in 0..<500 {
            if waitpid(process, nil, WNOHANG) != 0 { return }
            usleep(10_000)
        }
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    /// Ends the processes, then removes the folders.
    func run() {
        for process in state.withLock({ $0.processes }) { end(process: process) }
        let folders = state.withLock { state in
            defer { state.folders = [] }
            return state.folders
        }
        for folder in folders { try? FileManager.default.removeItem(atPath: folder) }
    }
}
