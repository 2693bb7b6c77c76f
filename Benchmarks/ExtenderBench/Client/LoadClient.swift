import Foundation
import Synchronization

/// Sends one series' requests to one server, over connections that stay open from block to block.
struct LoadClient: Sendable {
    /// What one block of requests took.
    struct Block: Sendable {
        /// Nanoseconds of each request, from its first byte sent to the last byte of its answer.
        var durations: [Int64] = []
        /// Nanoseconds from the first request's start to the last one's end.
        var elapsed: Int64 = 0
    }

    private final class Collected: Sendable {
        let progress = Mutex<(block: Block, failure: (any Error)?)>((Block(), nil))
    }

    private let connections: [HTTPConnection]
    private let requests: [PreparedRequest]
    private let answerLengths: [Int]
    private var sent = 0

    /// Opens the connections and has one answer to each of the requests checked.
    ///
    /// - Parameter check: Is given the request's place and the answer's body; throws where the answer is wrong.
    init(
        port: UInt16, connections count: Int, requests: [PreparedRequest], check: (Int, [UInt8]) throws -> Void
    ) throws {
        self.requests = requests
        connections = try (0..<count).map { _ in try HTTPConnection(port: port) }
        var scratch = Self.scratch()
        var lengths: [Int] = []
        for place in requests.indices {
            var body: [UInt8] = []
            let answer = try connections[place % count].exchange(requests[place], scratch: &scratch, body: &body)
            guard answer.status == 200 else {
                throw BenchError("status \(answer.status): \(String(decoding: body.prefix(200), as: UTF8.self))")
            }
            try check(place, body)
            lengths.append(answer.length)
        }
        answerLengths = lengths
    }

    func close() {
        for connection in connections { connection.close() }
    }

    /// Sends some requests, shared out among the connections, each of which waits for one answer before its next request.
    ///
    /// - Throws: ``BenchError`` where an answer's status is not 200 or its length is not that of the checked one.
    mutating func run(_ count: Int) throws -> Block {
        let first = sent
        sent += count
        let client = self
        let collected = Collected()
        let elapsed = Threads.run(connections.count) { thread in
            do {
                let durations = try client.work(thread, first: first, count: count)
                collected.progress.withLock { $0.block.durations += durations }
            } catch {
                collected.progress.withLock { $0.failure = error }
            }
        }
        return try collected.progress.withLock { progress in
            if let failure = progress.failure { throw failure }
            progress.block.elapsed = elapsed
            return progress.block
        }
    }

    private func work(_ thread: Int, first: Int, count: Int) throws -> [Int64] {
        var scratch = Self.scratch()
        var durations: [Int64] = []
        durations.reserveCapacity(count / connections.count + 1)
        for number in stride(from: first + thread, to: first + count, by: connections.count) {
            let place = number % requests.count
            let start = monotonicNanoseconds()
            let answer = try connections[thread].exchange(requests[place], scratch: &scratch)
            durations.append(monotonicNanoseconds() - start)
            guard answer.status == 200, answer.length == answerLengths[place] else {
                throw BenchError(
                    "an answer has status \(answer.status) and \(answer.length) bytes; the same request was answered "
                        + "with \(answerLengths[place]) bytes before")
            }
        }
        return durations
    }

    private static func scratch() -> [UInt8] { [UInt8](repeating: 0, count: 256 * 1024) }
}
