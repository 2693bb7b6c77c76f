import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization

/// Reads a request's body within bounds: of one body, and of all bodies together.
final class BodyReader: Sendable {
    /// Why a body was not read.
    enum Refusal: Error {
        /// The body is larger than one may be.
        case tooLarge
        /// Too much is in memory already.
        case tooMany
        /// The client sent fewer bytes than it announced, or broke off.
        case incomplete
    }

    /// The most bytes of one body.
    let limit: Int
    private let totalLimit: Int
    private let total = Atomic<Int>(0)

    /// - Parameters:
    ///   - limit: The most bytes of one body.
    ///   - totalLimit: The most bytes of all bodies that are in memory at once.
    init(limit: Int, totalLimit: Int) {
        self.limit = limit
        self.totalLimit = max(totalLimit, limit)
    }

    /// Bytes that count against the total for as long as this lives.
    final class Charge: Sendable {
        private let reader: BodyReader
        private let bytes = Atomic<Int>(0)

        fileprivate init(_ reader: BodyReader) { self.reader = reader }

        /// - Returns: The total with these bytes.
        fileprivate func add(_ count: Int) -> Int {
            bytes.add(count, ordering: .relaxed)
            return reader.total.add(count, ordering: .relaxed).newValue
        }

        deinit { reader.total.subtract(bytes.load(ordering: .relaxed), ordering: .relaxed) }
    }

    /// The bytes of all bodies that are in memory.
    var bytesInMemory: Int { total.load(ordering: .relaxed) }

    /// Reads a body.
    ///
    /// - Returns: The body, and what has to be kept for as long as its bytes, or slices of them, are in memory.
    func read(_ request: Request) async throws -> (body: ByteBuffer, charge: Charge) {
        let charge = Charge(self)
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        if let announced, announced > limit { throw Refusal.tooLarge }
        var body = ByteBuffer()
        // A client's word for the size reserves no more than this; beyond it the buffer grows with what arrives.
        body.reserveCapacity(min(announced ?? 16384, 1 << 20))
        for try await part in request.body {
            let sum = charge.add(part.readableBytes)
            if body.readableBytes + part.readableBytes > limit { throw Refusal.tooLarge }
            if sum > totalLimit { throw Refusal.tooMany }
            body.writeImmutableBuffer(part)
        }
        if let announced, announced != body.readableBytes { throw Refusal.incomplete }
        return (body, charge)
    }
}
