import Testing

@testable import Telemetry

struct HistogramBucketsTests {
    @Test func boundsBecomeFiniteAndAscending() {
        #expect(HistogramBuckets([5, .nan, 1, .infinity, 1, -.infinity, 2]).upperBounds == [1, 2, 5])
        #expect(([] as HistogramBuckets).upperBounds == [])
    }

    @Test func series() {
        #expect(HistogramBuckets.exponential(start: 1, factor: 2, count: 4).upperBounds == [1, 2, 4, 8])
        #expect(HistogramBuckets.linear(start: 10, width: 5, count: 3).upperBounds == [10, 15, 20])
        #expect(HistogramBuckets.exponential(start: 1, factor: 2, count: -1).upperBounds == [])
        #expect(HistogramBuckets.linear(start: 1, width: 2, count: -1).upperBounds == [])
        #expect(HistogramBuckets.counts.upperBounds.last == 1_048_576)
    }

    @Test(arguments: [(0.5, 0), (1, 0), (1.5, 1), (2, 1), (5, 2), (5.1, 3), (-7, 0)] as [(Double, Int)])
    func aBoundBelongsToItsBucket(value: Double, index: Int) {
        #expect(([1, 2, 5] as HistogramBuckets).index(of: value) == index)
    }

    @Test func withoutBoundsThereIsOneBucket() {
        #expect(([] as HistogramBuckets).index(of: 3) == 0)
    }
}
