import Foundation
import Topology

/// A folder of a test's own, removed with it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "jabiru-cache-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in the folder.
    func file(_ name: String = "topology.db") -> String { path + "/" + name }

    /// The names of the files in the folder.
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

extension Timestamp {
    /// A time for tests that do not care which.
    static let someTime = Timestamp(milliseconds: 1_790_000_000_123)
}

/// Texts that went wrong somewhere once.
let nastyTexts = [
    "", " ", "'", "\"", "\\", "\\u0041", "a\0b", "\0", "\r\n", "\u{1}\u{1F}\u{7F}", "%s", "'); DROP TABLE node; --",
    "🦩 e\u{301}", "\u{FEFF}bom", "\u{FFFD}", "null", "{}", "[\"a\"]", "ünïcödé",
    String(repeating: "long ", count: 2000),
]

/// A topology that uses every field and every word of the model.
func fullTopology() -> ClusterTopology {
    var topology = ClusterTopology()
    for (index, health) in StorageHealth.allCases.enumerated() {
        topology.nodes.append(
            Node(
                name: "node-\(index)", uid: "uid-\(index)", addresses: ["fe80::\(index)", "10.0.0.1", ""],
                region: "eu", zone: "eu-a", rack: "r\(index)", schedulable: index != 1,
                kubelet: KubeletReadiness.allCases[index % 3], annotations: ["jabiru.dev/z": "1", "jabiru.dev/a": "ä"],
                storage: [
                    StorageState(engine: .embedded, health: health, since: .someTime, reason: "why \(index)"),
                    StorageState(engine: .longhorn, health: .online),
                ],
                pools: [
                    Pool(
                        engine: .embedded, name: "ssd", media: "ssd", capacity: .max, available: 0,
                        health: PoolHealth.allCases[index % 3]),
                    Pool(engine: .longhorn, name: "ssd"),
                ]))
    }
    topology.nodes.append(Node(name: "bare"))
    topology.volumes = [
        Volume(
            name: "pvc-1", engine: .embedded, handle: "h", size: .max, desiredReplicas: 3,
            accessModes: ["ReadWriteOnce", "ReadOnlyMany"], attachedTo: "node-1", parameters: ["b": "2", "a": "1"],
            replicas: [
                Replica(node: "node-0", pool: "ssd", state: .inSync),
                Replica(node: "node-1", state: .syncing(progress: 0.1 + 0.2)),
                Replica(node: "node-2", state: .syncing(progress: 0)),
                Replica(node: "node-3", state: .syncing(progress: 1)),
                Replica(node: "node-4", state: .stale(bytes: 1, seconds: nil)),
                Replica(node: "node-5", state: .stale(bytes: nil, seconds: .max)),
                Replica(node: "node-6", state: .stale(bytes: nil, seconds: nil)),
                Replica(node: "not-seen-yet", state: .failed),
            ]),
        Volume(name: "pvc-2", engine: Engine(rawValue: "some.driver"), size: 0),
    ]
    topology.claims = ClaimPhase.allCases.map { Claim(namespace: "db", name: "c-\($0.rawValue)", phase: $0) }
    topology.claims.append(
        Claim(
            namespace: "db", name: "data", uid: "u", volume: "pvc-1", storageClass: "fast", phase: .bound, requested: 1,
            annotations: ["jabiru.dev/locality": "require-local"]))
    topology.storageClasses = VolumeBindingMode.allCases.map {
        StorageClass(
            name: $0.rawValue, provisioner: "csi.jabiru.dev", binding: $0, parameters: ["jabiru.dev/pool": "ssd"])
    }
    topology.pods = [
        Pod(
            namespace: "db", name: "pg-0", uid: "u", node: "node-0", annotations: ["jabiru.dev/locality": "ignore"],
            claims: ["z", "a", "m"],
            ephemeral: [
                EphemeralVolume(name: "z", storageClass: "fast", requested: 5), EphemeralVolume(name: "a"),
            ]),
        Pod(namespace: "aa", name: "pg-0", claims: ["data"]),
    ]
    topology.volumeAttachments = [
        VolumeAttachment(name: "csi-1", volume: "pvc-1", node: "node-0"),
        VolumeAttachment(name: "csi-2", volume: "pvc-9", node: "node-9", attached: false),
    ]
    return topology.canonical()
}

/// A topology in which each text is one of the nasty ones.
func nastyTopology() -> ClusterTopology {
    var topology = ClusterTopology()
    for (index, text) in nastyTexts.enumerated() {
        let other = nastyTexts[(index + 7) % nastyTexts.count]
        let map = [text: other, other: text]
        let list = [text, other, text]
        topology.nodes.append(
            Node(
                name: text, uid: other, addresses: list, region: text, zone: other, rack: text, annotations: map,
                storage: [StorageState(engine: Engine(rawValue: text), health: .online, reason: other)],
                pools: [Pool(engine: Engine(rawValue: other), name: text, media: other)]))
        topology.volumes.append(
            Volume(
                name: text, engine: Engine(rawValue: other), handle: text, size: 1, accessModes: list,
                attachedTo: other, parameters: map, replicas: [Replica(node: other, pool: text)]))
        topology.claims.append(
            Claim(
                namespace: other, name: text, uid: text, volume: other, storageClass: text, annotations: map))
        topology.storageClasses.append(StorageClass(name: text, provisioner: other, parameters: map))
        topology.pods.append(
            Pod(
                namespace: other, name: text, uid: text, node: other, annotations: map, claims: list,
                ephemeral: [EphemeralVolume(name: text, storageClass: other)]))
        topology.volumeAttachments.append(VolumeAttachment(name: text, volume: other, node: text))
    }
    return topology.canonical()
}

/// A topology of a given size; topologies of different versions differ in every object.
func sizedTopology(nodes: Int, volumes: Int, version: Int = 0) -> ClusterTopology {
    var topology = ClusterTopology()
    for index in 0..<nodes {
        topology.nodes.append(
            Node(
                name: "node-\(index)", rack: "rack-\(version)",
                storage: [StorageState(engine: .embedded, health: version % 2 == 0 ? .online : .degraded)],
                pools: [Pool(engine: .embedded, name: "ssd", capacity: Int64(version))]))
    }
    for index in 0..<volumes {
        let replicas = (0..<3).map { Replica(node: "node-\((index + $0 + version) % max(nodes, 3))") }
        topology.volumes.append(
            Volume(name: "pvc-\(index)", engine: .embedded, size: Int64(version), replicas: replicas))
        topology.claims.append(
            Claim(namespace: "db", name: "data-\(index)", volume: "pvc-\(index)", requested: Int64(version)))
        topology.pods.append(
            Pod(namespace: "db", name: "pg-\(index)", node: "node-\(version)", claims: ["data-\(index)"]))
    }
    return topology.canonical()
}
