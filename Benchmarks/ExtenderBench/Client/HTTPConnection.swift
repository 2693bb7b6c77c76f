import Glibc

/// A request, ready to be sent: head and body in one piece.
struct PreparedRequest: Sendable {
    let bytes: [UInt8]
    let bodyByteCount: Int

    /// A POST with the fields that kube-scheduler's client sends.
    init(path: String, host: String, body: [UInt8]) {
        let head = """
            POST \(path) HTTP/1.1\r
            Host: \(host)\r
            User-Agent: Go-http-client/1.1\r
            Content-Length: \(body.count)\r
            Content-Type: application/json\r
            Accept-Encoding: gzip\r
            \r\n
            """
        bytes = Array(head.utf8) + body
        bodyByteCount = body.count
    }

    /// A GET.
    init(get path: String, host: String) {
        bytes = Array("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n".utf8)
        bodyByteCount = 0
    }
}

/// An HTTP/1.1 connection over a blocking socket, one request at a time.
///
/// It does as little as a client can, since it shares the machine with the server that is measured: one `send` for a
/// small request, and an answer's body is counted and dropped unless it is asked for.
struct HTTPConnection: Sendable {
    private let descriptor: Int32

    /// Connects to a port of 127.0.0.1.
    ///
    /// - Throws: ``BenchError`` where nothing listens there.
    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw BenchError("no socket", errno: errno) }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = LoopbackAddress.of(port: port)
        let outcome = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard outcome == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw BenchError("no connection to port \(port)", errno: code)
        }
    }

    /// Closes the connection; it must not be used afterwards.
    func close() { Glibc.close(descriptor) }

    /// Sends a request and reads its answer to the last byte.
    ///
    /// - Parameters:
    ///   - scratch: Where the answer is read to; its old content is lost.
    ///   - body: Takes the answer's body; `nil` drops it.
    /// - Returns: The answer's status and the length of its body.
    /// - Throws: ``BenchError`` where the connection breaks or the answer has no Content-Length.
    func exchange(
        _ request: PreparedRequest, scratch: inout [UInt8], body: UnsafeMutablePointer<[UInt8]>? = nil
    ) throws -> (status: Int, length: Int) {
        try send(request.bytes)
        var filled = 0
        var head: ResponseHead?
        while head == nil {
            if filled == scratch.count { throw BenchError("the head of an answer is longer than \(filled) bytes") }
            filled += try receive(into: &scratch, from: filled)
            head = try ResponseHead(scratch[..<filled])
        }
        guard let head else { return (0, 0) }
        body?.pointee.append(contentsOf: scratch[head.byteCount..<filled])
        var left = head.contentLength - (filled - head.byteCount)
        while left > 0 {
            let count = try receive(into: &scratch, from: 0)
            body?.pointee.append(contentsOf: scratch[..<count])
            left -= count
        }
        if left < 0 { throw BenchError("an answer is longer than its Content-Length") }
        return (head.status, head.contentLength)
    }

    private func send(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.send(
                    descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw BenchError("the server stopped taking a request", errno: errno) }
                sent += count
            }
        }
    }

    private func receive(into scratch: inout [UInt8], from start: Int) throws -> Int {
        try scratch.withUnsafeMutableBytes { buffer in
            while true {
                let count = recv(descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start, 0)
                if count > 0 { return count }
                if count == 0 { throw BenchError("the server closed the connection before its answer ended") }
                if errno != EINTR { throw BenchError("no answer", errno: errno) }
            }
        }
    }
}

/// What is needed of an answer's head.
private struct ResponseHead {
    let status: Int
    let contentLength: Int
    let byteCount: Int

    /// - Returns: `nil` while the head is incomplete.
    init?(_ bytes: ArraySlice<UInt8>) throws {
        guard let end = Self.end(of: bytes) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw BenchError("an answer begins with \"\(lines.first ?? "")\", not with an HTTP/1.1 status")
        }
        let lengths = lines.dropFirst().compactMap { line -> Int? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
            return Int(parts[1].drop { $0 == " " })
        }
        guard lengths.count == 1 else { throw BenchError("an answer of status \(status) has no Content-Length") }
        self.status = status
        contentLength = lengths[0]
        byteCount = end
    }

    private static func end(of bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in bytes.startIndex...(bytes.endIndex - 4)
        where bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13 && bytes[index + 3] == 10 {
            return index + 4
        }
        return nil
    }
}
