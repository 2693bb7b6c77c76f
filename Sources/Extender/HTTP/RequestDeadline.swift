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
    typealias InboundOut = HTTPRequestPart
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
    private let startsAtOnce: Bool
    private var timer: Scheduled<Void>?
    /// Requests whose head, requests whose end, and answers whose end have passed.
    private var begun = 0
    private var received = 0
    private var answered = 0

    /// - Parameter startsAtOnce: Whether the clock starts with the connection, so that a TLS handshake counts as part of
    ///   the first request.
    init(timeout: TimeAmount, startsAtOnce: Bool, timeouts: Counter) {
        self.timeout = timeout
        self.startsAtOnce = startsAtOnce
        self.timeouts = timeouts
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if startsAtOnce { start(context) }
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

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: begun += 1
        case .body: break
        case .end:
            received += 1
            // Its answer went out before its body had come, as for a body that is too large.
            if answered >= received { stop() }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        let written = promise ?? context.eventLoop.makePromise()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.futureResult.assumeIsolated().whenComplete { _ in self.answerIsWritten(bound.value) }
        context.write(data, promise: written)
    }

    private func answerIsWritten(_ context: ChannelHandlerContext) {
        answered += 1
        // The rest of a request that was answered early still has to come within its time.
        guard answered <= received else { return }
        stop()
        // Another request is on its way already, and its time starts now.
        if begun > answered { start(context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }
}
