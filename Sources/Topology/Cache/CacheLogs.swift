internal import GRDB

/// Notes the changes of engines' health on nodes, within the transaction that stores them.
struct HealthTransitionLog {
    private let db: Database
    private let time: Timestamp

    init(_ db: Database, time: Timestamp) {
        self.db = db
        self.time = time
    }

    /// Compares a node's storage with what is stored, and notes the differences.
    ///
    /// To be called before the new storage is stored. An engine that appears on a node, or goes, counts as well; a new
    /// reason for the same health does not.
    func note(node: String, storage: [StorageState]) throws {
        var stored: [Engine: StorageHealth] = [:]
        try SQLStatement(db, "SELECT engine, health FROM node_storage WHERE node = ? ORDER BY engine")
            .forEachRow(node) { stored[try $0.word(0)] = try $0.word(1) }
        for state in storage {
            let before = stored.removeValue(forKey: state.engine)
            guard before != state.health else { continue }
            try insert(node, state.engine, from: before, to: state.health, reason: state.reason)
        }
        for (engine, before) in stored.sorted(by: { $0.key < $1.key }) {
            try insert(node, engine, from: before, to: nil, reason: nil)
        }
    }

    /// Drops the oldest entries above a number.
    func trim(to limit: Int) throws {
        try SQLStatement(
            db, "DELETE FROM health_transition WHERE id <= (SELECT max(id) FROM health_transition) - ?"
        ).run(limit)
    }

    private func insert(
        _ node: String, _ engine: Engine, from before: StorageHealth?, to after: StorageHealth?, reason: String?
    ) throws {
        try SQLStatement(
            db,
            """
            INSERT INTO health_transition (time, node, engine, health_before, health_after, reason)
            VALUES (?, ?, ?, ?, ?, ?)
            """
        ).run(time, node, engine.rawValue, before?.rawValue, after?.rawValue, reason)
    }
}

extension TopologyCache {
    /// Adds entries to the log of decisions, and drops the oldest above the log's bound.
    ///
    /// - Throws: ``CacheError``; then none of the entries is stored.
    public func recordDecisions(_ records: [DecisionRecord]) throws(CacheError) {
        if records.isEmpty { return }
        let limit = logLimit
        try write { db in
            let insert = try SQLStatement(
                db,
                """
                INSERT INTO decision (
                    time, namespace, pod, uid, verb, candidates, passed, best_node, best_score, reasons)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
            // Those that would be dropped again at once need not be written.
            for record in records.suffix(limit) {
                do {
                    try insert.run(
                        record.time, record.namespace, record.pod, record.uid, record.verb.rawValue,
                        record.candidates, record.passed, record.bestNode, record.bestScore,
                        CacheJSON.encode(record.reasons))
                } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                    let pod = "\(record.namespace)/\(record.pod)"
                    throw CacheError(.invalid, "the decision on pod \(pod) cannot be stored: \(error.brokenRule)")
                }
            }
            try SQLStatement(db, "DELETE FROM decision WHERE id <= (SELECT max(id) FROM decision) - ?").run(limit)
        }
    }

    /// The newest decisions, newest first.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - namespace: only of pods in this namespace.
    ///   - pod: only of pods with this name.
    /// - Throws: ``CacheError``.
    public func decisions(
        limit: Int = 100, namespace: String? = nil, pod: String? = nil
    ) throws(CacheError) -> [DecisionRecord] {
        try read { db in
            var records: [DecisionRecord] = []
            // The log is short enough to be searched from its end without an index, which each insert would pay for.
            try SQLStatement(
                db,
                """
                SELECT time, namespace, pod, uid, verb, candidates, passed, best_node, best_score, reasons
                FROM decision
                WHERE (?1 IS NULL OR namespace = ?1) AND (?2 IS NULL OR pod = ?2) ORDER BY id DESC LIMIT ?3
                """
            ).forEachRow(namespace, pod, max(limit, 0)) { row in
                records.append(
                    DecisionRecord(
                        time: try row.time(0), namespace: try row.text(1), pod: try row.text(2),
                        uid: try row.optionalText(3), verb: try row.word(4), candidates: try row.count(5),
                        passed: try row.count(6), bestNode: try row.optionalText(7),
                        bestScore: try row.optionalCount(8), reasons: try CacheJSON.decodeCounts(row.bytes(9))))
            }
            return records
        }
    }

    /// The newest changes of engines' health on nodes, newest first.
    ///
    /// They are noted whenever a change to the topology is stored, in the same transaction.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - node: only of this node.
    /// - Throws: ``CacheError``.
    public func healthTransitions(limit: Int = 100, node: String? = nil) throws(CacheError) -> [HealthTransition] {
        try read { db in
            var transitions: [HealthTransition] = []
            try SQLStatement(
                db,
                """
                SELECT time, node, engine, health_before, health_after, reason FROM health_transition
                WHERE (?1 IS NULL OR node = ?1) ORDER BY id DESC LIMIT ?2
                """
            ).forEachRow(node, max(limit, 0)) { row in
                transitions.append(
                    HealthTransition(
                        time: try row.time(0), node: try row.text(1), engine: try row.word(2),
                        from: try row.optionalWord(3), to: try row.optionalWord(4), reason: try row.optionalText(5)))
            }
            return transitions
        }
    }
}
