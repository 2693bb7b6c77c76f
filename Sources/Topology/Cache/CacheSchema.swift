internal import GRDB

/// The cache's tables and how they came to be.
///
/// Migrations are only ever appended. Each sets `user_version` to its number, so that a version that does not know it
/// can tell a newer cache from a damaged one.
enum CacheSchema {
    /// `JABR`: tells a cache from any other SQLite file.
    static let applicationID: Int32 = 0x4A41_4252

    /// The newest schema that this version knows.
    static let current = 1

    static var migrator: DatabaseMigrator {
        // The tables are made in one transaction and hold nothing yet: there are no foreign keys to check.
        var migrator = DatabaseMigrator().disablingDeferredForeignKeyChecks()
        migrator.registerMigration("1-topology") { db in
            try db.execute(sql: topologyTables)
            try db.execute(sql: logTables)
            try db.execute(sql: "PRAGMA user_version = 1")
        }
        return migrator
    }

    /// A rule that a column holds one of some words.
    ///
    /// Not with `IN`: for more than two words, SQLite would make a temporary B-tree for each row that is written.
    private static func oneOf(_ column: String, _ words: String...) -> String {
        words.map { "\(column) = '\($0)'" }.joined(separator: " OR ")
    }

    // Names are the keys, as they are Kubernetes' own; WITHOUT ROWID keeps one B-tree a table. Only children refer to
    // their parents: independently watched objects may arrive in any order.
    private static let topologyTables = """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            generation INTEGER NOT NULL CHECK (generation >= 0),
            source TEXT,
            saved_at INTEGER
        ) STRICT;
        INSERT INTO meta (id, generation) VALUES (1, 0);

        CREATE TABLE node (
            name TEXT NOT NULL PRIMARY KEY,
            uid TEXT,
            addresses TEXT NOT NULL,
            region TEXT,
            zone TEXT,
            rack TEXT,
            schedulable INTEGER NOT NULL CHECK (schedulable IN (0, 1)),
            kubelet TEXT NOT NULL CHECK (\(oneOf("kubelet", "ready", "notReady", "unknown"))),
            annotations TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE node_storage (
            node TEXT NOT NULL REFERENCES node (name) ON DELETE CASCADE,
            engine TEXT NOT NULL,
            health TEXT NOT NULL CHECK (\(oneOf("health", "online", "degraded", "storageDown", "offline", "unknown"))),
            since INTEGER,
            reason TEXT,
            PRIMARY KEY (node, engine)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE pool (
            node TEXT NOT NULL REFERENCES node (name) ON DELETE CASCADE,
            engine TEXT NOT NULL,
            name TEXT NOT NULL,
            media TEXT,
            capacity INTEGER CONSTRAINT "capacity must be 0 or more" CHECK (capacity >= 0),
            available INTEGER CONSTRAINT "available must be 0 or more" CHECK (available >= 0),
            health TEXT NOT NULL CHECK (\(oneOf("health", "online", "degraded", "failed"))),
            PRIMARY KEY (node, engine, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE volume (
            name TEXT NOT NULL PRIMARY KEY,
            engine TEXT NOT NULL,
            handle TEXT,
            size INTEGER NOT NULL CONSTRAINT "size must be 0 or more" CHECK (size >= 0),
            desired_replicas INTEGER CONSTRAINT "desired replicas must be 0 or more" CHECK (desired_replicas >= 0),
            access_modes TEXT NOT NULL,
            attached_to TEXT,
            parameters TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE replica (
            volume TEXT NOT NULL REFERENCES volume (name) ON DELETE CASCADE,
            node TEXT NOT NULL,
            pool TEXT,
            state TEXT NOT NULL CHECK (\(oneOf("state", "inSync", "syncing", "stale", "failed"))),
            progress REAL,
            stale_bytes INTEGER,
            stale_seconds INTEGER,
            PRIMARY KEY (volume, node),
            CONSTRAINT "progress must be from 0 to 1 and only of a syncing replica" CHECK (
                CASE state WHEN 'syncing' THEN progress IS NOT NULL AND progress BETWEEN 0 AND 1
                ELSE progress IS NULL END),
            CONSTRAINT "lag must be 0 or more and only of a stale replica" CHECK (
                CASE state WHEN 'stale' THEN coalesce(stale_bytes, 0) >= 0 AND coalesce(stale_seconds, 0) >= 0
                ELSE stale_bytes IS NULL AND stale_seconds IS NULL END)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX replica_node ON replica (node);

        CREATE TABLE claim (
            namespace TEXT NOT NULL,
            name TEXT NOT NULL,
            uid TEXT,
            volume TEXT,
            storage_class TEXT,
            phase TEXT NOT NULL CHECK (\(oneOf("phase", "Pending", "Bound", "Lost"))),
            requested INTEGER CONSTRAINT "requested must be 0 or more" CHECK (requested >= 0),
            annotations TEXT NOT NULL,
            PRIMARY KEY (namespace, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX claim_volume ON claim (volume) WHERE volume IS NOT NULL;

        CREATE TABLE storage_class (
            name TEXT NOT NULL PRIMARY KEY,
            provisioner TEXT NOT NULL,
            binding TEXT NOT NULL CHECK (binding IN ('Immediate', 'WaitForFirstConsumer')),
            parameters TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE pod (
            namespace TEXT NOT NULL,
            name TEXT NOT NULL,
            uid TEXT,
            node TEXT,
            annotations TEXT NOT NULL,
            PRIMARY KEY (namespace, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX pod_node ON pod (node) WHERE node IS NOT NULL;

        CREATE TABLE pod_claim (
            namespace TEXT NOT NULL,
            pod TEXT NOT NULL,
            position INTEGER NOT NULL CHECK (position >= 0),
            name TEXT NOT NULL,
            PRIMARY KEY (namespace, pod, position),
            FOREIGN KEY (namespace, pod) REFERENCES pod (namespace, name) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE pod_ephemeral (
            namespace TEXT NOT NULL,
            pod TEXT NOT NULL,
            position INTEGER NOT NULL CHECK (position >= 0),
            name TEXT NOT NULL,
            storage_class TEXT,
            requested INTEGER CONSTRAINT "requested must be 0 or more" CHECK (requested >= 0),
            PRIMARY KEY (namespace, pod, position),
            FOREIGN KEY (namespace, pod) REFERENCES pod (namespace, name) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE volume_attachment (
            name TEXT NOT NULL PRIMARY KEY,
            volume TEXT NOT NULL,
            node TEXT NOT NULL,
            attached INTEGER NOT NULL CHECK (attached IN (0, 1))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX volume_attachment_volume ON volume_attachment (volume);
        """

    // The logs' ids have no gaps but at the old end, so that the newest N are those above the highest id minus N.
    private static let logTables = """
        CREATE TABLE health_transition (
            id INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            node TEXT NOT NULL,
            engine TEXT NOT NULL,
            health_before TEXT CHECK (\(oneOf("health_before", "online", "degraded", "storageDown", "offline", "unknown"))),
            health_after TEXT CHECK (\(oneOf("health_after", "online", "degraded", "storageDown", "offline", "unknown"))),
            reason TEXT
        ) STRICT;

        CREATE TABLE decision (
            id INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            namespace TEXT NOT NULL,
            pod TEXT NOT NULL,
            uid TEXT,
            verb TEXT NOT NULL CHECK (\(oneOf("verb", "filter", "prioritize", "preempt"))),
            candidates INTEGER NOT NULL CONSTRAINT "candidates must be 0 or more" CHECK (candidates >= 0),
            passed INTEGER NOT NULL CONSTRAINT "passed must be 0 or more" CHECK (passed >= 0),
            best_node TEXT,
            best_score INTEGER CONSTRAINT "the best score must be from 0 to 10" CHECK (best_score BETWEEN 0 AND 10),
            reasons TEXT NOT NULL
        ) STRICT;
        """
}
