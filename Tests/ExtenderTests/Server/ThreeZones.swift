import Foundation
import Testing
import Topology

/// The example topology of twelve nodes in three zones, `examples/three-zones.yaml`, and what was recorded on it.
enum ThreeZones {
    /// The folder of the package.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The topology.
    static func topology() throws -> ClusterTopology {
        let path = root.appending(path: "examples/three-zones.yaml")
        return try TopologyFile.parse(bytes: Data(contentsOf: path), name: "three-zones.yaml")
    }

    /// A body that kube-scheduler 1.36 sent.
    ///
    /// - Parameter name: Such as `extender-names/filter-pg-0`.
    static func recording(_ name: String) throws -> [UInt8] {
        let folder = try #require(Bundle.module.resourceURL).appending(path: "Recordings")
        return [UInt8](try Data(contentsOf: folder.appending(path: "\(name).json")))
    }

    /// The full names of nodes by number.
    static func node(_ number: Int) -> String { "node-\(String(repeating: "0", count: number < 10 ? 3 : 2))\(number)" }
}
