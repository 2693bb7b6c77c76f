/// A column of the comma-separated form of a topology, in order. Sizes are in bytes.
///
/// Names are stable; new columns come last.
public enum CSVColumn: String, CaseIterable, Sendable {
    /// The claim on the volume, or the claim that has none yet.
    case claimNamespace = "claim_namespace"
    /// The claim's name.
    case claim
    /// The claim's phase.
    case claimPhase = "claim_phase"
    /// The claim's StorageClass.
    case storageClass = "storage_class"
    /// The bytes that the claim asks for.
    case requestedBytes = "requested_bytes"
    /// The volume.
    case volume
    /// The engine that keeps the volume.
    case engine
    /// The volume's size.
    case sizeBytes = "size_bytes"
    /// How many replicas the volume should have.
    case desiredReplicas = "desired_replicas"
    /// The node that the volume is attached to.
    case attachedTo = "attached_to"
    /// The node that holds the replica.
    case node
    /// The node's region.
    case region
    /// The node's zone.
    case zone
    /// The node's rack.
    case rack
    /// Whether the node takes pods: `true` or `false`.
    case schedulable
    /// The node's `Ready` condition.
    case kubelet
    /// The health of the volume's engine on the node. In a row without a volume, `engine=health` for each engine.
    case storage
    /// The replica's state.
    case replicaState = "replica_state"
    /// How far a syncing replica has come, from 0 to 1.
    case progress
    /// How many bytes a stale replica is behind.
    case lagBytes = "lag_bytes"
    /// How many seconds a stale replica is behind.
    case lagSeconds = "lag_seconds"
    /// The pool that the replica lies in.
    case pool
    /// The pool's media.
    case poolMedia = "pool_media"
    /// The pool's size.
    case poolCapacityBytes = "pool_capacity_bytes"
    /// The pool's free space.
    case poolAvailableBytes = "pool_available_bytes"
    /// The pool's health.
    case poolHealth = "pool_health"
}

/// A topology as comma-separated values.
struct TopologyCSV {
    private typealias Row = [CSVColumn: String]

    let topology: ClusterTopology

    var text: String {
        var text = ""
        append(CSVColumn.allCases.map(\.rawValue), to: &text)
        for row in rows() { append(CSVColumn.allCases.map { row[$0] ?? "" }, to: &text) }
        return text
    }

    private func rows() -> [Row] {
        let nodes = Dictionary(topology.nodes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let claims = Dictionary(grouping: topology.claims.filter { $0.volume != nil }, by: { $0.volume ?? "" })
        let volumes = Set(topology.volumes.map(\.name))
        var seen: Set<String> = []
        var rows: [Row] = []
        for volume in topology.volumes {
            let facts = claims[volume.name, default: []].map { self.facts($0) }
            for claim in facts.isEmpty ? [[:]] : facts {
                let row = claim.merging(self.facts(volume)) { $1 }
                if volume.replicas.isEmpty { rows.append(row) }
                for replica in volume.replicas {
                    seen.insert(replica.node)
                    rows.append(row.merging(self.facts(replica, volume, nodes[replica.node])) { $1 })
                }
            }
        }
        for claim in topology.claims where claim.volume.map({ !volumes.contains($0) }) ?? true {
            rows.append(facts(claim))
        }
        for node in topology.nodes where !seen.contains(node.name) {
            var row = facts(node)
            row[.storage] = node.storage.map { "\($0.engine)=\($0.health.rawValue)" }.joined(separator: " ")
            rows.append(row)
        }
        return rows
    }

    private func facts(_ claim: Claim) -> Row {
        [
            .claimNamespace: claim.namespace, .claim: claim.name, .claimPhase: claim.phase.rawValue,
            .storageClass: claim.storageClass ?? "", .requestedBytes: text(claim.requested),
            .volume: claim.volume ?? "",
        ]
    }

    private func facts(_ volume: Volume) -> Row {
        [
            .volume: volume.name, .engine: volume.engine.rawValue, .sizeBytes: String(volume.size),
            .desiredReplicas: text(volume.desiredReplicas), .attachedTo: volume.attachedTo ?? "",
        ]
    }

    private func facts(_ node: Node) -> Row {
        [
            .node: node.name, .region: node.region ?? "", .zone: node.zone ?? "", .rack: node.rack ?? "",
            .schedulable: String(node.schedulable), .kubelet: node.kubelet.rawValue,
        ]
    }

    private func facts(_ replica: Replica, _ volume: Volume, _ node: Node?) -> Row {
        var row = node.map { facts($0) } ?? [:]
        row[.node] = replica.node
        row[.storage] = node?.health(of: volume.engine)?.rawValue
        row[.replicaState] = replica.state.word
        switch replica.state {
        case .syncing(let progress): row[.progress] = String(progress)
        case .stale(let bytes, let seconds):
            row[.lagBytes] = text(bytes)
            row[.lagSeconds] = text(seconds)
        case .inSync, .failed: break
        }
        row[.pool] = replica.pool
        if let pool = node?.pools.first(where: { $0.engine == volume.engine && $0.name == replica.pool }) {
            row[.poolMedia] = pool.media
            row[.poolCapacityBytes] = text(pool.capacity)
            row[.poolAvailableBytes] = text(pool.available)
            row[.poolHealth] = pool.health.rawValue
        }
        return row
    }

    private func text(_ number: (some BinaryInteger)?) -> String { number.map { String($0) } ?? "" }

    private func append(_ fields: [String], to text: inout String) {
        text += fields.map { quoted($0) }.joined(separator: ",")
        text += "\r\n"
    }

    /// In quotes where the text holds a separator, a quote or a line break, or would lose blanks at its ends.
    private func quoted(_ field: String) -> String {
        let special = field.utf8.contains { ",\"\r\n".utf8.contains($0) }
        guard special || field.first == " " || field.last == " " else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}
