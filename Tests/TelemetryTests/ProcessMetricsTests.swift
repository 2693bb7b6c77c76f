import Foundation
import Testing

@testable import Telemetry

struct ProcessMetricsTests {
    /// A `/proc` laid out in a temporary directory.
    private func withDirectory(_ files: [String: String], _ body: (String) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("proc-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, content) in files {
            let file = root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content.utf8).write(to: file)
        }
        try body(root.path)
    }

    private func metrics(of directory: String) throws -> ExpositionParser {
        let registry = PrometheusRegistry()
        ProcessMetrics(directory: directory, ticksPerSecond: 100, pageSize: 4096).register(in: registry)
        return try ExpositionParser(registry.render())
    }

    @Test func figuresOfAProcess() throws {
        let files = [
            // The name is one that a naive split on spaces or on the first parenthesis reads wrongly.
            "self/stat": "42 (a) R (b c) S 1 42 42 0 -1 4194560 900 0 3 0 250 75 0 0 20 0 9 0 12345 104857600 2560 "
                + "18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0\n",
            "stat": "cpu  1 2 3\nintr 99 0\nbtime 1700000000\nprocesses 7\n",
            "self/limits": "Limit                     Soft Limit           Hard Limit           Units     \n"
                + "Max processes             100                  200                  processes \n"
                + "Max open files            1024                 524288               files     \n",
            "self/fd/0": "", "self/fd/1": "", "self/fd/7": "",
        ]
        try withDirectory(files) { directory in
            let metrics = try metrics(of: directory)
            #expect(metrics.value("process_cpu_seconds_total") == 3.25)
            #expect(metrics.families["process_cpu_seconds_total"]?.type == "counter")
            #expect(metrics.value("process_resident_memory_bytes") == 10_485_760)
            #expect(metrics.value("process_virtual_memory_bytes") == 104_857_600)
            #expect(metrics.value("process_start_time_seconds") == 1_700_000_123.45)
            #expect(metrics.value("process_open_fds") == 3)
            #expect(metrics.value("process_max_fds") == 1024)
        }
    }

    @Test(arguments: ["", "42 (name", "42 (name) S 1 2", "42 (name) S 1 x y"])
    func whatCannotBeReadIsLeftOut(stat: String) throws {
        let limits = "Max open files            unlimited            unlimited            files\n"
        try withDirectory(["self/stat": stat, "self/limits": limits]) { directory in
            let metrics = try metrics(of: directory)
            #expect(metrics.order == ["jabiru_metric_conflicts_total", "process_max_fds"])
            #expect(metrics.value("process_max_fds") == .infinity)
        }
    }

    #if os(Linux)
        @Test func thisProcess() throws {
            let registry = PrometheusRegistry()
            ProcessMetrics().register(in: registry)
            let metrics = try ExpositionParser(registry.render())
            #expect(try #require(metrics.value("process_resident_memory_bytes")) > 1_000_000)
            #expect(
                try #require(metrics.value("process_virtual_memory_bytes"))
                    > #require(metrics.value("process_resident_memory_bytes")))
            #expect(try #require(metrics.value("process_cpu_seconds_total")) > 0)
            #expect(try #require(metrics.value("process_open_fds")) >= 3)
            #expect(try #require(metrics.value("process_max_fds")) >= 3)
            let start = try #require(metrics.value("process_start_time_seconds"))
            #expect(abs(start - Date().timeIntervalSince1970) < 24 * 3600)
        }
    #endif
}
