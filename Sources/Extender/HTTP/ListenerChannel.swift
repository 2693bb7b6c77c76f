import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import NIOSSL

/// A connection to the extender: TLS where it is configured, a deadline for each request, then HTTP/1.1.
///
/// Hummingbird's own TLS channel fixes its certificates when it is made; this one takes the newest for each connection.
struct ListenerChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    let http: HTTP1Channel
    let tls: TLSIdentity?
    let requestTimeout: TimeAmount
    let metrics: ExtenderMetrics

    init(
        responder: @escaping HTTPChannelHandler.Responder, tls: TLSIdentity?, requestTimeout: TimeAmount,
        idleTimeout: TimeAmount, metrics: ExtenderMetrics
    ) {
        http = HTTP1Channel(
            responder: responder,
            configuration: .init(
                idleTimeout: idleTimeout,
                httpDecoderConfiguration: .init(maxHeaderListSize: 16 * 1024, maxHeaderFieldCount: 100)))
        self.tls = tls
        self.requestTimeout = requestTimeout
        self.metrics = metrics
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            // Node lists of tens of megabytes arrive in fewer reads.
            try channel.syncOptions?.setOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 16384, maximum: 1 << 20))
            let pipeline = channel.pipeline.syncOperations
            if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.context)) }
            let deadline = RequestDeadline(
                timeout: requestTimeout, startsAtOnce: tls != nil, timeouts: metrics.timeouts)
            try pipeline.addHandler(RequestDeadline.ByteWatch(deadline))
            return NIOLoopBound(deadline, eventLoop: channel.eventLoop)
        }.flatMap { deadline in
            http.setup(channel: channel, logger: logger).flatMapThrowing { value in
                // The answer's end passes Hummingbird's state handler and then this one on its way out.
                let pipeline = channel.pipeline.syncOperations
                let state = try pipeline.handler(type: HTTPConnectionStateHandler.self)
                try pipeline.addHandler(deadline.value, position: .before(state))
                return value
            }
        }
    }

    func handle(value: Value, logger: Logger) async { await http.handle(value: value, logger: logger) }
}
