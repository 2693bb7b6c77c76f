import Topology

/// Tries to put needs for space into a node's pools.
///
/// Kept for a whole request, so that no node allocates anything. It works on numbers only: which pools would do for a
/// need is one bit a pool, so that the search reads no names.
struct CapacityFit {
    /// How many placements are tried before a node counts as full; covers every combination of five claims and four
    /// pools. The first try is the greedy one and nearly always decides.
    static let maximumSteps = 2048
    /// A node with more pools is not met; those beyond are left out.
    static let maximumPools = 64

    /// A need that the node has to take.
    private struct Demand {
        var need: Int
        var bytes: Int64
        /// The pools of the right kind, full or not.
        var pools: UInt64
    }

    // The lists keep their lengths from node to node, and are counted beside: emptying them would cost more than the
    // search.
    private var free: [Int64] = []
    private var freeCount = 0
    private var demands: [Demand]
    private var demandCount = 0
    private var steps = 0
    /// By need: the place of its pool in the node's list, or -1 where it takes no space here.
    private(set) var pool: [Int]

    /// Makes room for so many needs.
    init(needs: Int) {
        pool = [Int](repeating: -1, count: needs)
        demands = [Demand](repeating: Demand(need: 0, bytes: 0, pools: 0), count: needs)
    }

    /// Whether the node has to take anything.
    var isEmpty: Bool { demandCount == 0 }

    /// The bytes that stay free in a pool after the needs that were put there.
    func freeBytes(pool: Int) -> Int64 { free[pool] }

    /// Forgets the last node.
    mutating func clear() {
        for need in pool.indices { pool[need] = -1 }
        demandCount = 0
    }

    /// Adds a need, after those that are larger; like ones follow each other.
    mutating func add(need: Int, bytes: Int64, pools: UInt64) {
        demands[demandCount] = Demand(need: need, bytes: bytes, pools: pools)
        demandCount += 1
    }

    /// Reads the free space of the node's pools, without what others hold.
    mutating func read(_ pools: Span<PoolEntry>) {
        freeCount = min(pools.count, Self.maximumPools)
        while free.count < freeCount { free.append(0) }
        for index in 0..<freeCount {
            free[index] = pools[index].freeBytes
        }
    }

    /// Takes space that others hold out of a pool; negative to give it back.
    mutating func take(_ bytes: Int64, pool: Int) {
        guard pool < freeCount else { return }
        free[pool] = free[pool].subtractingSaturated(bytes)
    }

    /// Puts the needs into the pools.
    ///
    /// - Parameter strategy: Which pool is tried first.
    /// - Returns: Whether all fit.
    mutating func place(_ strategy: PlacementPolicy.UnboundStrategy) -> Bool {
        steps = 0
        return place(from: 0, strategy)
    }

    private mutating func place(from first: Int, _ strategy: PlacementPolicy.UnboundStrategy) -> Bool {
        guard first < demandCount else { return true }
        let demand = demands[first]
        var untried = demand.pools
        while steps < Self.maximumSteps {
            steps += 1
            guard let best = bestPool(of: untried, for: demand.bytes, strategy) else { return false }
            free[best] -= demand.bytes
            pool[demand.need] = best
            if place(from: first + 1, strategy) { return true }
            free[best] += demand.bytes
            pool[demand.need] = -1
            if untried == demand.pools, hasTooFewPlaces(from: first) { return false }
            untried &= ~(1 << UInt64(best))
        }
        return false
    }

    private func bestPool(of pools: UInt64, for bytes: Int64, _ strategy: PlacementPolicy.UnboundStrategy) -> Int? {
        var best: Int?
        var rest = pools
        while rest != 0 {
            let index = rest.trailingZeroBitCount
            rest &= rest - 1
            guard free[index] >= bytes else { continue }
            guard let known = best else {
                best = index
                continue
            }
            let isBetter =
                switch strategy {
                case .spread: free[index] > free[known]
                case .pack: free[index] < free[known]
                }
            if isBetter { best = index }
        }
        return best
    }

    /// Whether the needs from here on that are alike outnumber the places for one of them; then no other combination
    /// has to be tried.
    private func hasTooFewPlaces(from first: Int) -> Bool {
        let demand = demands[first]
        guard demand.bytes > 0 else { return false }
        var last = first
        while last + 1 < demandCount, demands[last + 1].bytes == demand.bytes,
            demands[last + 1].pools == demand.pools
        {
            last += 1
        }
        var places: Int64 = 0
        var rest = demand.pools
        while rest != 0 {
            places = places.addingSaturated(max(0, free[rest.trailingZeroBitCount]) / demand.bytes)
            rest &= rest - 1
        }
        return places <= Int64(last - first)
    }
}
