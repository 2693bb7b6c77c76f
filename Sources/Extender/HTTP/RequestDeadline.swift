import Metrics
import NIOCore
import NIOHTTPTypes

/// Closes connections whose request does not arrive, or whose answer is not taken, within a time.
///
/// An idle time-out alone does not help against a client that sends a byte a second. The clock starts with the first
/// byte of a request and stops when its answer is written out. Bytes are seen by ``ByteWatch`` below the HTTP decoder,
/// because a head that never ends is never a message.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart

    /// Sees the bytes before they are decoded.
    final class ByteWatch: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = ByteBuffer

        private let deadline: RequestDeadline

        init(_ deadline: RequestDeadline) { self.deadline = deadline }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            deadline.start(context)
            context.fireChannelRead(data)
        }
    }

    private let timeout: TimeAmount
    private let timeouts: Counter
    private var timer: Scheduled<Void>?

    init(timeout: TimeAmount, timeouts: Counter) {
        self.timeout = timeout
        self.timeouts = timeouts
    }

    private func start(_ context: ChannelHandlerContext) {
        guard timer == nil else { return }
        let channel = context.channel
        let timeouts = timeouts
        timer = context.eventLoop.scheduleTask(in: timeout) {
            timeouts.increment()
            channel.close(promise: nil)
        }
    }

    private func stop() {
        timer?.cancel()
        timer = nil
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        let written = promise ?? context.eventLoop.makePromise()
        written.futureResult.assumeIsolated().whenComplete { _ in self.stop() }
        context.write(data, promise: written)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }
}
