import Topology

/// Space in pools that is held for pods in flight, resolved against one snapshot.
public struct ReservedSpace: Sendable {
    /// By node ordinal, then the pool's place in the node's list: the bytes held. Wider than a size, so that sums of any
    /// sizes are exact and come out as they were when something is released.
    private var bytes: [Int: [Int: Int128]] = [:]

    /// Nothing held.
    public static let none = ReservedSpace()

    /// Whether nothing is held.
    public var isEmpty: Bool { bytes.isEmpty }

    /// What is held in each of a node's pools.
    func holdsAny(node: Int) -> Bool { bytes[node] != nil }

    func held(node: Int) -> [(pool: Int, bytes: Int64)] {
        guard let pools = bytes[node] else { return [] }
        return pools.map { ($0.key, Int64(clamping: $0.value)) }
    }

    mutating func add(_ amount: Int64, node: Int, pool: Int) {
        bytes[node, default: [:]][pool, default: 0] += Int128(amount)
    }

    mutating func remove(_ amount: Int64, node: Int, pool: Int) {
        guard var pools = bytes[node], let held = pools[pool] else { return }
        pools[pool] = held == Int128(amount) ? nil : held - Int128(amount)
        bytes[node] = pools.isEmpty ? nil : pools
    }
}
