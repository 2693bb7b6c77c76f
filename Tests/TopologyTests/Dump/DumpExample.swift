import Topology

/// A small cluster with one of everything that the forms of a dump show differently.
enum DumpExample {
    static let now = Timestamp(milliseconds: 1_795_230_618_000)

    static let topology = ClusterTopology(
        nodes: [
            Node(
                name: "node-a", uid: "uid-a", addresses: ["10.0.0.1", "fe80::1"], region: "eu", zone: "eu-a",
                rack: "r1", annotations: ["jabiru.dev/x": "1"],
                storage: [StorageState(engine: .embedded, health: .online)],
                pools: [
                    Pool(engine: .embedded, name: "hdd", capacity: 2 << 40, health: .degraded),
                    Pool(engine: .embedded, name: "ssd", media: "ssd", capacity: 500 << 30, available: 320 << 30),
                ]),
            Node(
                name: "node-b", region: "eu", zone: "eu-b", rack: "r1", schedulable: false,
                storage: [
                    StorageState(
                        engine: .embedded, health: .offline,
                        since: Timestamp(milliseconds: now.milliseconds - 300_000), reason: "lease, \"agent\" lost"),
                    StorageState(engine: .longhorn, health: .degraded),
                ],
                pools: [
                    Pool(engine: .embedded, name: "ssd", capacity: 100 << 30, available: 5 << 30),
                    Pool(engine: .longhorn, name: "disk-1", available: 1 << 30, health: .failed),
                ]),
            Node(
                name: "node-c", zone: "eu-c", kubelet: .unknown,
                storage: [StorageState(engine: .embedded, health: .online)]),
            Node(name: "node-d", region: "eu", zone: "eu-a"),
        ],
        volumes: [
            Volume(
                name: "pvc-1", engine: .embedded, handle: "h1", size: 20 << 30, desiredReplicas: 3,
                accessModes: ["ReadWriteOnce"], attachedTo: "node-a", parameters: ["fs": "xfs"],
                replicas: [
                    Replica(node: "node-a", pool: "ssd"), Replica(node: "node-b", pool: "ssd"),
                    Replica(node: "node-c", state: .syncing(progress: 0.409)),
                ]),
            Volume(
                name: "pvc-2", engine: .longhorn, size: 1 << 30, attachedTo: "node-c",
                replicas: [
                    Replica(node: "gone", state: .failed),
                    Replica(node: "node-b", pool: "disk-1", state: .stale(bytes: 12 << 20, seconds: 300)),
                ]),
            Volume(name: "pvc-3", engine: Engine(rawValue: "ebs.csi.aws.com"), size: 1500),
            Volume(
                name: "pvc-4", engine: .embedded, size: 1 << 30, desiredReplicas: 1,
                replicas: [Replica(node: "node-a", pool: "ssd")]),
        ],
        claims: [
            Claim(namespace: "db", name: "data-1", uid: "uid-1", volume: "pvc-1", storageClass: "fast"),
            Claim(namespace: "db", name: "data-2", volume: "pvc-2"),
            Claim(
                namespace: "db", name: "late", storageClass: "fast", requested: 10 << 30,
                annotations: ["jabiru.dev/locality": "ignore"]),
            Claim(namespace: "db", name: "lost", volume: "pvc-9", phase: .lost),
            Claim(namespace: "web", name: "cache", volume: "pvc-4", storageClass: "other"),
        ],
        storageClasses: [
            StorageClass(
                name: "fast", provisioner: "csi.jabiru.dev", binding: .waitForFirstConsumer,
                parameters: ["jabiru.dev/media": "ssd"]),
            StorageClass(name: "other", provisioner: "csi.jabiru.dev"),
        ],
        pods: [
            Pod(namespace: "db", name: "pg-0", uid: "uid-p", node: "node-a", claims: ["data-1"]),
            Pod(
                namespace: "db", name: "pg-1", node: "node-c", claims: ["data-2", "late"],
                ephemeral: [EphemeralVolume(name: "tmp", storageClass: "fast")]),
            Pod(namespace: "web", name: "cache-0", claims: ["cache"]),
        ],
        volumeAttachments: [
            VolumeAttachment(name: "csi-1", volume: "pvc-1", node: "node-a"),
            VolumeAttachment(name: "csi-2", volume: "pvc-2", node: "node-c", attached: false),
        ]
    )
}
