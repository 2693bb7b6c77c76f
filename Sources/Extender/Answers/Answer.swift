import NIOCore

/// A response's status and body.
struct Answer: Sendable {
    /// The parts of the body, to be sent one after the other; slices of the request where nodes are copied.
    var parts: [ByteBuffer]
    var status: Int = 200
    var contentType = "application/json"
    /// Counts the request's bytes until the answer, which may hold slices of them, is sent.
    var charge: BodyReader.Charge?

    init(_ body: ByteBuffer) { parts = [body] }

    init(parts: [ByteBuffer]) { self.parts = parts }

    /// A sentence for a person.
    init(status: Int, sentence: String) {
        parts = [ByteBuffer(string: sentence + "\n")]
        self.status = status
        contentType = "text/plain; charset=utf-8"
    }

    /// A text of some type.
    init(text: String, contentType: String) {
        parts = [ByteBuffer(string: text)]
        self.contentType = contentType
    }

    var byteCount: Int { parts.reduce(0) { $0 + $1.readableBytes } }
}

/// Writes an answer's bytes into memory of known size, without a call into the buffer for each piece.
///
/// The callers give an upper bound of what they write; writing beyond it is a trap, not an overflow.
struct AnswerWriter: ~Copyable {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    private init(_ memory: UnsafeMutableRawBufferPointer) { self.memory = memory }

    /// A buffer of at most some bytes that a closure writes.
    static func buffer(upTo bound: Int, _ write: (inout AnswerWriter) -> Void) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: bound)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { memory in
            var writer = AnswerWriter(memory)
            write(&writer)
            return writer.count
        }
        return buffer
    }

    @inline(__always)
    mutating func write(_ text: StaticString) {
        precondition(count + text.utf8CodeUnitCount <= memory.count)
        text.withUTF8Buffer { bytes in
            guard let start = bytes.baseAddress else { return }
            memory.baseAddress?.advanced(by: count).copyMemory(from: start, byteCount: bytes.count)
        }
        count += text.utf8CodeUnitCount
    }

    @inline(__always)
    mutating func write(_ bytes: RawSpan, _ range: Range<Int>) {
        precondition(count + range.count <= memory.count)
        bytes.extracting(range).withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            memory.baseAddress?.advanced(by: count).copyMemory(from: start, byteCount: source.count)
        }
        count += range.count
    }

    @inline(__always)
    mutating func write(byte: UInt8) {
        memory[count] = byte
        count += 1
    }

    /// Writes a number from 0 to 99.
    @inline(__always)
    mutating func write(small number: UInt8) {
        if number >= 10 { write(byte: UInt8(ascii: "0") + number / 10) }
        write(byte: UInt8(ascii: "0") + number % 10)
    }

    mutating func write(_ number: Int64) {
        for byte in String(number).utf8 { write(byte: byte) }
    }
}
