import Testing

@testable import Topology

@Suite struct TopologyFileTests {
    static let example = """
        apiVersion: jabiru.dev/v1alpha1
        kind: Topology
        nodes:
        - {name: node-a, region: eu-west, zone: eu-west-a, rack: rack-00, addresses: [192.168.0.1], storage: online,
           pools: [{name: ssd, engine: embedded, media: ssd, capacity: 500Gi, available: 320Gi}]}
        - {name: node-b, region: eu-west, zone: eu-west-b, storage: degraded, schedulable: false, kubelet: notReady}
        - name: node-c
          storage:
            longhorn: {health: offline, since: 2026-11-21T03:10:18Z, reason: "disk is gone"}
            embedded: unknown
        volumes:
        - {name: pvc-pg-0, engine: embedded, size: 20Gi, attachedTo: node-a,
           replicas: [{node: node-b, state: syncing, progress: 0.4}, {node: node-a, pool: ssd, state: inSync}]}
        claims:
        - {namespace: default, name: data-pg-0, volume: pvc-pg-0, storageClass: replicated-wffc}
        - {name: late, storageClass: replicated-wffc, requested: 10Gi, annotations: {jabiru.dev/locality: ignore}}
        storageClasses:
        - {name: replicated-wffc, provisioner: csi.jabiru.dev, binding: WaitForFirstConsumer}
        pods:
        - {name: pg-0, node: node-a, claims: [data-pg-0], ephemeral: [{name: tmp, requested: 1Gi}]}
        volumeAttachments:
        - {name: csi-1, volume: pvc-pg-0, node: node-a}
        """

    static let exampleTopology = ClusterTopology(
        nodes: [
            Node(
                name: "node-a", addresses: ["192.168.0.1"], region: "eu-west", zone: "eu-west-a", rack: "rack-00",
                storage: [StorageState(engine: .embedded, health: .online)],
                pools: [
                    Pool(engine: .embedded, name: "ssd", media: "ssd", capacity: 500 << 30, available: 320 << 30)
                ]),
            Node(
                name: "node-b", region: "eu-west", zone: "eu-west-b", schedulable: false, kubelet: .notReady,
                storage: [StorageState(engine: .embedded, health: .degraded)]),
            Node(
                name: "node-c",
                storage: [
                    StorageState(engine: .embedded, health: .unknown),
                    StorageState(
                        engine: .longhorn, health: .offline, since: Timestamp(milliseconds: 1_795_230_618_000),
                        reason: "disk is gone"),
                ]),
        ],
        volumes: [
            Volume(
                name: "pvc-pg-0", engine: .embedded, size: 20 << 30, attachedTo: "node-a",
                replicas: [
                    Replica(node: "node-a", pool: "ssd"), Replica(node: "node-b", state: .syncing(progress: 0.4)),
                ])
        ],
        claims: [
            Claim(namespace: "default", name: "data-pg-0", volume: "pvc-pg-0", storageClass: "replicated-wffc"),
            Claim(
                namespace: "default", name: "late", storageClass: "replicated-wffc", phase: .pending,
                requested: 10 << 30, annotations: ["jabiru.dev/locality": "ignore"]),
        ],
        storageClasses: [
            StorageClass(name: "replicated-wffc", provisioner: "csi.jabiru.dev", binding: .waitForFirstConsumer)
        ],
        pods: [
            Pod(
                namespace: "default", name: "pg-0", node: "node-a", claims: ["data-pg-0"],
                ephemeral: [EphemeralVolume(name: "tmp", requested: 1 << 30)])
        ],
        volumeAttachments: [VolumeAttachment(name: "csi-1", volume: "pvc-pg-0", node: "node-a")])

    @Test func readsEveryEntity() throws {
        #expect(try TopologyFile.parse(Self.example, name: "example.yaml") == Self.exampleTopology)
    }

    @Test func lineEndingsDoNotMatter() throws {
        let yaml = Self.example.replacing("\n", with: "\r\n")
        #expect(try TopologyFile.parse(bytes: yaml.utf8, name: "crlf.yaml") == Self.exampleTopology)
        let json = TopologyFile.json(Self.exampleTopology).replacing("\n", with: "\r\n")
        #expect(try TopologyFile.parse(json, name: "crlf.json") == Self.exampleTopology)
    }

