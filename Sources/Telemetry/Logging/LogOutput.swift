internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Where log records go.
public protocol LogOutput: Sendable {
    /// Writes one record, which ends in a line feed, as a whole.
    ///
    /// Never throws: a log that cannot be written must not stop the program that writes it.
    func write(_ record: [UInt8])
}

/// Log records on a file descriptor, one `write(2)` each.
///
/// Unbuffered, so that the last record before a crash is not lost. Records of several threads never mix, also where
/// the system takes only a part of one at first.
public final class FileDescriptorLogOutput: LogOutput {
    /// The process' standard error.
    public static let standardError = FileDescriptorLogOutput(STDERR_FILENO)

    /// How long a descriptor that takes nothing holds up its writer, in milliseconds.
    private static let patience: Int32 = 1000

    private let descriptor: Int32
    /// Whether the last record was given up in its midst, so that the next one has to begin a new line.
    private let isTorn = Mutex(false)

    /// Writes to an open descriptor, which stays the caller's to close.
    public init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Whether the descriptor is a terminal.
    public var isTerminal: Bool {
        isatty(descriptor) == 1
    }

    /// Writes one record; what the descriptor does not take (a closed pipe, a full disk) is dropped.
    public func write(_ record: [UInt8]) {
        isTorn.withLock { isTorn in
            let bytes = isTorn ? [UInt8(ascii: "\n")] + record : record
            let written = writeAll(bytes)
            if written > 0 { isTorn = written < bytes.count }
        }
    }

    /// Writes as much as the descriptor takes, and returns how much that was.
    private func writeAll(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = sendBytes(UnsafeRawBufferPointer(rebasing: buffer[written...]))
                if count > 0 {
                    written += count
                } else if count == 0 || !shouldRetry(after: errno) {
                    break
                }
            }
            return written
        }
    }

    private func sendBytes(_ buffer: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, buffer.baseAddress, buffer.count)
        #else
            Musl.write(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    private func shouldRetry(after error: Int32) -> Bool {
        switch error {
        case EINTR: return true
        case EAGAIN:
            // Standard error may be a terminal that another program has made non-blocking.
            var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            return poll(&poller, 1, Self.patience) > 0
        default: return false
        }
    }
}
