import Foundation
import Logging
import Synchronization
import Testing
import Topology

@testable import Extender

/// How the server speaks HTTP, over real sockets.
@Suite struct ProtocolTests {
    static let filter = Result { try ThreeZones.recording("extender-names/filter-pg-0") }

    @Test func manyRequestsUseOneConnection() async throws {
        let body = try Self.filter.get()
        try await TestServer.run(ThreeZones.topology()) { server in
            try await onThread {
                let connection = try RawConnection(port: server.port)
                var answers = Set<String>()
                for _ in 0..<50 {
                    try connection.send(request("POST", "/jabiru/filter", body: body))
                    let reply = try connection.readReply()
                    #expect(reply.status == 200)
                    #expect(reply.headers["transfer-encoding"] == nil)
                    answers.insert(reply.text)
                }
                #expect(answers.count == 1)
            }
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let names = try Self.filter.get()
        let local = try ThreeZones.recording("extender-names/filter-cache-reader")
        try await TestServer.run(ThreeZones.topology()) { server in
            try await onThread {
                let connection = try RawConnection(port: server.port)
                try connection.send(
                    request("POST", "/filter", body: names) + request("POST", "/prioritize", body: local))
                #expect(try connection.readReply().text.hasPrefix(#"{"Nodes":null"#))
                #expect(try connection.readReply().text == #"[{"Host":"node-0007","Score":10}]"#)
            }
        }
    }

    @Test(arguments: [
        ("GET", "/filter", 405), ("PUT", "/jabiru/prioritize", 405), ("POST", "/healthz", 405),
        ("DELETE", "/v1/explain", 405), ("GET", "/", 404), ("POST", "/jabiru", 404), ("POST", "/bind", 404),
        ("GET", "/jabiru/filter/", 405), ("GET", "/healthz/", 200), ("GET", "/healthz", 200), ("GET", "/readyz", 200),
        ("HEAD", "/healthz", 200), ("GET", "/healthz?verbose", 200), ("GET", "/metrics", 200),
    ])
    func pathsAndMethods(_ method: String, _ path: String, _ status: Int) async throws {
        try await TestServer.run(ThreeZones.topology()) { server in
            let reply = try await server.send(method, path)
            #expect(reply.status == status)
            if status >= 400 {
                // One sentence for a person.
                #expect(reply.text.hasSuffix(".\n"))
                #expect(reply.text.split(separator: "\n").count == 1)
            }
            if status == 405 { #expect(reply.headers["allow"]?.isEmpty == false) }
        }
    }

    @Test func prefixesAreConfigurable() async throws {
        let body = try Self.filter.get()
        try await TestServer.run(ThreeZones.topology(), configure: { $0.prefixes = ["storage/", "/a/b"] }) { server in
            try await server.expect(200, "POST", "/storage/filter", body)
            try await server.expect(200, "POST", "/a/b/filter", body)
            try await server.expect(404, "POST", "/filter", body)
            try await server.expect(404, "POST", "/jabiru/filter", body)
        }
    }

    @Test func aMalformedBodyIs400AndSaysWhere() async throws {
        try await TestServer.run(ThreeZones.topology()) { server in
            let reply = try await server.post(
                "/filter", Array(#"{"Pod":{"metadata":{"name":"a"}},"NodeNames":[1]}"#.utf8))
            #expect(reply.status == 400)
            #expect(reply.text.contains("at byte 46 (NodeNames[0]): expected"), "\(reply.text)")
            let metrics = try await server.send("GET", "/metrics").text
            #expect(metrics.contains(#"jabiru_extender_requests_total{code="400",verb="filter"} 1"#))
        }
    }

    @Test func aBodyOverTheLimitIs413AndTheServerGoesOn() async throws {
        let body = try Self.filter.get()
        try await TestServer.run(ThreeZones.topology(), configure: { $0.maximumBodyBytes = 10_000 }) { server in
            let announced = try await server.post("/filter", [UInt8](repeating: 32, count: 10_001))
            #expect(announced.status == 413)
            #expect(announced.text.contains("larger than 10000 bytes"))
            let chunk = String(repeating: " ", count: 0x1000)
            let chunks = (0..<4).map { _ in "1000\r\n\(chunk)\r\n" }.joined() + "0\r\n\r\n"
            let chunked = try await server.send(
                "POST", "/filter", body: Array(chunks.utf8), headers: ["Transfer-Encoding": "chunked"])
            #expect(chunked.status == 413)
            try await server.expect(200, "POST", "/filter", body)
        }
    }

    @Test func bodiesTogetherAreBounded() async throws {
        let body = try Self.filter.get()
        try await TestServer.run(
            ThreeZones.topology(),
            configure: {
                $0.maximumBodyBytes = 10_000
                $0.maximumBodiesBytes = 20_000
            }
        ) { server in
            // Two bodies that never end, and a third one that does not fit with them.
            var waiting: [RawConnection]? = try await onThread {
                let head = request("POST", "/filter", headers: ["Content-Length": "10000"])
                return try (0..<2).map { _ in
                    let connection = try RawConnection(port: server.port)
                    try connection.send(head + [UInt8](repeating: 32, count: 9_000))
                    return connection
                }
            }
            var metrics = ""
            for _ in 0..<500 where !metrics.contains("jabiru_http_body_bytes 18000") {
                metrics = try await server.send("GET", "/metrics").text
            }
            #expect(metrics.contains("jabiru_http_body_bytes 18000"))
            try await server.expect(503, "POST", "/filter", [UInt8](repeating: 32, count: 9_000))
            #expect(waiting?.count == 2)
            waiting = nil
            for _ in 0..<500 where !metrics.contains("jabiru_http_body_bytes 0") {
                metrics = try await server.send("GET", "/metrics").text
            }
            try await server.expect(200, "POST", "/filter", body)
        }
    }

    @Test func aChunkedBodyIsRead() async throws {
        let body = try Self.filter.get()
        let chunked = [body[..<1000], body[1000...]].map { part in
            Array("\(String(part.count, radix: 16))\r\n".utf8) + part + Array("\r\n".utf8)
        }
        try await TestServer.run(ThreeZones.topology()) { server in
            let reply = try await server.send(
                "POST", "/filter", body: chunked.joined() + Array("0\r\n\r\n".utf8),
                headers: ["Transfer-Encoding": "chunked"])
            let plain = try await server.post("/filter", body)
            #expect(reply.status == 200)
            #expect(reply.body == plain.body)
        }
    }

    @Test func expect100IsContinued() async throws {
        let body = try Self.filter.get()
        try await TestServer.run(ThreeZones.topology()) { server in
            try await onThread {
                let connection = try RawConnection(port: server.port)
                let whole = request("POST", "/filter", body: body, headers: ["Expect": "100-continue"])
                try connection.send(Array(whole.dropLast(body.count)))
                #expect(try connection.readReply().status == 100)
                try connection.send(body)
                #expect(try connection.readReply().status == 200)
            }
        }
    }

    @Test func aBodyThatBreaksOffHarmsNobody() async throws {
        let body = try Self.filter.get()
        try await TestServer.run(ThreeZones.topology()) { server in
            try await onThread {
                for length in [0, 1, 100, 2000] {
                    let connection = try RawConnection(port: server.port)
                    let whole = request("POST", "/filter", body: body)
                    try connection.send(Array(whole.dropLast(body.count - length)))
                    connection.finishSending()
                    // Either an error or a close, but never an answer taken for right.
                    if let reply = try? connection.readReply() { #expect(reply.status == 400) }
                }
            }
            try await server.expect(200, "POST", "/filter", body)
        }
    }

    @Test func aSlowClientIsClosedAndOthersAreAnswered() async throws {
        let body = try Self.filter.get()
        try await TestServer.run(ThreeZones.topology(), configure: { $0.requestTimeout = .seconds(2) }) {
            server in
            try await onThread {
                let head = request("POST", "/filter", body: body).dropLast(body.count)
                // One never ends its head, one never ends its body.
                let slow = try [Array(head.prefix(20)), Array(head) + body.prefix(10)].map { bytes in
                    let connection = try RawConnection(port: server.port)
                    try connection.send(bytes)
                    return connection
                }
                let other = try RawConnection(port: server.port)
                try other.send(request("POST", "/filter", body: body))
                #expect(try other.readReply().status == 200)
                for connection in slow { #expect(connection.isClosedByServer()) }
                let metrics = try RawConnection(port: server.port)
                try metrics.send(request("GET", "/metrics"))
                #expect(try metrics.readReply().text.contains("jabiru_http_timeouts_total 2"))
            }
        }
    }

    @Test func anIdleConnectionIsKeptBeyondTheRequestTimeout() async throws {
        let body = try Self.filter.get()
        try await TestServer.run(ThreeZones.topology(), configure: { $0.requestTimeout = .seconds(2) }) {
            server in
            let connection = try await onThread { try RawConnection(port: server.port) }
            for _ in 0..<2 {
                try await onThread {
                    try connection.send(request("POST", "/filter", body: body))
                    #expect(try connection.readReply().status == 200)
                }
                try await Task.sleep(for: .milliseconds(2500))
            }
        }
    }

    @Test func anAnswerBeforeTheWholeBodyLeavesTheConnectionUsable() async throws {
        let body = try Self.filter.get()
        try await TestServer.run(
            ThreeZones.topology(),
            configure: {
                $0.requestTimeout = .seconds(2)
                $0.maximumBodyBytes = 10_000
            }
        ) { server in
            let connection = try await onThread { try RawConnection(port: server.port) }
            try await onThread {
                try connection.send(request("POST", "/filter", body: [UInt8](repeating: 32, count: 300_000)))
                let reply = try connection.readReply()
                #expect(reply.status == 413)
                try connection.send(request("POST", "/nowhere", body: [UInt8](repeating: 32, count: 300_000)))
                let missing = try connection.readReply()
                #expect(missing.status == 404)
            }
            // Beyond the time that a request may take, which was over with its last byte.
            try await Task.sleep(for: .milliseconds(2500))
            try await onThread {
                try connection.send(request("POST", "/filter", body: body))
                let reply = try connection.readReply()
                #expect(reply.status == 200)
            }
            let metrics = try await server.send("GET", "/metrics").text
            #expect(metrics.contains("jabiru_http_timeouts_total 0"))
        }
    }

    @Test func shutdownFinishesTheRequestInFlight() async throws {
        let body = try Self.filter.get()
        try await TestServer.run(ThreeZones.topology()) { server in
            let connection = try await onThread {
                let connection = try RawConnection(port: server.port)
                try connection.send(Array(request("POST", "/filter", body: body).dropLast(500)))
                return connection
            }
            // The request has to have arrived before the server is told to stop.
            let arrived = "jabiru_http_body_bytes \(body.count - 500)"
            var metrics = ""
            for _ in 0..<500 where !metrics.contains(arrived) {
                metrics = try await server.send("GET", "/metrics").text
            }
            #expect(metrics.contains(arrived))
            await server.stop()
            try await onThread {
                try connection.send(Array(body.suffix(500)))
                #expect(try connection.readReply().status == 200)
                #expect(connection.isClosedByServer())
            }
        }
    }

    @Test func aFaultInsideIsNoOpinionCountedAndLoggedOnce() async throws {
        struct Broken: Error {}
        let records = RecordedLog()
        let logger = Logger(label: "test") { _ in records }
        let bodies = try ["filter", "prioritize"].map { ($0, try ThreeZones.recording("extender-names/\($0)-pg-0")) }
        try await TestServer.run(ThreeZones.topology(), snapshot: { _ in throw Broken() }, logger: logger) { server in
            for _ in 0..<3 {
                let filter = try #require(try await server.post("/filter", bodies[0].1).json() as? [String: Any])
                #expect((filter["NodeNames"] as? [String])?.count == 12)
                #expect((filter["FailedAndUnresolvableNodes"] as? [String: String])?.isEmpty == true)
                let scores = try #require(try await server.post("/prioritize", bodies[1].1).json() as? [[String: Any]])
                #expect(scores.count == 12)
                #expect(scores.allSatisfy { $0["Score"] as? Int == 0 })
            }
            let metrics = try await server.send("GET", "/metrics").text
            #expect(metrics.contains("jabiru_extender_no_opinion_total 6"))
        }
        #expect(records.messages.count { $0.hasPrefix("No opinion") } == 1)
    }

    @Test func nodesThatTheCacheDoesNotKnowPass() async throws {
        let body = String(decoding: try Self.filter.get(), as: UTF8.self)
            .replacing("\"node-0008\"", with: "\"stranger\"").replacing("\"node-0000\"", with: "\"node-\\u0030000\"")
        try await TestServer.run(ThreeZones.topology()) { server in
            let filter = try #require(try await server.post("/filter", Array(body.utf8)).json() as? [String: Any])
            let passing = try #require(filter["NodeNames"] as? [String])
            #expect(passing.first == "stranger")
            #expect(passing.contains("node-0000"))
            let scores = try await server.post("/prioritize", Array(body.utf8)).text
            #expect(scores.contains(#"{"Host":"stranger","Score":0}"#))
            // The name comes back as it was written, which is the same name to any JSON reader.
            #expect(scores.contains(#"{"Host":"node-\u0030000","Score":10}"#))
        }
    }

    @Test func sixteenClientsAtOnceGetTheirOwnAnswers() async throws {
        let bodies = try ["pg-0", "pg-1", "web", "cache-reader"].map {
            try ThreeZones.recording("extender-names/filter-\($0)")
        }
        try await TestServer.run(ThreeZones.topology()) { server in
            var expected: [[UInt8]] = []
            for body in bodies { expected.append(try await server.post("/filter", body).body) }
            let right = expected
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<16 {
                    group.addTask {
                        for turn in 0..<10 {
                            let which = (client + turn) % bodies.count
                            let reply = try await server.post("/filter", bodies[which])
                            #expect(reply.body == right[which])
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

/// Keeps the messages that are logged.
struct RecordedLog: LogHandler {
    private final class Messages: Sendable {
        let list = Mutex<[String]>([])
    }

    private let recorded = Messages()
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()

    var messages: [String] { recorded.list.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { recorded.list.withLock { $0.append("\(event.message)") } }
}
