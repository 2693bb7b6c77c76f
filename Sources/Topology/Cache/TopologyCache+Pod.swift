internal import GRDB

extension TopologyCache {
    /// One pod.
    ///
    /// - Returns: `nil` where the cache has no such pod.
    /// - Throws: ``CacheError``.
    public func pod(_ key: ObjectKey) throws(CacheError) -> Pod? {
        try read { db in
            var pod: Pod?
            try SQLStatement(db, "SELECT uid, node, annotations FROM pod WHERE namespace = ? AND name = ?")
                .forEachRow(key.namespace, key.name) { row in
                    pod = Pod(
                        namespace: key.namespace, name: key.name, uid: try row.optionalText(0),
                        node: try row.optionalText(1), annotations: try CacheJSON.decodeMap(row.bytes(2)))
                }
            guard var pod else { return nil }
            try SQLStatement(db, "SELECT name FROM pod_claim WHERE namespace = ? AND pod = ? ORDER BY position")
                .forEachRow(key.namespace, key.name) { pod.claims.append(try $0.text(0)) }
            try SQLStatement(
                db,
                """
                SELECT name, storage_class, requested FROM pod_ephemeral WHERE namespace = ? AND pod = ? ORDER BY position
                """
            ).forEachRow(key.namespace, key.name) { row in
                pod.ephemeral.append(
                    EphemeralVolume(
                        name: try row.text(0), storageClass: try row.optionalText(1),
                        requested: try row.optionalInteger(2)))
            }
            return pod
        }
    }
}