    @Test func writesOneEntityALine() {
        #expect(
            TopologyFile.yaml(Self.exampleTopology) == """
                apiVersion: jabiru.dev/v1alpha1
                kind: Topology
                nodes:
                - {name: node-a, region: eu-west, zone: eu-west-a, rack: rack-00, addresses: [192.168.0.1], \
                pools: [{name: ssd, engine: embedded, media: ssd, capacity: 500Gi, available: 320Gi}]}
                - {name: node-b, region: eu-west, zone: eu-west-b, schedulable: false, kubelet: notReady, \
                storage: degraded}
                - {name: node-c, storage: {embedded: unknown, \
                longhorn: {health: offline, since: "2026-11-21T03:10:18Z", reason: disk is gone}}}
                volumes:
                - {name: pvc-pg-0, engine: embedded, size: 20Gi, attachedTo: node-a, \
                replicas: [{node: node-a, pool: ssd}, {node: node-b, state: syncing, progress: 0.4}]}
                claims:
                - {namespace: default, name: data-pg-0, volume: pvc-pg-0, storageClass: replicated-wffc}
                - {namespace: default, name: late, storageClass: replicated-wffc, requested: 10Gi, \
                annotations: {jabiru.dev/locality: ignore}}
                storageClasses:
                - {name: replicated-wffc, provisioner: csi.jabiru.dev, binding: WaitForFirstConsumer}
                pods:
                - {namespace: default, name: pg-0, node: node-a, claims: [data-pg-0], \
                ephemeral: [{name: tmp, requested: 1Gi}]}
                volumeAttachments:
                - {name: csi-1, volume: pvc-pg-0, node: node-a}

                """)
    }

    @Test func writesJSON() {
        let topology = ClusterTopology(
            nodes: [Node(name: "node-a", schedulable: false), Node(name: "\"b\"\n", rack: "ü\u{1}\u{2028}")],
            volumes: [
                Volume(
                    name: "pvc-1", engine: .local, size: 1000,
                    replicas: [Replica(node: "node-a", state: .stale(bytes: 1024, seconds: 9))])
            ])
        #expect(
            TopologyFile.json(topology) == #"""
                {"apiVersion": "jabiru.dev/v1alpha1", "kind": "Topology",
                "nodes": [
                {"name": "\"b\"\n", "rack": "ü\u0001\u2028"},
                {"name": "node-a", "schedulable": false, "storage": {}}
                ],
                "volumes": [
                {"name": "pvc-1", "engine": "local", "size": "1000", "replicas": [{"node": "node-a", \#
                "state": "stale", "lagBytes": "1Ki", "lagSeconds": 9}]}
                ]}

                """#)
    }

    @Test func anEmptyTopologyIsItsHeader() throws {
        let yaml = TopologyFile.yaml(ClusterTopology())
        #expect(yaml == "apiVersion: jabiru.dev/v1alpha1\nkind: Topology\n")
        #expect(try TopologyFile.parse(yaml, name: "empty") == ClusterTopology())
        #expect(try TopologyFile.parse(TopologyFile.json(ClusterTopology()), name: "empty") == ClusterTopology())
    }

    @Test(arguments: 0..<60)
    func whatIsWrittenReadsBack(_ run: UInt64) throws {
        let seed = SeededGenerator.seed() &+ run
        var random = RandomTopology(seed: seed)
        let topology = random.make()
        let canonical = topology.canonical()
        let comment: Comment = "seed \(seed)"

        let yaml = TopologyFile.yaml(topology)
        #expect(!yaml.contains("incomplete: true"), comment)
        let fromYAML = try TopologyFile.parse(yaml, name: "yaml, seed \(seed)")
        #expect(fromYAML == canonical, comment)
        #expect(Array(TopologyFile.yaml(fromYAML).utf8) == Array(yaml.utf8), comment)

        let json = TopologyFile.json(topology)
        let fromJSON = try TopologyFile.parse(bytes: json.utf8, name: "json, seed \(seed)")
        #expect(fromJSON == canonical, comment)
        #expect(Array(TopologyFile.json(fromJSON).utf8) == Array(json.utf8), comment)
    }

    /// Swift takes texts that differ only in composition for equal; a file has to keep the very scalars.
    @Test(arguments: RandomTopology.nastyTexts.map(TextArgument.init))
    func textKeepsItsScalars(_ argument: TextArgument) throws {
        let text = argument.text
        let topology = ClusterTopology(nodes: [Node(name: "n", rack: text, annotations: [text: text])])
        for file in [TopologyFile.yaml(topology), TopologyFile.json(topology)] {
            let node = try #require(TopologyFile.parse(file, name: "nasty").nodes.first)
            #expect(node.rack.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
            #expect(node.annotations.map { Array($0.key.unicodeScalars) } == [Array(text.unicodeScalars)])
            #expect(node.annotations.map { Array($0.value.unicodeScalars) } == [Array(text.unicodeScalars)])
        }
    }

    /// One word for all engines is written exactly where it reads back as the same states.
    @Test(
        arguments: [
            ([], [], "{name: a}"),
            ([.embedded], [StorageState(engine: .embedded, health: .online)], "{name: a, pools"),
            ([.embedded], [StorageState(engine: .embedded, health: .offline)], "{name: a, storage: offline, pools"),
            ([.embedded], [], "{name: a, storage: {}, pools"),
            ([], [StorageState(engine: .local, health: .online)], "{name: a, storage: {local: online}}"),
            (
                [.embedded], [StorageState(engine: .embedded, health: .online, reason: "")],
                "{name: a, storage: {embedded: {health: online, reason: \"\"}}, pools"
            ),
            (
                [.embedded, .local],
                [StorageState(engine: .embedded, health: .offline), StorageState(engine: .local, health: .offline)],
                "{name: a, storage: offline, pools"
            ),
            (
                [.embedded, .local],
                [StorageState(engine: .embedded, health: .online), StorageState(engine: .local, health: .offline)],
                "{name: a, storage: {embedded: online, local: offline}, pools"
            ),
            (
                [.embedded, .local], [StorageState(engine: .embedded, health: .online)],
                "{name: a, storage: {embedded: online}, pools"
            ),
        ] as [([Engine], [StorageState], String)])
    func storageIsOneWordWhereItCanBe(_ pools: [Engine], _ storage: [StorageState], _ line: String) throws {
        let node = Node(name: "a", storage: storage, pools: pools.map { Pool(engine: $0, name: "p") })
        let yaml = TopologyFile.yaml(ClusterTopology(nodes: [node]))
        #expect(yaml.contains("- " + line), "\(yaml)")
        #expect(try TopologyFile.parse(yaml, name: "storage").nodes == [node])
    }

    @Test func aReplicaMakesItsEngineRunOnTheNode() throws {
        let topology = try TopologyFile.parse(
            """
            apiVersion: jabiru.dev/v1alpha1
            kind: Topology
            nodes: [{name: a, storage: degraded}, {name: b}, {name: c, storage: offline}]
            volumes: [{name: v, engine: longhorn, size: 1, replicas: [{node: a}, {node: b}]}]
            """, name: "derived")
        #expect(
            topology.nodes.map(\.storage) == [
                [StorageState(engine: .longhorn, health: .degraded)],
                [StorageState(engine: .longhorn, health: .online)],
                [],
            ])
    }

    @Test func danglingReferencesAreMarkedAndReadBack() throws {
        let topology = ClusterTopology(
            nodes: [Node(name: "a", storage: [StorageState(engine: .local, health: .online)])],
            volumes: [
                Volume(
                    name: "v", engine: .local, size: 1, attachedTo: "gone",
                    replicas: [Replica(node: "a", pool: "gone"), Replica(node: "gone")])
            ],
            claims: [Claim(namespace: "default", name: "c", volume: "gone", storageClass: "gone", phase: .lost)],
            pods: [Pod(namespace: "default", name: "p", node: "gone", claims: ["gone"])],
            volumeAttachments: [VolumeAttachment(name: "x", volume: "gone", node: "gone")])
        let yaml = TopologyFile.yaml(topology)
        #expect(yaml.hasPrefix("apiVersion: jabiru.dev/v1alpha1\nkind: Topology\nincomplete: true\nnodes:\n"))
        #expect(try TopologyFile.parse(yaml, name: "dump") == topology)
        #expect(try TopologyFile.parse(TopologyFile.json(topology), name: "dump") == topology)
        let strict = yaml.replacing("incomplete: true\n", with: "")
        let error = #expect(throws: TopologyFileError.self) { try TopologyFile.parse(strict, name: "dump") }
        // The class of a bound claim may be gone: it is no problem.
        #expect(error?.problems.count == 8)
        #expect(error?.problems.contains { $0.path.contains("storageClass") } == false)
    }

    /// What a hand writes: plain text is text whatever YAML would make of it.
    @Test func plainScalarsAreTextWhereTextIsWanted() throws {
        let topology = try TopologyFile.parse(
            """
            %YAML 1.1
            --- # a comment
            apiVersion: "jabiru.dev/v1alpha1"
            kind: 'Topology'
            nodes:
            - name: 1234
              uid: 1e3
              region: on
              zone: 2026-11-21
              rack: 0x1
              schedulable: False
              addresses: &addresses
              - fe80::1
              - yes
              annotations: {no: 1, "null": true, '<<': "~", a: !!str null}
            - {name: other, addresses: *addresses, rack: ! plain}
            ...
            """, name: "hand.yaml")
        #expect(
            topology.nodes == [
                Node(
                    name: "1234", uid: "1e3", addresses: ["fe80::1", "yes"], region: "on", zone: "2026-11-21",
                    rack: "0x1", schedulable: false,
                    annotations: ["no": "1", "null": "true", "<<": "~", "a": "null"]),
                Node(name: "other", addresses: ["fe80::1", "yes"], rack: "plain"),
            ])
    }

    @Test func readsJSONWithEveryEscape() throws {
        let json = #"""
            \#u{FEFF}
             {"kind":"Topology","apiVersion":"jabiru.dev\/v1alpha1","nodes":[
             {"name":"n","rack":"\"\\\/\b\f\n\r\t\u0041\uD83E\uDDA9é","schedulable":false}],
             "volumes":[{"name":"v","engine":"local","size":1e3,"desiredReplicas":2,
              "replicas":[{"node":"n","state":"syncing","progress":2.5E-1}]}]}
            """#
        let topology = try TopologyFile.parse(json, name: "escapes.json")
        #expect(topology.nodes.first?.rack == "\"\\/\u{8}\u{C}\n\r\tA🦩é")
        #expect(topology.nodes.first?.schedulable == false)
        #expect(topology.volumes.first?.size == 1000)
        #expect(topology.volumes.first?.desiredReplicas == 2)
        #expect(topology.volumes.first?.replicas == [Replica(node: "n", state: .syncing(progress: 0.25))])
    }
}
