import Synchronization

@testable import Telemetry

/// Log records kept for a test, each as it was written.
final class RecordedOutput: LogOutput {
    private let state = Mutex<[[UInt8]]>([])

    func write(_ record: [UInt8]) {
        state.withLock { $0.append(record) }
    }

    /// The records as text, line feeds and all.
    var lines: [String] {
        state.withLock { $0.map { String(decoding: $0, as: UTF8.self) } }
    }

    /// The records' bytes.
    var records: [[UInt8]] {
        state.withLock { $0 }
    }
}

extension LogClock {
    /// 2026-11-21T03:10:18.250Z, in a zone an hour ahead of UTC.
    static let fixed = LogClock(now: { 1_795_230_618_250 }, utcOffset: { _ in 3600 })
}
