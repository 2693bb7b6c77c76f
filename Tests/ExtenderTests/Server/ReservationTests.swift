import Foundation
import Testing
import Topology

@testable import Extender

/// What the verbs hold and give up for pods in flight.
@Suite struct ReservationTests {
    /// Two nodes with room; a volume that lives on the first one.
    static let topology = ClusterTopology(
        nodes: ["a", "b"].map { name in
            Node(
                name: name, storage: [StorageState(engine: .embedded, health: .online)],
                pools: [Pool(engine: .embedded, name: "ssd", capacity: 100 << 30, available: 50 << 30)])
        },
        volumes: [Volume(name: "v", engine: .embedded, size: 20 << 30, replicas: [Replica(node: "a")])],
        claims: [
            Claim(namespace: "default", name: "data", volume: "v"),
            Claim(namespace: "default", name: "late", storageClass: "wffc", requested: 10 << 30),
        ],
        storageClasses: [
            StorageClass(name: "wffc", provisioner: "csi.jabiru.dev", binding: .waitForFirstConsumer)
        ])

    private func body(claim: String, nodes: [String], annotations: String = "{}") -> [UInt8] {
        let names = nodes.map { "\"\($0)\"" }.joined(separator: ",")
        return Array(
            """
            {"Pod":{"metadata":{"name":"p","namespace":"default","uid":"u","annotations":\(annotations)},"spec":{"volumes":[{"name":"d",\
            "persistentVolumeClaim":{"claimName":"\(claim)"}}]}},"Nodes":null,"NodeNames":[\(names)]}
            """.utf8)
    }

    @Test func theBestNodeHoldsWhatThePodWillTake() async throws {
        try await TestServer.run(Self.topology) { server in
            try await server.expect(200, "POST", "/prioritize", body(claim: "late", nodes: ["a", "b"]))
            #expect(server.core.reservations.bytes == 10 << 30)
            // Asked again it holds the same once.
            try await server.expect(200, "POST", "/prioritize", body(claim: "late", nodes: ["a", "b"]))
            #expect(server.core.reservations.bytes == 10 << 30)
        }
    }

    @Test func theOnlyNodeThatFilterLeavesHoldsIt() async throws {
        try await TestServer.run(Self.topology) { server in
            try await server.expect(200, "POST", "/filter", body(claim: "data", nodes: ["b"]))
            #expect(server.core.reservations.bytes == 20 << 30)
        }
    }

    @Test func aBetterNodeThatNeedsNothingReleasesIt() async throws {
        try await TestServer.run(Self.topology) { server in
            try await server.expect(200, "POST", "/filter", body(claim: "data", nodes: ["b"]))
            try await server.expect(200, "POST", "/prioritize", body(claim: "data", nodes: ["a", "b"]))
            #expect(server.core.reservations.bytes == 0)
        }
    }

    @Test func aPodThatFitsNowhereReleasesIt() async throws {
        try await TestServer.run(Self.topology) { server in
            try await server.expect(200, "POST", "/filter", body(claim: "data", nodes: ["b"]))
            var offline = Self.topology
            for node in offline.nodes.indices { offline.nodes[node].storage[0].health = .offline }
            try await server.store.replace(with: offline, source: "test", at: .now)
            try await server.expect(200, "POST", "/filter", body(claim: "data", nodes: ["b"]))
            #expect(server.core.reservations.pods == 0)
        }
    }

    @Test func aScoreThatDecidesNothingReleasesItAndIsLogged() async throws {
        let unscored = #"{"stork.libopenstorage.org/disableHyperconvergence":"true"}"#
        try await TestServer.run(Self.topology) { server in
            try await server.expect(200, "POST", "/filter", body(claim: "data", nodes: ["b"]))
            #expect(server.core.reservations.bytes == 20 << 30)
            try await server.expect(
                200, "POST", "/prioritize", body(claim: "data", nodes: ["a", "b"], annotations: unscored))
            #expect(server.core.reservations.pods == 0)
            let decision = server.core.takeDecisions().last
            #expect(decision?.verb == .prioritize)
            #expect(decision?.bestNode == nil)
        }
    }

    @Test func aSelectedNodeSettlesIt() async throws {
        try await TestServer.run(Self.topology) { server in
            try await server.expect(200, "POST", "/prioritize", body(claim: "late", nodes: ["a", "b"]))
            var selected = Self.topology
            selected.claims[1].annotations[AnnotationKey.selectedNode] = "b"
            try await server.store.replace(with: selected, source: "test", at: .now)
            #expect(server.core.reservations.pods == 0)
        }
    }
}
