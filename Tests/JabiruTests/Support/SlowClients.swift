import Foundation
import Glibc
import Synchronization

/// Clients that send a request a byte every so often and never come to its end.
final class SlowClients: Sendable {
    private let sockets: Mutex<[Int32]>
    private let isStopped = Mutex(false)

    init(count: Int, port: Int) {
        var sockets: [Int32] = []
        for _ in 0..<count {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if result == 0 { sockets.append(descriptor) } else { close(descriptor) }
        }
        self.sockets = Mutex(sockets)
        Thread { [self] in run() }.start()
    }

    /// How many the server has not closed.
    func openCount() -> Int { sockets.withLock { $0.count } }

    func stop() { isStopped.withLock { $0 = true } }

    private func run() {
        let text = Array("POST /filter HTTP/1.1\r\nHost: slow\r\nContent-Length: 100000\r\n\r\n".utf8)
        var position = 0
        while !isStopped.withLock({ $0 }) {
            let byte = [text[position % text.count]]
            // After the head, spaces: a body that never gets anywhere.
            let next = position < text.count ? byte : [32]
            sockets.withLock { sockets in
                sockets.removeAll { descriptor in
                    var probe: UInt8 = 0
                    let isClosed =
                        send(descriptor, next, 1, Int32(MSG_NOSIGNAL)) <= 0
                        || recv(descriptor, &probe, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)) == 0
                    if isClosed { close(descriptor) }
                    return isClosed
                }
            }
            position += 1
            usleep(30_000)
        }
        sockets.withLock { sockets in
            for descriptor in sockets { close(descriptor) }
            sockets = []
        }
    }
}
