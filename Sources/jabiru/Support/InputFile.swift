import SystemPackage

/// A file that a person names; `-` is the standard input, unless that makes no sense.
struct InputFile {
    /// The path, as it was given.
    let path: String
    private let allowsStandardInput: Bool

    /// Names a file.
    init(_ path: String, allowsStandardInput: Bool = true) {
        self.path = path
        self.allowsStandardInput = allowsStandardInput
    }

    /// Whether it is the standard input.
    var isStandardInput: Bool { allowsStandardInput && path == "-" }

    /// The name for messages.
    var name: String { isStandardInput ? "the standard input" : path }

    /// Reads all of it.
    ///
    /// - Parameter expected: What it should hold, such as "a topology file".
    /// - Throws: ``CommandFailure`` that says why it cannot be read.
    func read(expecting expected: String) throws -> [UInt8] {
        do {
            if isStandardInput { return try FileDescriptor.standardInput.readWhole() }
            let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            return try descriptor.closeAfter { try descriptor.readWhole() }
        } catch {
            let choice = allowsStandardInput ? ", or - for the standard input" : ""
            throw CommandFailure("cannot read \(name): \(error); name \(expected)\(choice)")
        }
    }

    /// The file's first bytes; fewer where it is shorter.
    func prefix(_ count: Int) throws(Errno) -> [UInt8] {
        do {
            let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            return try descriptor.closeAfter {
                try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                    filled = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
            }
        } catch let error as Errno {
            throw error
        } catch {
            throw .ioError
        }
    }
}
