import Dispatch
import Foundation

/// Runs a body on several threads at once, and returns when all are done.
///
/// Threads rather than a queue: on a small machine a queue is so narrow that its blocks would take turns. None begins
/// before all are there.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let ready = DispatchGroup()
    let done = DispatchGroup()
    for _ in 0..<count {
        ready.enter()
        done.enter()
    }
    for index in 0..<count {
        Thread.detachNewThread {
            ready.leave()
            ready.wait()
            body(index)
            done.leave()
        }
    }
    done.wait()
}
