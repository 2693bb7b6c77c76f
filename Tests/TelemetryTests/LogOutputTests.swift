import Foundation
import Synchronization
import Testing

@testable import Telemetry

struct LogOutputTests {
    private func pipe() throws -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(Foundation.pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Records far larger than what a pipe takes at once arrive whole, one after another.
    @Test(arguments: [false, true])
    func recordsOfManyThreadsStayWhole(isNonBlocking: Bool) throws {
        let (reader, writer) = try pipe()
        if isNonBlocking { try #require(fcntl(writer, F_SETFL, O_NONBLOCK) == 0) }
        let output = FileDescriptorLogOutput(writer)
        let threads = 4
        let rounds = 20
        let length = 150_000
        let letters = (0..<threads).map { UInt8(ascii: "a") + UInt8($0) }
        let receivedBytes = Mutex<[UInt8]>([])
        // The last thread reads, since nothing else empties the pipe; the last writer ends it.
        let writersLeft = Mutex(threads)
        onThreads(threads + 1) { thread in
            guard thread < threads else {
                let bytes = Self.readAll(reader)
                return receivedBytes.withLock { $0 = bytes }
            }
            for _ in 0..<rounds {
                output.write([UInt8](repeating: letters[thread], count: length) + [UInt8(ascii: "\n")])
            }
            let left = writersLeft.withLock {
                $0 -= 1
                return $0
            }
            if left == 0 { close(writer) }
        }
        close(reader)
        let lines = receivedBytes.withLock { $0 }.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == threads * rounds)
        for letter in letters {
            #expect(lines.count { $0.first == letter } == rounds)
        }
        #expect(lines.allSatisfy { line in line.count == length && line.allSatisfy { $0 == line.first } })
    }

    @Test func aClosedPipeIsNoFault() throws {
        signal(SIGPIPE, SIG_IGN)
        let (reader, writer) = try pipe()
        let output = FileDescriptorLogOutput(writer)
        output.write(Array("read\n".utf8))
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(read(reader, &buffer, buffer.count) == 5)
        close(reader)
        output.write(Array("lost\n".utf8))
        close(writer)
    }

    @Test func aFullDiskIsNoFault() throws {
        let full = open("/dev/full", O_WRONLY)
        try #require(full >= 0)
        defer { close(full) }
        FileDescriptorLogOutput(full).write(Array("lost\n".utf8))
    }

    @Test func aPipeIsNoTerminal() throws {
        let (reader, writer) = try pipe()
        defer {
            close(reader)
            close(writer)
        }
        #expect(!FileDescriptorLogOutput(writer).isTerminal)
    }
}
