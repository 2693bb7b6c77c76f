import Foundation
public import Logging
import Metrics
import NIOSSL
public import ServiceLifecycle
import Synchronization

/// The server's certificate and key, and who may connect, from files that may change.
///
/// The files are read anew when they change; a set that does not fit together is refused, said once, and the old one
/// stays in use. New connections get the new set.
public final class TLSIdentity: Sendable {
    /// Where the PEM files are.
    public struct Files: Hashable, Sendable {
        /// The server's certificate, with its chain.
        public var certificate: String
        /// The certificate's private key.
        public var key: String
        /// The authorities whose clients may connect; `nil` asks for no client certificate.
        public var clientAuthority: String?

        /// Makes a set of files.
        public init(certificate: String, key: String, clientAuthority: String? = nil) {
            self.certificate = certificate
            self.key = key
            self.clientAuthority = clientAuthority
        }
    }

    private struct State {
        var context: NIOSSLContext
        var contents: [Data]
        var refused: [Data]?
        /// The last failure that was said.
        var said: String?
    }

    private let files: Files
    private let state: Mutex<State>
    private let logger: Logger
    private let metrics: ExtenderMetrics

    /// Reads the files.
    ///
    /// - Throws: ``TLSError`` that names the file that cannot be used.
    public init(files: Files, metrics: ExtenderMetrics, logger: Logger) throws(TLSError) {
        self.files = files
        self.metrics = metrics
        self.logger = logger
        let contents = try Self.read(files)
        state = Mutex(State(context: try Self.makeContext(files, contents), contents: contents))
    }

    /// The newest set, for a new connection.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// Reads the files again if they have changed.
    ///
    /// - Parameter isAsked: Whether a person asks, who is told again what was told before.
    /// - Returns: Whether a new set is in use.
    @discardableResult
    public func reloadIfChanged(isAsked: Bool = false) -> Bool {
        do {
            let contents = try Self.read(files)
            let (isCurrent, isRefused) = state.withLock { ($0.contents == contents, $0.refused == contents) }
            if isCurrent {
                state.withLock { $0.said = nil }
                return false
            }
            if isRefused && !isAsked { return false }
            do {
                let context = try Self.makeContext(files, contents)
                state.withLock { $0 = State(context: context, contents: contents) }
                metrics.tlsReloads.increment()
                logger.info("TLS files reloaded")
                return true
            } catch {
                // A certificate and its key are seldom replaced in one instant; the next look may find both.
                state.withLock { $0.refused = contents }
                throw error
            }
        } catch {
            let message = "\(error)"
            let isNew = state.withLock { state in
                defer { state.said = message }
                return state.said != message
            }
            guard isNew || isAsked else { return false }
            metrics.tlsReloadFailures.increment()
            logger.warning("TLS files not reloaded, the old ones stay in use", metadata: ["error": "\(message)"])
            return false
        }
    }

    private static func read(_ files: Files) throws(TLSError) -> [Data] {
        var contents: [Data] = []
        for path in [files.certificate, files.key, files.clientAuthority].compactMap({ $0 }) {
            do {
                contents.append(try Data(contentsOf: URL(filePath: path)))
            } catch {
                throw TLSError("the TLS file \(path) cannot be read: check the path and its permissions")
            }
        }
        return contents
    }

    private static func makeContext(_ files: Files, _ contents: [Data]) throws(TLSError) -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(Array(contents[0]))
        } catch {
            throw TLSError("the TLS file \(files.certificate) holds no certificate in PEM form")
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(bytes: Array(contents[1]), format: .pem)
        } catch {
            throw TLSError("the TLS file \(files.key) holds no private key in PEM form without a passphrase")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        // Hummingbird's HTTP/1.1 is what kube-scheduler gets; without this its client would offer HTTP/2 as well.
        configuration.applicationProtocols = ["http/1.1"]
        if let authority = files.clientAuthority {
            do {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(contents[2])))
            } catch {
                throw TLSError("the TLS file \(authority) holds no certificate in PEM form")
            }
            configuration.certificateVerification = .noHostnameVerification
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSError("the certificate in \(files.certificate) and the key in \(files.key) do not fit together")
        }
    }
}

/// Why TLS files cannot be used.
public struct TLSError: Error, Hashable, CustomStringConvertible {
    /// The sentence for a person.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Looks for changed TLS files again and again.
public struct TLSReloader: Service {
    let identity: TLSIdentity
    let interval: Duration

    /// Makes a reloader.
    public init(identity: TLSIdentity, interval: Duration = .seconds(5)) {
        self.identity = identity
        self.interval = interval
    }

    /// Looks until the service group shuts down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: interval)
                identity.reloadIfChanged()
            }
        }
    }
}
