import Topology

/// Looks into a cache that a server has left.
enum TopologyCacheReader {
    static func decisions(_ path: String) throws -> [DecisionRecord] {
        let cache = try TopologyCache(path: path, access: .reader)
        defer { try? cache.close() }
        return try cache.decisions()
    }
}
