import Synchronization
import Topology

/// The pods that the scheduler asked about last, so that a pending pod can be explained that no cache knows.
final class RecentPods: Sendable {
    private struct State {
        var pods: [ObjectKey: (pod: Pod, turn: Int)] = [:]
        var turn = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) { self.capacity = capacity }

    func remember(_ pod: Pod) {
        // No pod has so many volumes; a body that names them must not stay in memory.
        guard pod.claims.count + pod.ephemeral.count <= 256 else { return }
        state.withLock { state in
            state.turn += 1
            state.pods[ObjectKey(namespace: pod.namespace, name: pod.name)] = (pod, state.turn)
            if state.pods.count > capacity {
                // Half of them at a time: sorting for each new one would be felt.
                let turns = state.pods.values.map(\.turn).sorted()
                let oldest = turns[turns.count / 2]
                state.pods = state.pods.filter { $0.value.turn > oldest }
            }
        }
    }

    func pod(_ key: ObjectKey) -> Pod? { state.withLock { $0.pods[key]?.pod } }
}
