import AsyncHTTPClient
import Foundation
import Logging
import Metrics
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

@testable import Extender

/// TLS and mutual TLS with real certificates and a real client.
@Suite struct TLSTests {
    /// A folder with the server's files.
    struct Folder: Sendable {
        let url: URL

        init() throws {
            url = FileManager.default.temporaryDirectory.appending(path: "jabiru-tls-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }

        func write(_ identity: TestAuthority.Identity) throws {
            try identity.certificate.write(to: url.appending(path: "tls.crt"), atomically: true, encoding: .utf8)
            try identity.key.write(to: url.appending(path: "tls.key"), atomically: true, encoding: .utf8)
        }

        func write(authority: TestAuthority) throws {
            try authority.pem().write(to: url.appending(path: "ca.crt"), atomically: true, encoding: .utf8)
        }

        func files(mutual: Bool = false) -> TLSIdentity.Files {
            TLSIdentity.Files(
                certificate: url.appending(path: "tls.crt").path, key: url.appending(path: "tls.key").path,
                clientAuthority: mutual ? url.appending(path: "ca.crt").path : nil)
        }

        func remove() { try? FileManager.default.removeItem(at: url) }
    }

    /// The status of GET /healthz for a client that trusts an authority; an error where no connection comes about.
    private func status(
        _ server: TestServer, trusting authority: TestAuthority, as client: TestAuthority.Identity? = nil
    ) async throws -> Int {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates([
            try NIOSSLCertificate(bytes: Array(authority.pem().utf8), format: .pem)
        ])
        if let client {
            tls.certificateChain = [
                .certificate(try NIOSSLCertificate(bytes: Array(client.certificate.utf8), format: .pem))
            ]
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(client.key.utf8), format: .pem))
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let request = HTTPClientRequest(url: "https://127.0.0.1:\(server.port)/healthz")
            let status = try await http.execute(request, timeout: .seconds(10)).status.code
            try await http.shutdown()
            return Int(status)
        } catch {
            try await http.shutdown()
            throw error
        }
    }

    @Test func servesOverTLS() async throws {
        let authority = try TestAuthority()
        let stranger = try TestAuthority("Somebody else")
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(authority.issue("server"))
        try await TestServer.run(ThreeZones.topology(), tls: folder.files()) { server in
            let trusted = try await status(server, trusting: authority)
            #expect(trusted == 200)
            await #expect(throws: (any Error).self) { try await status(server, trusting: stranger) }
        }
    }

    @Test func mutualTLSAdmitsOnlyItsAuthoritysClients() async throws {
        let authority = try TestAuthority()
        let stranger = try TestAuthority("Somebody else")
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(authority.issue("server"))
        try folder.write(authority: authority)
        let friend = try authority.issue("kube-scheduler")
        let foe = try stranger.issue("kube-scheduler")
        try await TestServer.run(ThreeZones.topology(), tls: folder.files(mutual: true)) { server in
            let admitted = try await status(server, trusting: authority, as: friend)
            #expect(admitted == 200)
            await #expect(throws: (any Error).self) { try await status(server, trusting: authority, as: foe) }
            await #expect(throws: (any Error).self) { try await status(server, trusting: authority) }
        }
    }

    @Test func aHandshakeThatDoesNotEndIsClosed() async throws {
        let authority = try TestAuthority()
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(authority.issue("server"))
        try await TestServer.run(
            ThreeZones.topology(), tls: folder.files(), configure: { $0.requestTimeout = .seconds(2) }
        ) { server in
            try await onThread {
                // The first bytes of a TLS record that announces more.
                let connection = try RawConnection(port: server.port)
                try connection.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
                #expect(connection.isClosedByServer())
            }
            let other = try await status(server, trusting: authority)
            #expect(other == 200)
        }
    }

    @Test func aMissingFileIsSaidOnce() async throws {
        let authority = try TestAuthority()
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(authority.issue("server"))
        let records = RecordedLog()
        let tls = try TLSIdentity(
            files: folder.files(), metrics: ExtenderMetrics(factory: NOOPMetricsHandler.instance),
            logger: Logger(label: "test") { _ in records })
        try FileManager.default.removeItem(at: folder.url.appending(path: "tls.key"))
        for _ in 0..<5 { #expect(!tls.reloadIfChanged()) }
        #expect(records.messages.count == 1)
        // A person who asks is told again.
        #expect(!tls.reloadIfChanged(isAsked: true))
        #expect(records.messages.count == 2)
    }

    @Test func changedFilesAreTakenForNewConnections() async throws {
        let old = try TestAuthority("Old")
        let new = try TestAuthority("New")
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(old.issue("server"))
        try folder.write(authority: old)
        let oldClient = try old.issue("client")
        let newClient = try new.issue("client")
        let replacement = try new.issue("server")
        try await TestServer.run(ThreeZones.topology(), tls: folder.files(mutual: true)) { server in
            let tls = try #require(server.tls)
            let before = try await status(server, trusting: old, as: oldClient)
            #expect(before == 200)
            #expect(!tls.reloadIfChanged())
            try folder.write(replacement)
            try folder.write(authority: new)
            #expect(tls.reloadIfChanged())
            let after = try await status(server, trusting: new, as: newClient)
            #expect(after == 200)
            await #expect(throws: (any Error).self) { try await status(server, trusting: old, as: oldClient) }
        }
    }

    @Test func filesThatDoNotFitAreRefusedAndTheOldOnesStay() async throws {
        let authority = try TestAuthority()
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(authority.issue("server"))
        let other = try authority.issue("other")
        let records = RecordedLog()
        try await TestServer.run(
            ThreeZones.topology(), tls: folder.files(), logger: Logger(label: "test") { _ in records }
        ) { server in
            let tls = try #require(server.tls)
            // The certificate is replaced, its key not yet.
            try other.certificate.write(
                to: folder.url.appending(path: "tls.crt"), atomically: true, encoding: .utf8)
            #expect(!tls.reloadIfChanged())
            #expect(!tls.reloadIfChanged())
            let during = try await status(server, trusting: authority)
            #expect(during == 200)
            try other.key.write(to: folder.url.appending(path: "tls.key"), atomically: true, encoding: .utf8)
            #expect(tls.reloadIfChanged())
            let after = try await status(server, trusting: authority)
            #expect(after == 200)
        }
        #expect(records.messages.count { $0.contains("not reloaded") } == 1)
    }

    @Test(arguments: [
        ("tls.crt", nil, "cannot be read"), ("tls.crt", "no certificate", "holds no certificate"),
        ("tls.key", "no key", "holds no private key"), ("ca.crt", "nothing", "holds no certificate"),
    ])
    func eachBadFileIsNamed(_ name: String, _ content: String?, _ sentence: String) throws {
        let authority = try TestAuthority()
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(authority.issue("server"))
        try folder.write(authority: authority)
        let file = folder.url.appending(path: name)
        if let content {
            try content.write(to: file, atomically: true, encoding: .utf8)
        } else {
            try FileManager.default.removeItem(at: file)
        }
        let metrics = ExtenderMetrics(factory: NOOPMetricsHandler.instance)
        let error = #expect(throws: TLSError.self) {
            try TLSIdentity(files: folder.files(mutual: true), metrics: metrics, logger: Logger(label: "test"))
        }
        let message = error?.description ?? ""
        #expect(message.contains(file.path))
        #expect(message.contains(sentence))
    }
}
