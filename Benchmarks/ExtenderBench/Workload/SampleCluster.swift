import Topology

/// How the generated nodes are named.
enum NodeNaming: String, CaseIterable {
    /// `node-0042`, as in the recordings.
    case short
    /// `ip-10-0-0-42.eu-west-1.compute.internal`, as large clouds do.
    case cloud

    func name(_ number: Int) -> String {
        switch self {
        case .short: "node-\(padded(number, 4))"
        case .cloud: "ip-10-20-\(number / 256)-\(number % 256).eu-west-1.compute.internal"
        }
    }
}

/// A generated cluster: 3 regions of 3 zones of 20 racks, with the embedded engine on every node.
///
/// A few nodes are not as they should be, so that no verb answers with one constant: of 1,000 nodes, 10 are `offline`,
/// 10 are `degraded`, and the pool of 20 is full.
struct SampleCluster {
    /// A pod with its claims, and the nodes that hold a replica of each of its volumes.
    struct DatabasePod {
        let name: String
        let replicaNodes: [String]
    }

    private static let gibibyte: Int64 = 1 << 30

    private(set) var topology: ClusterTopology
    /// The pods of the requests, `default/pg-0` and on.
    private(set) var pods: [DatabasePod] = []
    private let naming: NodeNaming
    private var random: RandomSource
    /// By region, zone after zone: the nodes whose storage works.
    private var homes: [[Int]]

    /// Makes the nodes.
    init(nodes: Int, naming: NodeNaming, seed: UInt64) {
        self.naming = naming
        random = RandomSource(seed: seed)
        topology = ClusterTopology()
        homes = Array(repeating: [], count: 9)
        topology.storageClasses = [
            StorageClass(
                name: "replicated", provisioner: "csi.jabiru.dev", binding: .waitForFirstConsumer,
                parameters: ["csi.storage.k8s.io/fstype": "ext4", "replicas": "3"])
        ]
        for number in 0..<nodes { addNode(number) }
    }

    private mutating func addNode(_ number: Int) {
        let zone = number % 9
        let region = ["eu-west", "us-east", "ap-south"][zone / 3]
        let isFull = number % 50 == 7
        let health: StorageHealth =
            switch number % 100 {
            case 13: .offline
            case 57: .degraded
            default: .online
            }
        if !isFull && health == .online { homes[zone].append(number) }
        let free = isFull ? Self.gibibyte : Int64.random(in: 100...1500, using: &random) * Self.gibibyte
        topology.nodes.append(
            Node(
                name: naming.name(number), uid: random.uuid(),
                addresses: ["10.\(number / 65536).\(number / 256 % 256).\(number % 256)"], region: region,
                zone: region + ["-a", "-b", "-c"][zone % 3], rack: "rack-\(padded(number / 9 % 20, 2))",
                storage: [StorageState(engine: .embedded, health: health)],
                pools: [
                    Pool(
                        engine: .embedded, name: "nvme", media: "nvme", capacity: 1800 * Self.gibibyte, available: free)
                ]))
    }

    /// Adds pods with two bound claims each, `data-NAME` and `wal-NAME`, as a StatefulSet of databases has.
    ///
    /// Each volume has three replicas, in the three zones of one region.
    ///
    /// - Parameter isPending: Whether the pods have no node yet; else each is bound to a node that holds its data.
    mutating func addPods(_ count: Int, namespaces: Int, isPending: Bool) {
        for number in 0..<count {
            let namespace = namespaces == 1 ? "default" : "team-\(padded(number % namespaces, 3))"
            let name = namespaces == 1 ? "pg-\(number)" : "postgres-orders-\(number / namespaces)"
            let nodes = placeReplicas(number)
            let node = isPending ? nil : nodes.first
            var pod = Pod(namespace: namespace, name: name, uid: random.uuid(), node: node)
            for (prefix, size) in [("data", Int64(50)), ("wal", 10)] {
                let claim = "\(prefix)-\(name)"
                pod.claims.append(claim)
                addVolume(
                    of: claim, in: namespace, size: size * Self.gibibyte, replicas: nodes, attachedTo: node)
            }
            topology.pods.append(pod)
            if isPending { pods.append(DatabasePod(name: name, replicaNodes: nodes)) }
        }
    }

    private mutating func placeReplicas(_ number: Int) -> [String] {
        let region = number % 3
        var names: [String] = []
        for zone in 0..<3 {
            let candidates = homes[region * 3 + zone]
            let node = candidates[Int.random(in: 0..<candidates.count, using: &random)]
            names.append(topology.nodes[node].name)
        }
        return names
    }

    private mutating func addVolume(
        of claim: String, in namespace: String, size: Int64, replicas: [String], attachedTo node: String?
    ) {
        let uid = random.uuid()
        let name = "pvc-\(uid)"
        topology.volumes.append(
            Volume(
                name: name, engine: .embedded, size: size, desiredReplicas: 3, accessModes: ["ReadWriteOnce"],
                attachedTo: node, parameters: ["csi.storage.k8s.io/fstype": "ext4", "replicas": "3"],
                replicas: replicas.map { Replica(node: $0, pool: "nvme") }))
        topology.claims.append(
            Claim(
                namespace: namespace, name: claim, uid: uid, volume: name, storageClass: "replicated", requested: size))
        if let node {
            topology.volumeAttachments.append(
                VolumeAttachment(name: "csi-\(random.uuid())-\(random.uuid())", volume: name, node: node))
        }
    }
}
