/// The durations of a series' requests to one server.
struct Samples {
    /// Nanoseconds, in the order of their size.
    private let sorted: [Int64]
    private let elapsed: Int64

    init(_ blocks: [LoadClient.Block]) {
        sorted = blocks.flatMap(\.durations).sorted()
        elapsed = blocks.reduce(0) { $0 + $1.elapsed }
    }

    var count: Int { sorted.count }

    /// Requests a second, over the blocks' own time.
    var perSecond: Double { elapsed > 0 ? Double(count) * 1e9 / Double(elapsed) : 0 }

    /// The nearest-rank percentile in milliseconds; with fewer than 100 samples the 99th is the slowest one.
    func milliseconds(percentile: Double) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let rank = Int((percentile / 100 * Double(count)).rounded(.up))
        return Double(sorted[min(max(rank, 1), count) - 1]) / 1e6
    }
}
