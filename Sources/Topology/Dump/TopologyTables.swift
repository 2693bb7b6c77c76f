/// A topology as tables for people.
struct TopologyTables {
    private let topology: ClusterTopology
    private let wide: Bool
    private let now: Timestamp
    private let nodes: [String: Node]

    init(topology: ClusterTopology, wide: Bool, now: Timestamp) {
        self.topology = topology
        self.wide = wide
        self.now = now
        nodes = Dictionary(topology.nodes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var all: [TableLayout] {
        [nodeTable(), volumeTable(), claimTable(), storageClassTable(), podTable(), attachmentTable()]
            .filter { !$0.rows.isEmpty }
    }

    // MARK: Nodes

    private func nodeTable() -> TableLayout {
        var table = TableLayout(
            "NODES",
            ["NAME", "PLACE", "STATUS", "STORAGE", "REPLICAS", "POOLS"]
                + (wide ? ["SINCE", "REASON", "ADDRESSES", "UID", "ANNOTATIONS"] : []),
            numbers: ["REPLICAS"])
        var replicas: [String: Int] = [:]
        for volume in topology.volumes {
            for replica in volume.replicas { replicas[replica.node, default: 0] += 1 }
        }
        table.rows = topology.nodes.map { node in
            var row = [
                TableCell(node.name), place(of: node), status(of: node), storage(of: node),
                TableCell(String(replicas[node.name, default: 0])),
                .joined(node.pools.map { pool($0, of: node) }, separator: ", "),
            ]
            if wide {
                row += [
                    perEngine(node) { $0.since.flatMap { RFC3339.text($0) } },
                    perEngine(node) { $0.reason },
                    TableCell(node.addresses.joined(separator: ",")),
                    TableCell(node.uid),
                    pairs(node.annotations),
                ]
            }
            return row
        }
        return table
    }

    private func place(of node: Node) -> TableCell {
        let labels = [node.region, node.zone, node.rack]
        guard labels.contains(where: { $0 != nil }) else { return TableCell(nil) }
        return TableCell(labels.map { $0 ?? "-" }.joined(separator: "/"))
    }

    private func status(of node: Node) -> TableCell {
        var cell =
            switch node.kubelet {
            case .ready: TableCell("ready", .good)
            case .notReady: TableCell("notReady", .bad)
            case .unknown: TableCell("unknown", .warning)
            }
        if !node.schedulable { cell.append(",cordoned", .warning) }
        return cell
    }

    /// One word where all engines say the same, else engine by engine.
    private func storage(of node: Node) -> TableCell {
        let cells = node.storage.map { state in
            var text = state.health.rawValue
            if state.health != .online, let since = state.since {
                text += " " + TopologyDump.age(seconds: (now.milliseconds - since.milliseconds) / 1000)
            }
            return (text, state.health.tone)
        }
        if let first = cells.first, cells.allSatisfy({ $0.0 == first.0 }) { return TableCell(first.0, first.1) }
        return .joined(
            zip(node.storage, cells).map { state, cell in
                var result = TableCell(state.engine.rawValue + " ")
                result.append(cell.0, cell.1)
                return result
            }, separator: ", ")
    }

    private func perEngine(_ node: Node, _ value: (StorageState) -> String?) -> TableCell {
        let texts = node.storage.compactMap { state in
            value(state).map { node.storage.count == 1 ? $0 : "\(state.engine): \($0)" }
        }
        return TableCell(texts.joined(separator: ", "))
    }

    private func pool(_ pool: Pool, of node: Node) -> TableCell {
        let isOneEngine = Set(node.pools.map(\.engine)).count == 1
        var cell = TableCell(isOneEngine ? pool.name : "\(pool.engine)/\(pool.name)")
        if let capacity = pool.capacity, let available = pool.available, capacity > 0 {
            let used = 1 - Double(available) / Double(capacity)
            let filled = min(max(Int((used * 5).rounded()), 0), 5)
            let tone: Tone = used >= 0.9 ? .bad : used >= 0.75 ? .warning : .good
            cell.append(" ")
            cell.append(String(repeating: "█", count: filled), tone)
            cell.append(String(repeating: "░", count: 5 - filled), .faint)
            cell.append(" \(Int((used * 100).rounded()))% of \(Quantity.rounded(capacity))")
        } else if let available = pool.available {
            cell.append(" \(Quantity.rounded(available)) free")
        } else if let capacity = pool.capacity {
            cell.append(" \(Quantity.rounded(capacity))")
        }
        if pool.health != .online { cell.append(" " + pool.health.rawValue, pool.health == .failed ? .bad : .warning) }
        return cell
    }

    // MARK: Volumes

    private func volumeTable() -> TableLayout {
        var table = TableLayout(
            "VOLUMES",
            ["NAME", "ENGINE", "SIZE", "IN SYNC", "ATTACHED TO", "REPLICAS"]
                + (wide ? ["HANDLE", "ACCESS MODES", "PARAMETERS"] : []),
            numbers: ["SIZE", "IN SYNC"])
        table.rows = topology.volumes.map { volume in
            var row = [
                TableCell(volume.name), TableCell(volume.engine.rawValue), TableCell(Quantity.rounded(volume.size)),
                inSync(volume), TableCell(volume.attachedTo),
                .joined(volume.replicas.map { replica($0, of: volume) }, separator: " "),
            ]
            if wide {
                row += [
                    TableCell(volume.handle), TableCell(volume.accessModes.joined(separator: ",")),
                    pairs(volume.parameters),
                ]
            }
            return row
        }
        return table
    }

    private func inSync(_ volume: Volume) -> TableCell {
        guard !volume.replicas.isEmpty || volume.desiredReplicas != nil else { return TableCell(nil) }
        let count = volume.replicas.count { $0.state == .inSync }
        let wanted = volume.desiredReplicas ?? volume.replicas.count
        let tone: Tone = count >= wanted ? .good : count > 0 ? .warning : .bad
        return TableCell("\(count)/\(wanted)", tone)
    }

    private func replica(_ replica: Replica, of volume: Volume) -> TableCell {
        var cell = TableCell(replica.node)
        switch replica.state {
        case .inSync: cell.append("✓", .good)
        // Rounded down, as a hundred per cent would say that it is done.
        case .syncing(let progress): cell.append(" \(Int(progress * 100))%↻", .warning)
        case .stale(let bytes, let seconds):
            let lag = [bytes.map { Quantity.rounded($0) }, seconds.map { TopologyDump.age(seconds: $0) }]
            cell.append(" " + (["stale"] + lag.compactMap { $0 }).joined(separator: " "), .warning)
        case .failed: cell.append("✗", .bad)
        }
        if let health = nodes[replica.node]?.health(of: volume.engine), !health.servesReplicas {
            cell.append(" (\(health.rawValue))", .bad)
        }
        return cell
    }

    // MARK: The rest

    private func claimTable() -> TableLayout {
        var table = TableLayout(
            "CLAIMS",
            ["NAMESPACE", "NAME", "PHASE", "VOLUME", "STORAGE CLASS", "REQUESTED"]
                + (wide ? ["UID", "ANNOTATIONS"] : []),
            numbers: ["REQUESTED"])
        table.rows = topology.claims.map { claim in
            let tone: Tone =
                switch claim.phase {
                case .bound: .good
                case .pending: .warning
                case .lost: .bad
                }
            let row = [
                TableCell(claim.namespace), TableCell(claim.name), TableCell(claim.phase.rawValue, tone),
                TableCell(claim.volume), TableCell(claim.storageClass),
                TableCell(claim.requested.map { Quantity.rounded($0) }),
            ]
            return row + (wide ? [TableCell(claim.uid), pairs(claim.annotations)] : [])
        }
        return table
    }

    private func storageClassTable() -> TableLayout {
        var table = TableLayout(
            "STORAGE CLASSES", ["NAME", "PROVISIONER", "BINDING"] + (wide ? ["PARAMETERS"] : []))
        table.rows = topology.storageClasses.map { storageClass in
            let row = [
                TableCell(storageClass.name), TableCell(storageClass.provisioner),
                TableCell(storageClass.binding.rawValue),
            ]
            return row + (wide ? [pairs(storageClass.parameters)] : [])
        }
        return table
    }

    private func podTable() -> TableLayout {
        var table = TableLayout(
            "PODS", ["NAMESPACE", "NAME", "NODE", "CLAIMS"] + (wide ? ["UID", "ANNOTATIONS"] : []))
        table.rows = topology.pods.map { pod in
            let claims = pod.claims + pod.ephemeral.map { pod.claimName(of: $0) }
            let row = [
                TableCell(pod.namespace), TableCell(pod.name), TableCell(pod.node),
                TableCell(claims.joined(separator: ",")),
            ]
            return row + (wide ? [TableCell(pod.uid), pairs(pod.annotations)] : [])
        }
        return table
    }

    private func attachmentTable() -> TableLayout {
        var table = TableLayout("VOLUME ATTACHMENTS", ["NAME", "VOLUME", "NODE", "ATTACHED"])
        table.rows = topology.volumeAttachments.map { attachment in
            [
                TableCell(attachment.name), TableCell(attachment.volume), TableCell(attachment.node),
                attachment.attached ? TableCell("yes", .good) : TableCell("no", .warning),
            ]
        }
        return table
    }

    private func pairs(_ map: [String: String]) -> TableCell {
        TableCell(map.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","))
    }
}

extension StorageHealth {
    /// How the word is coloured.
    var tone: Tone {
        switch self {
        case .online: .good
        case .degraded, .unknown: .warning
        case .storageDown, .offline: .bad
        }
    }
}
