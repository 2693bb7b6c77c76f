import Topology

/// A request's body, with what its answer has to be about.
struct RequestBody {
    let bytes: [UInt8]
    /// The request's nodes.
    let nodes: [String]
    /// Those of them that hold a replica of the pod's volumes.
    let replicaNodes: [String]
    /// In a preempt request: the UIDs of the victims by node.
    var victims: [String: [String]] = [:]
}

/// Makes the bodies of kube-scheduler's requests for pods and nodes of a generated cluster.
struct RequestBodies {
    private let cluster: SampleCluster
    private let nodes: [String: Node]
    private let podTemplate: ByteTemplate
    private let nodeTemplate: ByteTemplate
    private let victimTemplate: ByteTemplate
    private var random: RandomSource

    init(cluster: SampleCluster, recorded: RecordedObjects, seed: UInt64) {
        self.cluster = cluster
        nodes = Dictionary(uniqueKeysWithValues: cluster.topology.nodes.map { ($0.name, $0) })
        podTemplate = ByteTemplate(
            recorded.pod, placeholders: ["pg-0", "7ff2d6ca-3ab2-46fe-b1a0-cafac7a21300"])
        nodeTemplate = ByteTemplate(
            recorded.node,
            placeholders: [
                "node-0000", "b7ca7e7a-6616-454f-8567-c6c8420beb28", "eu-west-a", "eu-west", "rack-00", "192.168.0.0",
            ])
        victimTemplate = ByteTemplate(
            recorded.victim,
            placeholders: [
                "7dc7547975-8c9kl", "3b6b261e-8cb7-4dfe-b899-88b23a8633a5", "node-0000", "eu-west-a", "eu-west",
            ])
        random = RandomSource(seed: seed)
    }

    /// The bodies of a series, each of another pod and with the nodes in another order.
    mutating func bodies(_ verb: Verb, _ form: Form, nodes count: Int, variants: Int) -> [RequestBody] {
        (0..<variants).map { body(verb, form, pod: cluster.pods[$0], nodes: choose(count, with: cluster.pods[$0])) }
    }

    /// Some nodes in random order, among them those that hold the pod's data.
    private mutating func choose(_ count: Int, with pod: SampleCluster.DatabasePod) -> [String] {
        let others = cluster.topology.nodes.map(\.name).filter { !pod.replicaNodes.contains($0) }
        let chosen = pod.replicaNodes + others.shuffled(using: &random)
        return chosen.prefix(count).shuffled(using: &random)
    }

    private mutating func body(
        _ verb: Verb, _ form: Form, pod: SampleCluster.DatabasePod, nodes: [String]
    ) -> RequestBody {
        var bytes = Array("{\"Pod\":".utf8)
        podTemplate.append([pod.name, random.uuid()], to: &bytes)
        var victims: [String: [String]] = [:]
        switch (verb, form) {
        case (.preempt, _):
            // Go writes a map in the order of its keys.
            for node in nodes.sorted() { victims[node] = [random.uuid(), random.uuid()] }
            appendVictims(victims, form, to: &bytes)
        case (_, .names):
            bytes += ",\"Nodes\":null,\"NodeNames\":[\"".utf8
            bytes += nodes.joined(separator: "\",\"").utf8
            bytes += "\"]}".utf8
        case (_, .full):
            bytes += ",\"Nodes\":{\"metadata\":{},\"items\":[".utf8
            for (place, name) in nodes.enumerated() {
                if place > 0 { bytes += ",".utf8 }
                appendNode(name, to: &bytes)
            }
            bytes += "]},\"NodeNames\":null}".utf8
        }
        return RequestBody(bytes: bytes, nodes: nodes, replicaNodes: pod.replicaNodes, victims: victims)
    }

    private func appendNode(_ name: String, to bytes: inout [UInt8]) {
        guard let node = nodes[name] else { return }
        nodeTemplate.append(
            [
                name, node.uid ?? "", node.zone ?? "", node.region ?? "", node.rack ?? "",
                node.addresses.first ?? "",
            ], to: &bytes)
    }

    private mutating func appendVictims(_ victims: [String: [String]], _ form: Form, to bytes: inout [UInt8]) {
        bytes +=
            (form == .names
            ? ",\"NodeNameToVictims\":null,\"NodeNameToMetaVictims\":{" : ",\"NodeNameToVictims\":{").utf8
        for (place, (node, uids)) in victims.sorted(by: { $0.key < $1.key }).enumerated() {
            bytes += "\(place > 0 ? "," : "")\"\(node)\":{\"Pods\":[".utf8
            for (place, uid) in uids.enumerated() {
                if place > 0 { bytes += ",".utf8 }
                if form == .names {
                    bytes += "{\"UID\":\"\(uid)\"}".utf8
                } else {
                    victimTemplate.append(
                        ["7dc7547975-\(uid.prefix(5))", uid, node, nodes[node]?.zone ?? "", nodes[node]?.region ?? ""],
                        to: &bytes)
                }
            }
            bytes += "],\"NumPDBViolations\":0}".utf8
        }
        bytes += (form == .names ? "}}" : "},\"NodeNameToMetaVictims\":null}").utf8
    }
}
