import Foundation
import Glibc
import Synchronization

/// A server on the loopback that answers every request alike, or not at all.
final class CannedServer: Sendable {
    private let listener: Int32
    private let received = Mutex<[UInt8]>([])
    /// Where it listens.
    let address: String

    /// - Parameter answer: The status and the body; `nil` takes connections and stays silent.
    init(answer: (status: Int, body: String)?) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard listener >= 0, status else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        address = "http://127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
        if let answer {
            Thread { [self] in serve(answer) }.start()
        }
    }

    /// Stops listening.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// What was asked, up to the end of the first read.
    var request: String { received.withLock { String(decoding: $0, as: UTF8.self) } }

    private func serve(_ answer: (status: Int, body: String)) {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = read(connection, &buffer, buffer.count)
            received.withLock { $0 = Array(buffer.prefix(max(count, 0))) }
            let head = "HTTP/1.1 \(answer.status) Canned\r\nContent-Length: \(answer.body.utf8.count)\r\n\r\n"
            _ = Array((head + answer.body).utf8).withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
            close(connection)
        }
    }
}
