/// The forms in which a topology is shown. YAML and JSON, which read back, are ``TopologyFile``'s.
public enum TopologyDump {
    /// Tables for people, one a kind of entity; kinds of which there is nothing are left out.
    ///
    /// - Parameters:
    ///   - wide: Whether UIDs, addresses, handles, parameters, reasons and the like are shown too.
    ///   - now: The time that ages are counted to.
    ///   - style: Colours a piece of text that is not ``Tone/plain``. What it adds must take no room.
    public static func table(
        _ topology: ClusterTopology, wide: Bool = false, now: Timestamp,
        style: (String, Tone) -> String = { text, _ in text }
    ) -> String {
        let tables = TopologyTables(topology: topology.canonical(), wide: wide, now: now).all
        guard !tables.isEmpty else { return "Nothing to show.\n" }
        var text = ""
        for (index, table) in tables.enumerated() {
            if index > 0 { text += "\n" }
            table.write(to: &text, style: style)
        }
        return text
    }

    /// Comma-separated values (RFC 4180) for spreadsheets and scripts; see ``CSVColumn`` for the columns.
    ///
    /// One row a replica, with what is known of its volume, of the claim on it, of its node and of its pool. A volume
    /// without replicas, a claim without a volume and a node without replicas have a row of their own, with the
    /// other columns empty, so that each of them is in the file.
    public static func csv(_ topology: ClusterTopology) -> String {
        TopologyCSV(topology: topology.canonical()).text
    }

    /// A graph for Graphviz: regions, zones and racks as boxes in boxes, nodes in them, and each volume tied to the
    /// nodes that hold its replicas.
    public static func dot(_ topology: ClusterTopology) -> String {
        var graph = TopologyGraph(topology: topology.canonical())
        return graph.text()
    }

    /// A span of time in one unit, as kubectl shows ages: `90s`, `5m`, `7h`, `12d`.
    static func age(seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(max(seconds, 0))s"
        case ..<7200: "\(seconds / 60)m"
        case ..<172_800: "\(seconds / 3600)h"
        default: "\(seconds / 86_400)d"
        }
    }
}
