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

    /// Reads a body and passes it on; its bytes count until the closure has returned.
    func withBody<Result>(
        of request: Request, _ use: (ByteBuffer) async throws -> Result
    ) async throws -> Result {
        var charged = 0
        defer { total.subtract(charged, ordering: .relaxed) }
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        if let announced, announced > limit { throw Refusal.tooLarge }
        var body = ByteBuffer()
        // A client's word for the size reserves no more than this; beyond it the buffer grows with what arrives.
        body.reserveCapacity(min(announced ?? 16384, 1 << 20))
        for try await part in request.body {
            let (_, sum) = total.add(part.readableBytes, ordering: .relaxed)
            charged += part.readableBytes
            if body.readableBytes + part.readableBytes > limit { throw Refusal.tooLarge }
            if sum > totalLimit { throw Refusal.tooMany }
            body.writeImmutableBuffer(part)
        }
        if let announced, announced != body.readableBytes { throw Refusal.incomplete }
        return try await use(body)
    }
}
