import Topology

/// Finds the locality of a volume from the annotations and parameters around it.
///
/// Jabiru's own key is taken from the pod, else the claim, else the volume's or class' parameters. Only without it do
/// STORK's keys speak, with STORK's meaning (libopenstorage/stork, `pkg/extender/extender.go`):
/// - a volume shared through a service (`sharedv4` with `sharedv4_svc_type`) is kept remote, unless its
///   `preferRemoteNode` is false; `preferRemoteNodeOnly` makes that a requirement;
/// - a pod's `preferLocalNodeOnly` requires the other volumes to be local;
/// - a pod's `disableHyperconvergence` and a volume's `skipSchedulerScoring` leave volumes out of the score, but not out
///   of the filter.
struct LocalityResolver {
    /// The pod's annotations.
    var pod: [String: String]

    struct Result {
        var locality: Locality
        /// Whether the volume takes part in the score.
        var isScored: Bool
        /// What a person should know, such as a value that was not understood.
        var notes: [String] = []
    }

    func resolve(claim: [String: String], volume: [String: String], storageClass: [String: String]) -> Result {
        var notes: [String] = []
        let places = [
            ("the pod", pod), ("the claim", claim), ("the volume", volume), ("the StorageClass", storageClass),
        ]
        for (place, values) in places {
            guard let text = values[AnnotationKey.locality] else { continue }
            if let locality = Locality(rawValue: text) {
                return Result(locality: locality, isScored: locality != .ignore, notes: notes)
            }
            notes.append(
                "\(AnnotationKey.locality) on \(place) is \"\(text)\", expected one of \(Locality.words): not used")
        }
        let parameters = storageClass.merging(volume) { _, volume in volume }
        let isDisabled = isTrue(pod, AnnotationKey.storkDisableHyperconvergence, notes: &notes)
        let isSkipped = isTrue(parameters, AnnotationKey.storkSkipSchedulerScoring, notes: &notes)
        let locality = storkLocality(parameters, notes: &notes)
        return Result(locality: locality, isScored: !isDisabled && !isSkipped, notes: notes)
    }

    private func storkLocality(_ parameters: [String: String], notes: inout [String]) -> Locality {
        let isSharedService =
            isTrue(parameters, AnnotationKey.portworxShared, notes: &notes)
            && !(parameters[AnnotationKey.portworxSharedServiceType] ?? "").isEmpty
        guard isSharedService else {
            return isTrue(pod, AnnotationKey.storkPreferLocalNodeOnly, notes: &notes) ? .requireLocal : .preferLocal
        }
        guard isTrue(parameters, AnnotationKey.storkPreferRemoteNode, default: true, notes: &notes) else {
            return .preferLocal
        }
        return isTrue(parameters, AnnotationKey.storkPreferRemoteNodeOnly, notes: &notes)
            ? .requireRemote : .preferRemote
    }

    private func isTrue(
        _ values: [String: String], _ key: String, default: Bool = false, notes: inout [String]
    ) -> Bool {
        guard let text = values[key] else { return `default` }
        if let value = AnnotationKey.parseBool(text) { return value }
        notes.append("\(key) is \"\(text)\", expected true or false: not used")
        return `default`
    }
}
