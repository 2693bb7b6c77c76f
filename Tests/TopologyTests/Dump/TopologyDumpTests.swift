import Testing

@testable import Topology

@Suite struct TopologyDumpTests {
    @Test func tableForPeople() {
        #expect(
            TopologyDump.table(DumpExample.topology, now: DumpExample.now) == """
                NODES
                NAME    PLACE       STATUS          STORAGE                                 REPLICAS  POOLS
                node-a  eu/eu-a/r1  ready           online                                         2  hdd 2Ti degraded, ssd ██░░░ 36% of 500Gi
                node-b  eu/eu-b/r1  ready,cordoned  embedded offline 5m, longhorn degraded         2  embedded/ssd █████ 95% of 100Gi, longhorn/disk-1 1Gi free failed
                node-c  -/eu-c/-    unknown         online                                         1  -
                node-d  eu/eu-a/-   ready           -                                              0  -

                VOLUMES
                NAME   ENGINE            SIZE  IN SYNC  ATTACHED TO  REPLICAS
                pvc-1  embedded          20Gi      2/3  node-a       node-a✓ node-b✓ (offline) node-c 40%↻
                pvc-2  longhorn           1Gi      0/2  node-c       gone✗ node-b stale 12Mi 5m
                pvc-3  ebs.csi.aws.com  1.5Ki        -  -            -
                pvc-4  embedded           1Gi      1/1  -            node-a✓

                CLAIMS
                NAMESPACE  NAME    PHASE    VOLUME  STORAGE CLASS  REQUESTED
                db         data-1  Bound    pvc-1   fast                   -
                db         data-2  Bound    pvc-2   -                      -
                db         late    Pending  -       fast                10Gi
                db         lost    Lost     pvc-9   -                      -
                web        cache   Bound    pvc-4   other                  -

                STORAGE CLASSES
                NAME   PROVISIONER     BINDING
                fast   csi.jabiru.dev  WaitForFirstConsumer
                other  csi.jabiru.dev  Immediate

                PODS
                NAMESPACE  NAME     NODE    CLAIMS
                db         pg-0     node-a  data-1
                db         pg-1     node-c  data-2,late,pg-1-tmp
                web        cache-0  -       cache

                VOLUME ATTACHMENTS
                NAME   VOLUME  NODE    ATTACHED
                csi-1  pvc-1   node-a  yes
                csi-2  pvc-2   node-c  no

                """)
    }

    @Test func wideTable() {
        #expect(
            TopologyDump.table(DumpExample.topology, wide: true, now: DumpExample.now) == """
                NODES
                NAME    PLACE       STATUS          STORAGE                                 REPLICAS  POOLS    \
                                                                         SINCE                           \
                REASON                         ADDRESSES         UID    ANNOTATIONS
                node-a  eu/eu-a/r1  ready           online                                         2  hdd 2Ti \
                degraded, ssd ██░░░ 36% of 500Gi                          -                               -    \
                                          10.0.0.1,fe80::1  uid-a  jabiru.dev/x=1
                node-b  eu/eu-b/r1  ready,cordoned  embedded offline 5m, longhorn degraded         2  \
                embedded/ssd █████ 95% of 100Gi, longhorn/disk-1 1Gi free failed  embedded: \
                2026-11-21T03:05:18Z  embedded: lease, "agent" lost  -                 -      -
                node-c  -/eu-c/-    unknown         online                                         1  -        \
                                                                         -                               -     \
                                         -                 -      -
                node-d  eu/eu-a/-   ready           -                                              0  -        \
                                                                         -                               -     \
                                         -                 -      -

                VOLUMES
                NAME   ENGINE            SIZE  IN SYNC  ATTACHED TO  REPLICAS                               \
                HANDLE  ACCESS MODES   PARAMETERS
                pvc-1  embedded          20Gi      2/3  node-a       node-a✓ node-b✓ (offline) node-c 40%↻  h1 \
                     ReadWriteOnce  fs=xfs
                pvc-2  longhorn           1Gi      0/2  node-c       gone✗ node-b stale 12Mi 5m             -  \
                     -              -
                pvc-3  ebs.csi.aws.com  1.5Ki        -  -            -                                      -  \
                     -              -
                pvc-4  embedded           1Gi      1/1  -            node-a✓                                -  \
                     -              -

                CLAIMS
                NAMESPACE  NAME    PHASE    VOLUME  STORAGE CLASS  REQUESTED  UID    ANNOTATIONS
                db         data-1  Bound    pvc-1   fast                   -  uid-1  -
                db         data-2  Bound    pvc-2   -                      -  -      -
                db         late    Pending  -       fast                10Gi  -      jabiru.dev/locality=ignore
                db         lost    Lost     pvc-9   -                      -  -      -
                web        cache   Bound    pvc-4   other                  -  -      -

                STORAGE CLASSES
                NAME   PROVISIONER     BINDING               PARAMETERS
                fast   csi.jabiru.dev  WaitForFirstConsumer  jabiru.dev/media=ssd
                other  csi.jabiru.dev  Immediate             -

                PODS
                NAMESPACE  NAME     NODE    CLAIMS                UID    ANNOTATIONS
                db         pg-0     node-a  data-1                uid-p  -
                db         pg-1     node-c  data-2,late,pg-1-tmp  -      -
                web        cache-0  -       cache                 -      -

                VOLUME ATTACHMENTS
                NAME   VOLUME  NODE    ATTACHED
                csi-1  pvc-1   node-a  yes
                csi-2  pvc-2   node-c  no

                """)
    }

    @Test func commaSeparatedValues() {
        let text = TopologyDump.csv(DumpExample.topology)
        #expect(
            text.replacing("\r\n", with: "\n") == """
                claim_namespace,claim,claim_phase,storage_class,requested_bytes,volume,engine,size_bytes,\
                desired_replicas,attached_to,node,region,zone,rack,schedulable,kubelet,storage,replica_state,\
                progress,lag_bytes,lag_seconds,pool,pool_media,pool_capacity_bytes,pool_available_bytes,pool_health
                db,data-1,Bound,fast,,pvc-1,embedded,21474836480,3,node-a,node-a,eu,eu-a,r1,true,ready,online,\
                inSync,,,,ssd,ssd,536870912000,343597383680,online
                db,data-1,Bound,fast,,pvc-1,embedded,21474836480,3,node-a,node-b,eu,eu-b,r1,false,ready,offline,\
                inSync,,,,ssd,,107374182400,5368709120,online
                db,data-1,Bound,fast,,pvc-1,embedded,21474836480,3,node-a,node-c,,eu-c,,true,unknown,online,syncing,\
                0.409,,,,,,,
                db,data-2,Bound,,,pvc-2,longhorn,1073741824,,node-c,gone,,,,,,,failed,,,,,,,,
                db,data-2,Bound,,,pvc-2,longhorn,1073741824,,node-c,node-b,eu,eu-b,r1,false,ready,degraded,stale,,\
                12582912,300,disk-1,,,1073741824,failed
                ,,,,,pvc-3,ebs.csi.aws.com,1500,,,,,,,,,,,,,,,,,,
                web,cache,Bound,other,,pvc-4,embedded,1073741824,1,,node-a,eu,eu-a,r1,true,ready,online,inSync,,,,\
                ssd,ssd,536870912000,343597383680,online
                db,late,Pending,fast,10737418240,,,,,,,,,,,,,,,,,,,,,
                db,lost,Lost,,,pvc-9,,,,,,,,,,,,,,,,,,,,
                ,,,,,,,,,,node-d,eu,eu-a,,true,ready,,,,,,,,,,

                """)
        #expect(text.utf8.count { $0 == 0x0A } == text.utf8.count { $0 == 0x0D })
    }

    @Test func graph() {
        #expect(
            TopologyDump.dot(DumpExample.topology) == #"""
                graph topology {
                    graph [rankdir=LR, fontname="sans-serif"];
                    node [shape=box, style=filled, fillcolor=white, fontname="sans-serif"];
                    edge [fontname="sans-serif", fontsize=10];
                    subgraph cluster_0 {
                        label="region eu";
                        subgraph cluster_1 {
                            label="zone eu-a";
                            subgraph cluster_2 {
                                label="rack r1";
                                n0 [label="node-a\nhdd\nssd 320Gi free", fillcolor=white];
                            }
                            n3 [label="node-d", fillcolor=white];
                        }
                        subgraph cluster_3 {
                            label="zone eu-b";
                            subgraph cluster_4 {
                                label="rack r1";
                                n1 [label="node-b\ncordoned\nembedded: offline\nlonghorn: degraded\nssd 5Gi \#
                free\ndisk-1 1Gi free", fillcolor=salmon];
                            }
                        }
                    }
                    subgraph cluster_5 {
                        label="zone eu-c";
                        n2 [label="node-c\nkubelet unknown", fillcolor=white];
                    }
                    v0 [shape=ellipse, label="pvc-1\n20Gi"];
                    v0 -- n0 [color=darkgreen, penwidth=3];
                    v0 -- n1 [color=darkgreen];
                    v0 -- n2 [color=orange, style=dashed, label="40%"];
                    v1 [shape=ellipse, label="pvc-2\n1Gi"];
                    n4 [label="gone", style=dashed];
                    v1 -- n4 [color=red, style=dotted, label="failed"];
                    v1 -- n1 [color=orange, style=dotted, label="stale"];
                    v1 -- n2 [style=dotted, penwidth=3, label="attached"];
                    v2 [shape=ellipse, label="pvc-3\n1.5Ki"];
                    v3 [shape=ellipse, label="pvc-4\n1Gi"];
                    v3 -- n0 [color=darkgreen];
                }

                """#)
    }

    @Test func anEmptyTopology() {
        let empty = ClusterTopology()
        #expect(TopologyDump.table(empty, now: DumpExample.now) == "Nothing to show.\n")
        #expect(TopologyDump.csv(empty) == CSVColumn.allCases.map(\.rawValue).joined(separator: ",") + "\r\n")
        #expect(TopologyDump.dot(empty).hasSuffix("];\n}\n"))
    }

    /// Colour must not move columns: taking it out again gives the plain table.
    @Test func styleTakesNoRoom() {
        let plain = TopologyDump.table(DumpExample.topology, wide: true, now: DumpExample.now)
        var tones: Set<Tone> = []
        let styled = TopologyDump.table(DumpExample.topology, wide: true, now: DumpExample.now) { text, tone in
            tones.insert(tone)
            return "<\(tone)>" + text + "</>"
        }
        #expect(styled.contains("node-b<good>✓</> <bad>") || styled.contains("node-b<good>✓</><bad> (offline)</>"))
        #expect(styled.contains("<heading>NODES</>\n<heading>NAME</>"))
        #expect(styled.replacing(/<[a-z\/]+>/, with: "") == plain)
        #expect(tones == [.heading, .good, .warning, .bad, .faint])
    }

    @Test(arguments: [
        ("plain", "plain", 5), ("a b", "a b", 3), ("esc\u{1B}[31m", "esc\\u{1b}[31m", 13), ("a\nb", "a\\nb", 4),
        ("データ", "データ", 6), ("🦩", "🦩", 2), ("👩‍👩‍👧", "👩‍👩‍👧", 2), ("é", "é", 1), ("e\u{301}", "e\u{301}", 1),
        ("a\u{202E}b", "a\\u{202e}b", 10), ("✓", "✓", 1), ("back\\slash", "back\\slash", 10), ("한", "한", 2),
    ])
    func textIsSafeAndMeasured(_ text: String, _ printed: String, _ width: Int) {
        let cell = TableCell(text)
        #expect(cell.parts.map(\.text) == [printed])
        #expect(cell.width == width)
    }

    @Test func wideCharactersKeepColumnsAligned() {
        let topology = ClusterTopology(volumes: [
            Volume(name: "データ", engine: .local, size: 1), Volume(name: "abcdefgh", engine: .local, size: 2),
        ])
        #expect(
            TopologyDump.table(topology, now: DumpExample.now) == """
                VOLUMES
                NAME      ENGINE  SIZE  IN SYNC  ATTACHED TO  REPLICAS
                abcdefgh  local      2        -  -            -
                データ    local      1        -  -            -

                """)
    }

    @Test(
        arguments: [
            (-5, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (300, "5m"), (7199, "119m"), (7200, "2h"),
            (172_799, "47h"),
            (172_800, "2d"), (864_000, "10d"),
        ] as [(Int64, String)])
    func ages(_ seconds: Int64, _ text: String) {
        #expect(TopologyDump.age(seconds: seconds) == text)
    }

    @Test func csvQuotesWhatNeedsIt() {
        let topology = ClusterTopology(nodes: [
            Node(name: "a,b", region: "say \"hi\"", zone: "two\r\nlines", rack: " edge")
        ])
        #expect(
            TopologyDump.csv(topology).hasSuffix(
                ",\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\",\" edge\",true,ready,,,,,,,,,,\r\n"))
    }

    /// Two claims on one volume are two rows a replica: no fact is lost.
    @Test func csvHasEveryClaimOfAVolume() {
        let topology = ClusterTopology(
            nodes: [Node(name: "a")],
            volumes: [Volume(name: "v", engine: .local, size: 1, replicas: [Replica(node: "a")])],
            claims: [
                Claim(namespace: "x", name: "one", volume: "v"), Claim(namespace: "x", name: "two", volume: "v"),
            ])
        let rows = TopologyDump.csv(topology).split(separator: "\r\n").dropFirst()
        #expect(rows.map { $0.prefix(13) } == ["x,one,Bound,,", "x,two,Bound,,"])
        #expect(rows.allSatisfy { $0.contains(",v,local,1,,,a,") })
    }

    @Test func graphLabelsAreEscaped() {
        let topology = ClusterTopology(
            nodes: [Node(name: #"a"b\N&lt;"#, zone: "z\n\u{1}")],
            volumes: [Volume(name: "v]", engine: .local, size: 1, replicas: [Replica(node: #"a"b\N&lt;"#)])])
        let graph = TopologyDump.dot(topology)
        #expect(graph.contains(##"n0 [label="a\"b\\N&amp;lt;", fillcolor=white];"##))
        #expect(graph.contains(##"label="zone z\\n\\u{1}";"##))
        #expect(graph.contains(##"v0 [shape=ellipse, label="v]\n1"];"##))
        #expect(graph.contains("v0 -- n0 [color=darkgreen];"))
    }
}
