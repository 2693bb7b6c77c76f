/// The upper bounds of a histogram's buckets.
///
/// The last bucket, `+Inf`, is always there and is not one of the bounds.
public struct HistogramBuckets: Sendable, Hashable, ExpressibleByArrayLiteral {
    /// The bounds, finite and strictly ascending.
    public let upperBounds: [Double]

    /// Makes buckets of bounds in any order.
    ///
    /// Bounds given twice and bounds that are not finite are left out, so that every value makes a valid histogram.
    public init(_ bounds: some Sequence<Double>) {
        var ascending: [Double] = []
        for bound in bounds.filter(\.isFinite).sorted() where bound != ascending.last {
            ascending.append(bound)
        }
        self.upperBounds = ascending
    }

    /// Makes buckets of a list of bounds.
    public init(arrayLiteral elements: Double...) {
        self.init(elements)
    }

    /// Buckets that grow by a constant factor: `start`, `start * factor`, and so on.
    public static func exponential(start: Double, factor: Double, count: Int) -> HistogramBuckets {
        HistogramBuckets(sequence(first: start) { $0 * factor }.prefix(max(count, 0)))
    }

    /// Buckets of a constant width: `start`, `start + width`, and so on.
    public static func linear(start: Double, width: Double, count: Int) -> HistogramBuckets {
        HistogramBuckets((0..<max(count, 0)).map { start + width * Double($0) })
    }

    /// Seconds, from 0.1 ms to 10 s: what a timer gets where nobody described it.
    ///
    /// Finer at the low end than the customary defaults, since an extender's verb is done in a fraction of a
    /// millisecond.
    public static let seconds: HistogramBuckets = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// Powers of four from 1 to 4^10: what a recorder gets where nobody described it.
    public static let counts: HistogramBuckets = .exponential(start: 1, factor: 4, count: 11)

    /// The index of the bucket a value falls into; the number of bounds stands for `+Inf`.
    func index(of value: Double) -> Int {
        var low = 0
        var high = upperBounds.count
        while low < high {
            let middle = (low + high) / 2
            if upperBounds[middle] < value {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
