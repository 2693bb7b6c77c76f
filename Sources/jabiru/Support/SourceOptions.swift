import ArgumentParser
import Topology

/// How a server is asked.
struct ServerAccess: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Authorities that may have signed the server's certificate, in PEM form. (default: the system's)",
            valueName: "file"),
        completion: .file())
    var ca: String?

    @Option(
        help: ArgumentHelp(
            "Certificate to show to the server, in PEM form; needs --key. (default: none)", valueName: "file"),
        completion: .file())
    var cert: String?

    @Option(
        help: ArgumentHelp("The certificate's private key, in PEM form. (default: none)", valueName: "file"),
        completion: .file())
    var key: String?

    @Option(
        help: ArgumentHelp("How long the server may take to answer, such as 10s or 500ms.", valueName: "duration"))
    var timeout = DurationArgument(.seconds(10))

    func validate() throws {
        if (cert == nil) != (key == nil) {
            throw ValidationError(cert == nil ? "--key needs --cert" : "--cert needs --key")
        }
    }

    /// A client for an address.
    ///
    /// - Parameter origin: Where the address comes from, such as `--server`, for messages.
    func client(_ text: String, origin: String) throws -> ServerClient {
        guard let address = ServerAddress(text) else {
            throw ValidationError("\(origin) is \"\(text)\": expected \(ServerAddress.expected)")
        }
        let files = ServerClient.TLSFiles(authorities: ca, certificate: cert, key: key)
        if !address.isSecure, !files.isEmpty {
            throw ValidationError("--ca, --cert and --key need an https address, \(origin) is \"\(text)\"")
        }
        return ServerClient(address: address, files: files, timeout: timeout.value)
    }
}

/// Where a topology is read from: a server, or the cache.
struct SourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Server to ask. (default: \(DefaultPaths.serverDescription); where nothing listens there, the cache is read)
            """, valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp("Cache file to read. (default: \(DefaultPaths.cacheDescription))", valueName: "file"),
        completion: .file())
    var cache: String?

    @OptionGroup var access: ServerAccess

    func validate() throws {
        if server != nil, cache != nil { throw ValidationError("--server and --cache exclude each other") }
        if let server { _ = try access.client(server, origin: "--server") }
    }

    /// Whether a person said where to read from.
    var isNamed: Bool { server != nil || cache != nil }

    /// Asks the server or reads the cache, as a person said.
    ///
    /// Where nobody said, the default server is asked, and the default cache read if nothing listens there: then the
    /// standard error says so.
    func read<Value>(
        server ask: (ServerClient) async throws -> Value, cache read: (_ path: String) throws -> Value
    ) async throws -> Value {
        if let cache { return try read(cache) }
        if let server { return try await ask(try access.client(server, origin: "--server")) }
        let client = try access.client(DefaultPaths.server(), origin: "JABIRU_SERVER")
        do {
            return try await ask(client)
        } catch let failure as CommandFailure where failure.code == .nothingListens {
            return try fallBack(from: client, to: DefaultPaths.cache(), read)
        }
    }

    private func fallBack<Value>(
        from client: ServerClient, to cache: String, _ read: (String) throws -> Value
    ) throws -> Value {
        let value: Value
        do {
            value = try read(cache)
        } catch let error as CacheError where error.code == .missing {
            throw CommandFailure(
                """
                nothing listens at \(client.address), and there is no cache at \(cache): start jabiru serve, or name \
                another --server or --cache
                """)
        }
        StandardError.say("nothing listens at \(client.address), so this is from the cache \(cache)")
        return value
    }
}
