/// A topology as a graph in Graphviz' language.
///
/// Identifiers are numbers of its own (`n0`, `v0`), so that names appear in labels only.
struct TopologyGraph {
    private let topology: ClusterTopology
    private var lines: [String] = []
    private var clusters = 0

    init(topology: ClusterTopology) {
        self.topology = topology
    }

    mutating func text() -> String {
        lines = [
            "graph topology {",
            "    graph [rankdir=LR, fontname=\"sans-serif\"];",
            "    node [shape=box, style=filled, fillcolor=white, fontname=\"sans-serif\"];",
            "    edge [fontname=\"sans-serif\", fontsize=10];",
        ]
        var ids: [String: String] = [:]
        for (index, node) in topology.nodes.enumerated() { ids[node.name] = "n\(index)" }
        place(topology.nodes, ids, labels: [("region", \.region), ("zone", \.zone), ("rack", \.rack)], depth: 1)
        volumes(ids)
        lines.append("}")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Puts nodes into boxes by the first label; those without it stay outside, and go on to the next.
    private mutating func place(
        _ nodes: [Node], _ ids: [String: String], labels: [(String, KeyPath<Node, String?>)], depth: Int
    ) {
        let indent = String(repeating: "    ", count: depth)
        guard let (kind, label) = labels.first else {
            for node in nodes { lines.append(indent + statement(node, id: ids[node.name] ?? "")) }
            return
        }
        let rest = Array(labels.dropFirst())
        let groups = Dictionary(grouping: nodes, by: { $0[keyPath: label] })
        for name in groups.keys.compactMap({ $0 }).sorted() {
            lines.append("\(indent)subgraph cluster_\(clusters) {")
            lines.append("\(indent)    label=\(quoted([kind + " " + name]));")
            clusters += 1
            place(groups[name] ?? [], ids, labels: rest, depth: depth + 1)
            lines.append("\(indent)}")
        }
        place(groups[nil] ?? [], ids, labels: rest, depth: depth)
    }

    private func statement(_ node: Node, id: String) -> String {
        let worst = node.storage.map(\.health.tone)
        let colour = worst.contains(.bad) ? "salmon" : worst.contains(.warning) ? "khaki" : "white"
        let states = node.storage.filter { $0.health != .online }.map { "\($0.engine): \($0.health.rawValue)" }
        let pools = node.pools.map { pool in
            pool.available.map { "\(pool.name) \(Quantity.rounded($0)) free" } ?? pool.name
        }
        let status =
            (node.kubelet == .ready ? [] : ["kubelet \(node.kubelet.rawValue)"])
            + (node.schedulable ? [] : ["cordoned"])
        return "\(id) [label=\(quoted([node.name] + status + states + pools)), fillcolor=\(colour)];"
    }

    private mutating func volumes(_ known: [String: String]) {
        var ids = known
        for (index, volume) in topology.volumes.enumerated() {
            lines.append(
                "    v\(index) [shape=ellipse, label=\(quoted([volume.name, Quantity.rounded(volume.size)]))];")
            var ends = volume.replicas.map { ($0.node, edge($0.state)) }
            if let node = volume.attachedTo {
                // Attached where it has no replica: over the network.
                if let index = ends.firstIndex(where: { $0.0 == node }) {
                    ends[index].1 += ", penwidth=3"
                } else {
                    ends.append((node, "style=dotted, penwidth=3, label=\"attached\""))
                }
            }
            for (node, attributes) in ends {
                let id = ids[node] ?? "n\(ids.count)"
                if ids.updateValue(id, forKey: node) == nil {
                    lines.append("    \(id) [label=\(quoted([node])), style=dashed];")
                }
                lines.append("    v\(index) -- \(id) [\(attributes)];")
            }
        }
    }

    private func edge(_ state: ReplicaState) -> String {
        switch state {
        case .inSync: "color=darkgreen"
        case .syncing(let progress): "color=orange, style=dashed, label=\"\(Int(progress * 100))%\""
        case .stale: "color=orange, style=dotted, label=\"stale\""
        case .failed: "color=red, style=dotted, label=\"failed\""
        }
    }

    /// A label of several lines. Graphviz reads backslashes and HTML entities in labels.
    private func quoted(_ label: [String]) -> String {
        let escaped = label.map { line in
            line.printable.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("&", with: "&amp;")
        }
        return "\"" + escaped.joined(separator: "\\n") + "\""
    }
}
