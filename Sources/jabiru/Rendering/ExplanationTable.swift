import Placement
import Topology

/// An explanation for a person: the pod's volumes, then the nodes with a bar for the score and the volumes' shares.
struct ExplanationTable {
    private let explanation: Explanation
    private let limit: Int

    /// - Parameter limit: How many nodes are shown, the best first.
    init(_ explanation: Explanation, limit: Int) {
        self.explanation = explanation
        self.limit = limit
    }

    /// The whole text.
    func text(paint: Paint) -> String {
        var text = paint("POD", .heading) + " \(explanation.namespace)/\(explanation.pod)"
        // A topology file has no generations.
        text += explanation.generation > 0 ? ", topology generation \(explanation.generation)\n" : "\n"
        if let rejection = explanation.rejection {
            text += paint("The pod can run nowhere: \(rejection).", .bad) + "\n"
        }
        if !explanation.volumes.isEmpty {
            text += "\n"
            volumes.write(to: &text, style: paint.callAsFunction)
            for volume in explanation.volumes {
                for note in volume.notes { text += "\(volume.claim): \(note)\n" }
            }
        }
        text += "\n"
        guard explanation.hasOpinion else {
            let why = explanation.volumes.isEmpty ? "The pod has no volumes" : "None of the pod's volumes has a say"
            return text + "\(why): every node passes and scores 0.\n"
        }
        guard !explanation.nodes.isEmpty else { return text + "There are no nodes to judge.\n" }
        nodes.write(to: &text, style: paint.callAsFunction)
        let omitted = explanation.nodes.count - shown.count
        if omitted > 0 { text += "and \(omitted) more: --all shows them\n" }
        if !explanation.lastAsked.isEmpty {
            text += "\n"
            asked.write(to: &text, style: paint.callAsFunction)
        }
        return text
    }

    // MARK: Last asked

    private var asked: TableLayout {
        var table = TableLayout(
            "LAST ASKED", ["TIME", "VERB", "NODES", "PASSED", "BEST", "REJECTED"], numbers: ["NODES", "PASSED"])
        for note in explanation.lastAsked {
            let best = note.bestNode.map { "\($0) \(note.bestScore ?? 0)" }
            let reasons = note.reasons.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            table.rows.append([
                TableCell(note.time), TableCell(note.verb), TableCell("\(note.candidates)"),
                TableCell("\(note.passed)"), TableCell(best), TableCell(reasons.joined(separator: ", ")),
            ])
        }
        return table
    }

    private var shown: ArraySlice<Explanation.NodeNote> { explanation.nodes.prefix(limit) }

    // MARK: Volumes

    private var volumes: TableLayout {
        let scored = explanation.volumes.filter(\.isScored)
        let isWeighted = Set(scored.map(\.weight)).count > 1
        let sum = scored.reduce(0) { $0 + $1.weight }
        var table = TableLayout(
            "VOLUMES",
            ["CLAIM", "VOLUME", "ENGINE", "STANDING", "LOCALITY"] + (isWeighted ? ["WEIGHT"] : []) + ["REPLICAS"])
        for volume in explanation.volumes {
            var row = [
                TableCell(volume.claim), TableCell(volume.volume), TableCell(volume.engine),
                TableCell(volume.standing),
                TableCell(volume.isScored ? volume.locality : "\(volume.locality), not scored"),
            ]
            if isWeighted {
                row.append(TableCell(volume.isScored ? "\(Int((volume.weight / sum * 100).rounded()))%" : nil))
            }
            table.rows.append(row + [replicas(of: volume)])
        }
        return table
    }

    private func replicas(of volume: Explanation.VolumeNote) -> TableCell {
        guard !volume.replicas.isEmpty else { return TableCell(nil) }
        var cell = TableCell()
        for (index, replica) in volume.replicas.enumerated() {
            let isInSync = replica.state == "inSync"
            var text = "\(replica.node) \(replica.state)"
            if isInSync, !replica.isUsable { text += " (unusable)" }
            if index > 0 { cell.append(", ") }
            cell.append(text, replica.isUsable ? .good : isInSync || replica.state == "failed" ? .bad : .warning)
        }
        return cell
    }

    // MARK: Nodes

    private var nodes: TableLayout {
        // A volume without a say has no share anywhere, and needs no column.
        let columns = explanation.volumes.indices.filter { volume in
            explanation.nodes.contains { $0.shares.indices.contains(volume) && $0.shares[volume] != nil }
        }
        let hasReasons = shown.contains { reason(of: $0) != nil }
        var table = TableLayout(
            "NODES",
            ["NODE", "VERDICT"] + columns.map { explanation.volumes[$0].claim } + (hasReasons ? ["REASON"] : []))
        for node in shown {
            var row = [TableCell(node.name), verdict(on: node)]
            row += columns.map { share(node.shares.indices.contains($0) ? node.shares[$0] : nil) }
            if hasReasons {
                row.append(reason(of: node).map { TableCell($0, node.rejection == nil ? .faint : .bad) } ?? TableCell())
            }
            table.rows.append(row)
        }
        return table
    }

    private func verdict(on node: Explanation.NodeNote) -> TableCell {
        guard node.rejection == nil else { return TableCell("rejected", .bad) }
        let score = min(max(node.score, 0), 10)
        var cell = TableCell()
        cell.append(String(repeating: "█", count: score), score >= 7 ? .good : .warning)
        cell.append(String(repeating: "░", count: 10 - score), .faint)
        cell.append(score < 10 ? "  \(score)" : " \(score)")
        return cell
    }

    private func reason(of node: Explanation.NodeNote) -> String? {
        node.rejection ?? (node.isKnown ? nil : "the topology does not know the node")
    }

    private func share(_ share: Explanation.ShareNote?) -> TableCell {
        guard let share else { return TableCell(nil) }
        var text = "\(Self.decimal(share.share)) \(share.nearness)"
        if let progress = share.progress { text += ", \(Int((progress * 100).rounded(.down)))% synced here" }
        if share.healthFactor < 1 { text += " ×\(share.healthFactor == 0 ? "0" : "\(share.healthFactor)")" }
        return TableCell(text, share.share >= 0.7 ? .good : share.share > 0 ? .warning : .faint)
    }

    /// Two decimals, a half rounded up.
    private static func decimal(_ share: Double) -> String {
        let hundredths = Int((share * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}
