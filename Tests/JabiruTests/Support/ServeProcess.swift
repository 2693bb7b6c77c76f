import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Testing

/// `jabiru serve` as a process of its own, on a free port.
final class ServeProcess: Sendable {
    /// Where it listens.
    let address: String
    /// The process' number.
    let pid: Int32
    private let log: URL
    private let process: Process

    /// Starts a server and waits until it listens.
    ///
    /// - Throws: ``DidNotListen`` with what it said where it ended instead.
    init(_ place: Workplace, _ arguments: [String], environment: [String: String] = [:]) async throws {
        log = place.folder.appending(path: "serve-\(UUID().uuidString).log")
        try Data().write(to: log)
        process = Process()
        process.executableURL = try Workplace.executable()
        process.arguments = ["serve", "--listen", "127.0.0.1:0", "--log-format", "json"] + arguments
        process.currentDirectoryURL = place.folder
        process.environment = ["HOME": place.path("home"), "PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        pid = process.processIdentifier
        for _ in 0..<600 {
            if let line = try Self.records(log).first(where: { $0["message"] == "Listening" }) {
                address = "http://\(line["address"] ?? "")"
                return
            }
            if !process.isRunning {
                throw DidNotListen(
                    status: process.terminationStatus, said: try String(contentsOf: log, encoding: .utf8))
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        process.terminate()
        throw DidNotListen(status: -1, said: try String(contentsOf: log, encoding: .utf8))
    }

    deinit {
        if process.isRunning { kill(pid, SIGKILL) }
    }

    /// The log's records so far, each field as text.
    func records() throws -> [[String: String]] { try Self.records(log) }

    private static func records(_ log: URL) throws -> [[String: String]] {
        try String(contentsOf: log, encoding: .utf8).split(separator: "\n").compactMap { line in
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return object?.mapValues { "\($0)" }
        }
    }

    /// Waits until the log has a record.
    func waitForRecord(_ isRight: ([String: String]) -> Bool) async throws {
        for _ in 0..<400 {
            if try records().contains(where: isRight) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the server did not log what was expected: \(try String(contentsOf: log, encoding: .utf8))")
    }

    /// Sends a signal and waits for the end.
    ///
    /// - Returns: The exit status; the signal's number where that ended it.
    @discardableResult
    func end(_ signal: Int32) async throws -> Int32 {
        kill(pid, signal)
        for _ in 0..<400 where process.isRunning { try await Task.sleep(for: .milliseconds(25)) }
        #expect(!process.isRunning)
        return process.terminationStatus
    }

    /// Sends a request.
    func send(_ method: HTTPMethod, _ path: String, body: Data? = nil) async throws -> (status: Int, body: Data) {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        if let body { request.body = .bytes(ByteBuffer(data: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 256 << 20)
        return (Int(response.status.code), Data(buffer: bytes))
    }

    /// The scores of a saved request, by node.
    func scores(_ body: Data) async throws -> [String: Int] {
        let reply = try await send(.POST, "/prioritize", body: body)
        #expect(reply.status == 200)
        let list = try #require(try JSONSerialization.jsonObject(with: reply.body) as? [[String: Any]])
        return try Dictionary(
            uniqueKeysWithValues: list.map { entry in
                (try #require(entry["Host"] as? String), try #require(entry["Score"] as? Int))
            })
    }
}

/// What a server said that ended before it listened.
struct DidNotListen: Error, CustomStringConvertible {
    var status: Int32
    var said: String
    var description: String { "exit status \(status): \(said)" }
}
