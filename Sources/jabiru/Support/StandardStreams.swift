import Glibc
import SystemPackage

/// The standard output.
enum StandardOutput {
    /// Whether the standard output is a terminal.
    static var isTerminal: Bool { isatty(FileDescriptor.standardOutput.rawValue) == 1 }

    /// Writes all of a text.
    ///
    /// A pipe whose reader has gone is no failure: whoever reads has seen enough.
    ///
    /// - Throws: ``CommandFailure`` where it cannot be written, such as on a full disk.
    static func write(_ text: String) throws {
        do {
            try FileDescriptor.standardOutput.writeWhole(text)
        } catch Errno.brokenPipe {
            return
        } catch {
            throw CommandFailure("cannot write to the standard output: \(error); make room there, or send it elsewhere")
        }
    }
}

/// The standard error.
enum StandardError {
    /// Says something to the person who runs the program, each line with the program's name before it.
    static func say(_ text: String) {
        write(text.split(separator: "\n").map { "jabiru: \($0)\n" }.joined())
    }

    /// Writes a text as it is.
    static func write(_ text: String) {
        // Where the person cannot be told, nothing is left to be done.
        try? FileDescriptor.standardError.writeWhole(text)
    }
}

extension FileDescriptor {
    /// Writes all of a text, also where the descriptor does not block.
    fileprivate func writeWhole(_ text: String) throws {
        var text = text
        try text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                do {
                    rest = UnsafeRawBufferPointer(rebasing: rest[try write(rest)...])
                } catch Errno.resourceTemporarilyUnavailable {
                    var wait = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&wait, 1, -1)
                }
            }
        }
    }

    /// Reads up to the end.
    func readWhole() throws -> [UInt8] {
        var bytes: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = try read(into: chunk)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }
}
