import Foundation

/// Threads that start together: blocking sockets need one each.
enum Threads {
    /// Runs a body on several threads and waits for all of them.
    ///
    /// - Returns: The nanoseconds from letting them go to the last one's end.
    static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) -> Int64 {
        let isReady = DispatchSemaphore(value: 0)
        let gate = DispatchSemaphore(value: 0)
        let isDone = DispatchSemaphore(value: 0)
        for number in 0..<count {
            Thread.detachNewThread {
                isReady.signal()
                gate.wait()
                body(number)
                isDone.signal()
            }
        }
        for _ in 0..<count { isReady.wait() }
        let start = monotonicNanoseconds()
        for _ in 0..<count { gate.signal() }
        for _ in 0..<count { isDone.wait() }
        return monotonicNanoseconds() - start
    }
}
