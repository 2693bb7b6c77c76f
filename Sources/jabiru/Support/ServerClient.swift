import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Placement
import SystemPackage
import Topology

/// Asks a running `jabiru serve`.
struct ServerClient {
    /// Where it is.
    let address: ServerAddress
    private let files: TLSFiles
    private let timeout: Duration

    /// Files in PEM form for TLS.
    struct TLSFiles {
        /// The authorities that may have signed the server's certificate; `nil` takes the system's.
        var authorities: String?
        /// The client's certificate with its chain.
        var certificate: String?
        /// The certificate's private key.
        var key: String?

        /// Whether any is named.
        var isEmpty: Bool { authorities == nil && certificate == nil && key == nil }
    }

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - address: Where the server is.
    ///   - files: For TLS; not read before the first request.
    ///   - timeout: How long the server may take to answer.
    init(address: ServerAddress, files: TLSFiles, timeout: Duration) {
        self.address = address
        self.files = files
        self.timeout = timeout
    }

    /// The topology that the server has.
    func topology() async throws -> ClusterTopology {
        let path = "/v1/topology"
        let body = try await answer(HTTPClientRequest(url: address.text + path), path: path)
        return try TopologyFile.parse(bytes: body, name: address.text + path)
    }

    /// Why a pod is placed where it is.
    func explain(pod: ObjectKey) async throws -> Explanation {
        var query = URLComponents()
        query.queryItems = [
            URLQueryItem(name: "namespace", value: pod.namespace), URLQueryItem(name: "pod", value: pod.name),
        ]
        let path = "/v1/explain"
        let request = HTTPClientRequest(url: "\(address)\(path)?\(query.percentEncodedQuery ?? "")")
        return try explanation(try await answer(request, path: path))
    }

    /// The same for the body of a request of kube-scheduler.
    func explain(body: [UInt8]) async throws -> Explanation {
        let path = "/v1/explain"
        var request = HTTPClientRequest(url: address.text + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body))
        return try explanation(try await answer(request, path: path))
    }

    private func explanation(_ body: [UInt8]) throws -> Explanation {
        do {
            return try JSONDecoder().decode(Explanation.self, from: Data(body))
        } catch {
            throw CommandFailure(
                "the explanation of the server at \(address) cannot be read: use the server's version of jabiru")
        }
    }

    // MARK: - HTTP

    private func answer(_ request: HTTPClientRequest, path: String) async throws -> [UInt8] {
        let client = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: try configuration())
        let result: Result<(status: Int, body: [UInt8]), any Error>
        do {
            let response = try await client.execute(request, timeout: TimeAmount(timeout))
            let body = try await response.body.collect(upTo: 1 << 30)
            result = .success((Int(response.status.code), Array(body.readableBytesView)))
        } catch {
            result = .failure(error)
        }
        try? await client.shutdown()
        let answer: (status: Int, body: [UInt8])
        do {
            answer = try result.get()
        } catch {
            throw failure(error)
        }
        if answer.status == 200 { return answer.body }
        let sentence = Self.firstLine(of: answer.body)
        throw CommandFailure(
            "the server at \(address) answered \(answer.status) to \(path)"
                + (sentence.isEmpty ? ": check that it is a jabiru server" : ": \(sentence)"))
    }

    private func configuration() throws -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(timeout), read: TimeAmount(timeout)))
        configuration.httpVersion = .http1Only
        // Whether somebody listens is to be known at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        if address.isSecure { configuration.tlsConfiguration = try tls() }
        return configuration
    }

    private func tls() throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = files.authorities {
            tls.trustRoots = .certificates(try Self.certificates(file, for: "--ca"))
        }
        if let file = files.certificate {
            tls.certificateChain = try Self.certificates(file, for: "--cert").map { .certificate($0) }
        }
        if let file = files.key {
            let bytes = try InputFile(file, allowsStandardInput: false).read(
                expecting: "a private key in PEM form with --key")
            do {
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: bytes, format: .pem))
            } catch {
                throw CommandFailure(
                    "\(file) holds no private key in PEM form without a passphrase: name one with --key")
            }
        }
        return tls
    }

    private static func certificates(_ file: String, for flag: String) throws -> [NIOSSLCertificate] {
        let bytes = try InputFile(file, allowsStandardInput: false).read(
            expecting: "certificates in PEM form with \(flag)")
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
            if !certificates.isEmpty { return certificates }
        } catch {
            // The same sentence serves for both.
        }
        throw CommandFailure("\(file) holds no certificates in PEM form: name a file that does with \(flag)")
    }

    /// The first line of an answer, as far as it can be shown on a terminal.
    private static func firstLine(of body: [UInt8]) -> String {
        let line = String(decoding: body.prefix(1000), as: UTF8.self).prefix { !$0.isNewline }
        return String(String(line).printable.prefix(300))
    }

    private func failure(_ error: any Error) -> CommandFailure {
        switch error {
        case let error as HTTPClientError:
            return failure(error)
        case let error as NIOConnectionError where !error.connectionErrors.isEmpty:
            return failure(error.connectionErrors.map(\.error))
        case let error as NIOConnectionError:
            return CommandFailure("the host \(error.host) is not known: check the address \(address)")
        case is IOError:
            return failure([error])
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            return failure(tls: "\(error)")
        default:
            return CommandFailure("the server at \(address) cannot be asked (\(error)): check the address")
        }
    }

    /// - Parameter error: The text of BoringSSL's error, which has the reason between the library's name and a place in
    ///   its source: `…OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at …`.
    private func failure(tls error: String) -> CommandFailure {
        let reason = error.firstRange(of: "OPENSSL_internal:").map { error[$0.upperBound...].prefix { $0 != " " } }
        if reason == "CERTIFICATE_VERIFY_FAILED" {
            return CommandFailure(
                "the certificate of the server at \(address) is not trusted: name the authority that signed it with --ca"
            )
        }
        if error.contains("failedToValidateHostname") {
            return CommandFailure(
                "the certificate of the server at \(address) is for another name: ask the server by the name in it")
        }
        return CommandFailure(
            """
            TLS with the server at \(address) failed (\(reason ?? error[...])): check that it speaks https, and --cert \
            and --key
            """)
    }

    private func failure(_ error: HTTPClientError) -> CommandFailure {
        switch error {
        case .deadlineExceeded, .connectTimeout, .readTimeout, .tlsHandshakeTimeout:
            CommandFailure(
                """
                the server at \(address) did not answer within \(timeout.goText): try again, or give it more time with \
                --timeout
                """)
        case .remoteConnectionClosed:
            CommandFailure(
                "the server at \(address) closed the connection without an answer: "
                    + (address.isSecure ? "check that it speaks https" : "it may want https"))
        default:
            CommandFailure("the server at \(address) cannot be asked (\(error)): check the address")
        }
    }

    /// The failure to connect to any of the addresses that a host has.
    private func failure(_ errors: [any Error]) -> CommandFailure {
        let reasons = errors.compactMap { ($0 as? IOError)?.errnoCode }
        if !reasons.isEmpty, reasons.allSatisfy({ Errno(rawValue: $0) == .connectionRefused }) {
            return CommandFailure(
                "nothing listens at \(address): start jabiru serve, or name another address with --server",
                code: .nothingListens)
        }
        let reason = reasons.first.map { "\(Errno(rawValue: $0))" } ?? errors.first.map { "\($0)" } ?? "no address"
        return CommandFailure("the server at \(address) cannot be reached (\(reason)): check the address")
    }
}
