import Logging
import Testing

@testable import Telemetry

struct OnceEveryTests {
    private let start = ContinuousClock.now

    @Test func onceThenAtMostOnceAnInterval() {
        var limiter = OnceEvery<String>(interval: .seconds(60))
        #expect(limiter.admit("a", at: start) == 0)
        #expect(limiter.admit("a", at: start) == nil)
        #expect(limiter.admit("a", at: start + .seconds(59.999)) == nil)
        #expect(limiter.admit("a", at: start + .seconds(60)) == 2)
        #expect(limiter.admit("a", at: start + .seconds(61)) == nil)
        // The interval counts from when it was let through, not from the last attempt.
        #expect(limiter.admit("a", at: start + .seconds(120)) == 1)
        #expect(limiter.admit("a", at: start + .seconds(500)) == 0)
    }

    @Test func keysAreApart() {
        var limiter = OnceEvery<Int>(interval: .seconds(60))
        #expect(limiter.admit(1, at: start) == 0)
        #expect(limiter.admit(2, at: start + .seconds(1)) == 0)
        #expect(limiter.admit(1, at: start + .seconds(1)) == nil)
    }

    @Test func anEarlierTimeIsHeldBack() {
        var limiter = OnceEvery<Int>(interval: .seconds(60))
        #expect(limiter.admit(1, at: start) == 0)
        #expect(limiter.admit(1, at: start - .seconds(600)) == nil)
    }

    @Test func theOldestKeyMakesRoom() {
        var limiter = OnceEvery<Int>(interval: .seconds(60), capacity: 2)
        #expect(limiter.admit(1, at: start) == 0)
        #expect(limiter.admit(2, at: start + .seconds(1)) == 0)
        #expect(limiter.admit(3, at: start + .seconds(2)) == 0)
        #expect(limiter.admit(2, at: start + .seconds(3)) == nil)
        #expect(limiter.admit(3, at: start + .seconds(3)) == nil)
        #expect(limiter.admit(1, at: start + .seconds(3)) == 0)
    }

    /// Never two within an interval, and every attempt is either let through or counted.
    @Test func randomAttempts() {
        let seed = SeededGenerator.testSeed
        var random = SeededGenerator(seed: seed)
        var limiter = OnceEvery<Int>(interval: .seconds(10))
        var lastAdmitted: [Int: ContinuousClock.Instant] = [:]
        var heldBack: [Int: Int] = [:]
        var now = start
        for _ in 0..<5000 {
            now += .milliseconds(Int.random(in: 0...2000, using: &random))
            let key = Int.random(in: 0..<5, using: &random)
            let isDue = lastAdmitted[key].map { $0.duration(to: now) >= .seconds(10) } ?? true
            let suppressed = limiter.admit(key, at: now)
            #expect((suppressed != nil) == isDue, "seed \(seed)")
            if let suppressed {
                #expect(suppressed == heldBack[key, default: 0], "seed \(seed)")
                lastAdmitted[key] = now
                heldBack[key] = 0
            } else {
                heldBack[key, default: 0] += 1
            }
        }
    }

    @Test func theSharedLimiterLogs() {
        let output = RecordedOutput()
        let logger = Logger(label: "l") { JSONLogHandler(label: $0, output: output, clock: .fixed) }
        let limiter = LogLimiter<String>(interval: .seconds(60))
        for second in [0, 1, 2, 60] {
            limiter.log(
                "k", to: logger, "claim not known", metadata: ["n": "\(second)"], at: start + .seconds(second))
        }
        let head = #"{"time":"2026-11-21T03:10:18.250Z","level":"warning","logger":"l","message":"claim not known","#
        #expect(output.lines == [head + #""n":"0"}"# + "\n", head + #""n":"60","suppressed":2}"# + "\n"])
    }

    @Test func aLevelThatIsNotWrittenKeepsTheTurn() {
        let output = RecordedOutput()
        let logger = Logger(label: "l") { JSONLogHandler(label: $0, level: .info, output: output) }
        let limiter = LogLimiter<String>(interval: .seconds(60))
        limiter.log("k", to: logger, level: .debug, "quiet", at: start)
        limiter.log("k", to: logger, level: .info, "loud", at: start)
        #expect(output.lines.count == 1)
        #expect(output.lines.first?.contains("loud") == true)
    }
}
