import Testing
import Topology

@Suite struct CacheLogTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func node(_ health: [Engine: StorageHealth], reason: String? = nil) -> TopologyChange {
        .node(
            Node(name: "a", storage: health.map { StorageState(engine: $0.key, health: $0.value, reason: reason) }))
    }

    @Test func everyChangeOfHealthIsNotedAndNothingElse() throws {
        let cache = try TopologyCache(path: folder.file(), access: .writer)
        func at(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }
        try cache.apply([node([.embedded: .online])], at: at(1))
        try cache.apply([node([.embedded: .online], reason: "another reason is no transition")], at: at(2))
        try cache.apply([node([.embedded: .offline, .longhorn: .online], reason: "disk")], at: at(3))
        try cache.apply([node([.longhorn: .online])], at: at(4))
        try cache.apply([.nodeRemoved(name: "a")], at: at(5))
        func note(
            _ time: Int64, _ engine: Engine, _ from: StorageHealth?, _ to: StorageHealth?, _ reason: String? = nil
        ) -> HealthTransition {
            HealthTransition(time: at(time), node: "a", engine: engine, from: from, to: to, reason: reason)
        }
        let found = try cache.healthTransitions()
        #expect(
            Set(found) == [
                note(1, .embedded, nil, .online), note(3, .embedded, .online, .offline, "disk"),
                note(3, .longhorn, nil, .online, "disk"), note(4, .embedded, .offline, nil),
                note(5, .longhorn, .online, nil),
            ])
        #expect(found.count == 5)
        #expect(found.map(\.time.milliseconds) == [5, 4, 3, 3, 1])
        #expect(try cache.healthTransitions(limit: 2) == Array(found.prefix(2)))
        #expect(try cache.healthTransitions(node: "b").isEmpty)
    }

    @Test func aBatchThatFailsNotesNothing() throws {
        let cache = try TopologyCache(path: folder.file(), access: .writer)
        #expect(throws: CacheError.self) {
            try cache.apply(
                [node([.embedded: .online]), .volume(Volume(name: "v", engine: .local, size: -1))], at: .someTime)
        }
        #expect(try cache.healthTransitions().isEmpty)
    }

    @Test func theLogOfTransitionsKeepsTheNewest() throws {
        let cache = try TopologyCache(path: folder.file(), access: .writer, logLimit: 10)
        for index in 0..<35 {
            try cache.apply(
                [node([.embedded: index % 2 == 0 ? .online : .offline])], at: Timestamp(milliseconds: Int64(index)))
        }
        let times = try cache.healthTransitions(limit: 1000).map(\.time.milliseconds)
        #expect(times == (25..<35).reversed())
    }

    @Test func decisionsReadBackTheSame() throws {
        let cache = try TopologyCache(path: folder.file(), access: .writer)
        let records = [
            DecisionRecord(
                time: .someTime, namespace: "db", pod: "pg-0", uid: "u", verb: .filter, candidates: 5000, passed: 3,
                reasons: ["storage offline": 12, "no \"room\"\0": 4985]),
            DecisionRecord(
                time: .someTime, namespace: "db", pod: "pg-1", verb: .prioritize, candidates: 3, passed: 3,
                bestNode: "node-a", bestScore: 10),
            DecisionRecord(time: .someTime, namespace: "web", pod: "pg-0", verb: .preempt, candidates: 1, passed: 0),
        ]
        try cache.recordDecisions(records)
        #expect(try cache.decisions() == records.reversed())
        #expect(try cache.decisions(namespace: "db") == [records[1], records[0]])
        #expect(try cache.decisions(namespace: "db", pod: "pg-0") == [records[0]])
        #expect(try cache.decisions(limit: 1) == [records[2]])
        #expect(try cache.decisions(limit: 0).isEmpty)
        #expect(try cache.decisions(limit: -1).isEmpty)
        #expect(try cache.state.generation == 0, "a decision does not change the topology")
    }

    @Test(arguments: [1, 7, 100]) func theLogOfDecisionsKeepsTheNewest(batch: Int) throws {
        let cache = try TopologyCache(path: folder.file(), access: .writer, logLimit: 10)
        for start in stride(from: 0, to: 100, by: batch) {
            try cache.recordDecisions(
                (start..<min(start + batch, 100)).map {
                    DecisionRecord(
                        time: Timestamp(milliseconds: Int64($0)), namespace: "n", pod: "p", verb: .filter,
                        candidates: 1,
                        passed: 1)
                })
        }
        #expect(try cache.decisions(limit: 1000).map(\.time.milliseconds) == (90..<100).reversed())
    }

    @Test func aDecisionThatCannotBeStoredKeepsItsBatchOut() throws {
        let cache = try TopologyCache(path: folder.file(), access: .writer)
        let good = DecisionRecord(time: .someTime, namespace: "n", pod: "p", verb: .filter, candidates: 1, passed: 1)
        var bad = good
        bad.bestScore = 11
        let error = #expect(throws: CacheError.self) { try cache.recordDecisions([good, bad]) }
        #expect(error?.code == .invalid)
        #expect(error?.message == "the decision on pod n/p cannot be stored: the best score must be from 0 to 10")
        #expect(try cache.decisions().isEmpty)
    }
}
