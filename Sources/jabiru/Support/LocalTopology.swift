import Extender
import Placement
import Topology

/// A topology at hand, to explain placement without a server.
struct LocalTopology {
    private let snapshot: TopologySnapshot
    private let pods: [ObjectKey: Pod]
    /// Where it comes from, for messages.
    private let name: String

    /// Reads a cache.
    init(cache path: String) throws {
        let cache = try TopologyCache(path: path, access: .reader)
        var builder = SnapshotBuilder()
        var pods: [ObjectKey: Pod] = [:]
        let state = try cache.enumerate { change in
            builder.apply(change)
            if case .pod(let pod) = change { pods[ObjectKey(namespace: pod.namespace, name: pod.name)] = pod }
        }
        snapshot = builder.snapshot(generation: state.generation)
        self.pods = pods
        name = "the cache \(path)"
    }

    /// Reads a topology file.
    init(file: InputFile) throws {
        let topology = try TopologyFile.parse(bytes: try file.read(expecting: "a topology file"), name: file.name)
        snapshot = .of(topology)
        pods = Dictionary(
            topology.pods.map { (ObjectKey(namespace: $0.namespace, name: $0.name), $0) },
            uniquingKeysWith: { first, _ in first })
        name = file.name
    }

    /// Why a pod is placed where it is.
    func explain(pod key: ObjectKey, policy: PlacementPolicy) throws -> Explanation {
        guard let pod = pods[key] else {
            throw CommandFailure(
                """
                there is no pod \(key) in \(name): check the name, only pods with claims are kept; \
                a saved request can be explained with --request
                """)
        }
        var plan = PlacementPlan(pod: pod, snapshot: snapshot, policy: policy)
        return Explanation(plan: &plan, pod: pod, nodes: snapshot.knownNodes)
    }

    /// The same for the body of a request of kube-scheduler.
    ///
    /// - Parameter file: Where the body comes from, for messages.
    func explain(body: [UInt8], from file: InputFile, policy: PlacementPolicy) throws -> Explanation {
        do {
            return try RequestExplainer.explain(body: body, snapshot: snapshot, policy: policy)
        } catch {
            throw CommandFailure("\(file.name): \(error); give the body of a filter or prioritize request")
        }
    }
}
