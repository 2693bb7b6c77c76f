public import Topology

/// Why a pod is placed where it is: each node's verdict and each volume's share of the score.
///
/// Made by the same ``PlacementPlan`` that answers the scheduler. `Codable`, since the server sends it and the command
/// line shows it.
public struct Explanation: Codable, Hashable, Sendable {
    /// The pod's namespace.
    public var namespace: String
    /// The pod's name.
    public var pod: String
    /// The generation of the topology that was asked.
    public var generation: Int64
    /// Whether any volume has a say; without one every node passes and scores 0.
    public var hasOpinion: Bool
    /// Why the pod can run nowhere, if so.
    public var rejection: String?
    /// The pod's volumes.
    public var volumes: [VolumeNote]
    /// The nodes, the best first.
    public var nodes: [NodeNote]
    /// What the scheduler asked about the pod last, the newest first; empty where nobody kept it.
    public var lastAsked: [AskedNote] = []

    /// What is known of a volume.
    public struct VolumeNote: Codable, Hashable, Sendable {
        /// The claim's name.
        public var claim: String
        /// The volume's name, if bound and known.
        public var volume: String?
        /// The engine's name, if known.
        public var engine: String?
        /// What is known of it, in a few words.
        public var standing: String
        /// Its locality.
        public var locality: String
        /// Whether it takes part in the score.
        public var isScored: Bool
        /// Its weight in the score.
        public var weight: Double
        /// Its replicas.
        public var replicas: [ReplicaNote]
        /// What a person should know.
        public var notes: [String]
    }

    /// A replica of a volume.
    public struct ReplicaNote: Codable, Hashable, Sendable {
        /// The node that holds it.
        public var node: String
        /// Its state.
        public var state: String
        /// Whether a pod can use it.
        public var isUsable: Bool
    }

    /// A node's verdict.
    public struct NodeNote: Codable, Hashable, Sendable {
        /// The node's name.
        public var name: String
        /// Whether the cache knows the node.
        public var isKnown: Bool
        /// Why the pod cannot run there; `nil` where it can.
        public var rejection: String?
        /// The score, from 0 to 10, as prioritize gives it.
        public var score: Int
        /// Each volume's share, in the order of the volumes; `nil` for one without a say.
        public var shares: [ShareNote?]
    }

    /// A question of the scheduler and the gist of the answer.
    public struct AskedNote: Codable, Hashable, Sendable {
        /// When it was answered, as RFC 3339.
        public var time: String
        /// `filter`, `prioritize` or `preempt`.
        public var verb: String
        /// How many nodes were offered.
        public var candidates: Int
        /// How many of them passed.
        public var passed: Int
        /// The node that scored best.
        public var bestNode: String?
        /// Its score.
        public var bestScore: Int?
        /// How many nodes were rejected for each reason.
        public var reasons: [String: Int]

        /// Notes a record of the log.
        public init(_ record: DecisionRecord) {
            time = record.time.rfc3339
            verb = record.verb.rawValue
            candidates = record.candidates
            passed = record.passed
            bestNode = record.bestNode
            bestScore = record.bestScore
            reasons = record.reasons
        }
    }

    /// A volume's share on a node.
    public struct ShareNote: Codable, Hashable, Sendable {
        /// How near the nearest usable replica is, or that the claim takes new space.
        public var nearness: String
        /// The node that holds the nearest usable replica.
        public var nearest: String?
        /// How far a replica that is being filled here has come.
        public var progress: Double?
        /// What the node's storage health multiplies with.
        public var healthFactor: Double
        /// For an unbound claim: the fraction of the pool that counts.
        public var freeFraction: Double?
        /// The share, from 0 to 1.
        public var share: Double
    }

    /// Explains a plan on some nodes.
    ///
    /// - Parameters:
    ///   - plan: The pod's plan; asked only.
    ///   - pod: The pod.
    ///   - nodes: The nodes' names.
    public init(plan: inout PlacementPlan, pod: Pod, nodes names: [String]) {
        namespace = pod.namespace
        self.pod = pod.name
        generation = plan.snapshot.generation
        hasOpinion = plan.hasOpinion
        rejection = plan.podRejection?.sentence
        let snapshot = plan.snapshot
        volumes = plan.volumes.indices.map { Self.note(of: $0, in: plan) }
        nodes = []
        for name in names {
            let node = snapshot.nodes.index.find(name)
            var shares: [ShareNote?] = []
            for index in plan.volumes.indices {
                shares.append(
                    plan.share(of: index, at: node).map {
                        Self.note(of: $0, standing: plan.volumes[index].standing, in: snapshot)
                    })
            }
            nodes.append(
                NodeNote(
                    name: name, isKnown: node.map { snapshot.nodes.known[$0] } ?? false,
                    rejection: plan.rejection(at: node)?.sentence, score: plan.score(at: node), shares: shares))
        }
        nodes.sort { left, right in
            if (left.rejection == nil) != (right.rejection == nil) { return left.rejection == nil }
            return left.score == right.score ? left.name < right.name : left.score > right.score
        }
    }

    private static func note(of index: Int, in plan: PlacementPlan) -> VolumeNote {
        let volume = plan.volumes[index]
        return VolumeNote(
            claim: volume.claim, volume: volume.volume, engine: volume.engine?.rawValue,
            standing: volume.standing.words, locality: volume.locality.rawValue, isScored: plan.scored.contains(index),
            weight: volume.weight,
            replicas: plan.replicas(of: index).map { replica, isUsable in
                ReplicaNote(
                    node: plan.snapshot.nodes.names[Int(replica.node)], state: words(of: replica), isUsable: isUsable)
            },
            notes: volume.notes)
    }

    private static func words(of replica: ReplicaEntry) -> String {
        switch replica.state {
        case .inSync: "inSync"
        case .syncing: "syncing \(Int((replica.progress * 100).rounded(.down)))%"
        case .stale: "stale"
        case .failed: "failed"
        }
    }

    private static func note(
        of share: VolumeShare, standing: PlannedVolume.Standing, in snapshot: TopologySnapshot
    ) -> ShareNote {
        ShareNote(
            nearness: standing == .unbound ? "new space" : share.nearness.word,
            nearest: share.nearest >= 0 ? snapshot.nodes.names[Int(share.nearest)] : nil,
            progress: share.progress, healthFactor: share.healthFactor,
            freeFraction: share.freeFraction, share: share.share)
    }
}

extension PlannedVolume.Standing {
    /// The standing in a few words for a person.
    var words: String {
        switch self {
        case .replicated: "bound"
        case .unbound: "waits for its first consumer"
        case .unknownClaim: "no opinion: the claim is not in the cache"
        case .unknownVolume: "no opinion: the volume is not in the cache"
        case .unknownReplicas: "no opinion: where its replicas are is not known"
        case .boundElsewhere: "no opinion: it is bound without regard to the pod"
        }
    }
}
