import Testing
import Topology

@Suite struct TopologyFileErrorTests {
    /// A topology with one thing put in, and what has to be said about it.
    struct Case: Sendable, CustomTestStringConvertible {
        var file: String
        var expected: String

        var testDescription: String { expected }

        init(_ body: String, _ expected: String) {
            file = "apiVersion: jabiru.dev/v1alpha1\nkind: Topology\n" + body
            self.expected = expected
        }

        static func whole(_ file: String, _ expected: String) -> Case {
            var result = Case("", expected)
            result.file = file
            return result
        }
    }

    static let quantity = "expected a quantity such as 20Gi, found"

    /// Values of the wrong type or range. The body starts in line 3.
    static let values = [
        Case("nodes: 5", "f:3:8: nodes: expected a list, found \"5\""),
        Case("nodes: {a: b}", "f:3:8: nodes: expected a list, found a mapping"),
        Case("nodes:", "f:3:7: nodes: expected a list, found nothing"),
        Case("nodes: [node-a]", "f:3:9: nodes[0]: expected a mapping with name, uid, addresses"),
        Case("nodes:\n- {}", "f:4:3: nodes[0].name: the field is missing"),
        Case("nodes:\n- {name: }", "nodes[0].name: expected text, found nothing"),
        Case("nodes:\n- {name: ~}", "f:4:10: nodes[0].name: expected text, found nothing"),
        Case("nodes:\n- {name: ''}", "nodes[0].name: expected a name, found empty text"),
        Case("nodes:\n- {name: [a]}", "nodes[0].name: expected text, found a list"),
        Case("nodes:\n- {name: \"a\\nb\"}", "expected a name without control characters, found \"a\\nb\""),
        Case("nodes:\n- name: \(String(repeating: "n", count: 254))", "a name of at most 253 bytes, found 254"),
        Case("nodes:\n- {name: a, nmae: b}", "f:4:13: nodes[0].nmae: no such field; known here are name, uid,"),
        Case("node: []", "f:3:1: node: no such field; known here are apiVersion, kind, incomplete, nodes"),
        Case("nodes:\n- {name: a, uid: null}", "nodes[0].uid: expected text, found nothing"),
        Case("nodes:\n- {name: a, addresses: 10.0.0.1}", "nodes[0].addresses: expected a list, found \"10.0.0.1\""),
        Case("nodes:\n- {name: a, addresses: [[]]}", "nodes[0].addresses[0]: expected text, found a list"),
        Case(
            "nodes:\n- {name: a, schedulable: yes}",
            "f:4:26: nodes[0].schedulable: expected true or false, found \"yes\""),
        Case("nodes:\n- {name: a, schedulable: \"true\"}", "expected true or false, found \"true\""),
        Case(
            "nodes:\n- {name: a, kubelet: Ready}", "kubelet: expected one of ready, notReady, unknown, found \"Ready\""),
        Case("nodes:\n- {name: a, annotations: [b]}", "annotations: expected a mapping of text to text, found a list"),
        Case(
            "nodes:\n- {name: a, annotations: {x/y: [b]}}", "nodes[0].annotations[\"x/y\"]: expected text, found a list"
        ),
        Case(
            "nodes:\n- {name: a, storage: on}",
            "storage: expected one of online, degraded, storageDown, offline, unknown, or a mapping of engines"),
        Case("nodes:\n- {name: a, storage: [online]}", "or a mapping of engines to one of these words, found a list"),
        Case("nodes:\n- {name: a, storage: {local: up}}", "nodes[0].storage.local: expected one of online, degraded"),
        Case("nodes:\n- {name: a, storage: {local: {}}}", "nodes[0].storage.local.health: the field is missing"),
        Case(
            "nodes:\n- {name: a, storage: {local: {health: up}}}",
            "nodes[0].storage.local.health: expected one of online"),
        Case("nodes:\n- {name: a, storage: {local: {health: online, for: 5m}}}", "storage.local.for: no such field"),
        Case("nodes:\n- {name: a, storage: {'': online}}", "expected a name, found empty text"),
        Case(
            "nodes:\n- {name: a, storage: {local: {health: online, since: yesterday}}}",
            "nodes[0].storage.local.since: expected a time such as 2026-11-21T03:10:18Z, found \"yesterday\""),
        Case("nodes:\n- {name: a, pools: [{engine: local}]}", "f:4:21: nodes[0].pools[0].name: the field is missing"),
        Case("nodes:\n- {name: a, pools: [{name: p}]}", "nodes[0].pools[0].engine: the field is missing"),
        Case(
            "nodes:\n- {name: a, pools: [{name: p, engine: local, capacity: -5}]}",
            "f:4:56: nodes[0].pools[0].capacity: \(quantity) \"-5\""),
        Case("nodes:\n- {name: a, pools: [{name: p, engine: local, capacity: 5GB}]}", "\(quantity) \"5GB\""),
        Case("nodes:\n- {name: a, pools: [{name: p, engine: local, available: 9Ei}]}", "\(quantity) \"9Ei\""),
        Case("nodes:\n- {name: a, pools: [{name: p, engine: local, available: [1]}]}", "\(quantity) a list"),
        Case(
            "nodes:\n- {name: a, pools: [{name: p, engine: local, health: offline}]}",
            "nodes[0].pools[0].health: expected one of online, degraded, failed, found \"offline\""),
        Case(
            "nodes:\n- {name: a, pools: [{name: p, engine: local, capacity: 1Gi, available: 2Gi}]}",
            "f:4:72: nodes[0].pools[0].available: expected at most the capacity 1Gi, found 2Gi"),
        Case("volumes:\n- {name: v, engine: local}", "volumes[0].size: the field is missing"),
        Case("volumes:\n- {name: v, size: 1}", "volumes[0].engine: the field is missing"),
        Case("volumes:\n- {name: v, engine: local, size: big}", "volumes[0].size: \(quantity) \"big\""),
        Case("volumes:\n- {name: v, engine: local, size: }", "volumes[0].size: \(quantity) nothing"),
        Case(
            "volumes:\n- {name: v, engine: local, size: 1, desiredReplicas: -1}",
            "volumes[0].desiredReplicas: expected a whole number from 0 up, found \"-1\""),
        Case(
            "volumes:\n- {name: v, engine: local, size: 1, desiredReplicas: '2'}",
            "a whole number from 0 up, found \"2\""),
        Case(
            "volumes:\n- {name: v, engine: local, size: 1, desiredReplicas: 1.5}",
            "a whole number from 0 up, found \"1.5\""),
        Case("claims:\n- {name: c, phase: bound}", "phase: expected one of Pending, Bound, Lost, found \"bound\""),
        Case("claims:\n- {namespace: '', name: c}", "claims[0].namespace: expected a name, found empty text"),
        Case("claims:\n- {name: c, requested: 1Q}", "claims[0].requested: \(quantity) \"1Q\""),
        Case("storageClasses:\n- {name: s}", "storageClasses[0].provisioner: the field is missing"),
        Case(
            "storageClasses:\n- {name: s, provisioner: p, binding: immediate}",
            "binding: expected one of Immediate, WaitForFirstConsumer, found \"immediate\""),
        Case(
            "storageClasses:\n- {name: s, provisioner: p, parameters: {a: {b: c}}}",
            "parameters.a: expected text, found a mapping"),
        Case("pods:\n- {name: p, ephemeral: [{requested: 1}]}", "pods[0].ephemeral[0].name: the field is missing"),
        Case("volumeAttachments:\n- {name: a}", "volumeAttachments[0].volume: the field is missing"),
        Case("incomplete: 1", "f:3:13: incomplete: expected true or false, found \"1\""),
        .whole("kind: Topology", "f:1:1: apiVersion: the field is missing"),
        .whole("apiVersion: jabiru.dev/v1alpha1", "f:1:1: kind: the field is missing"),
        .whole("apiVersion: v1\nkind: Topology", "f:1:13: apiVersion: expected jabiru.dev/v1alpha1, found \"v1\""),
        .whole("apiVersion: jabiru.dev/v1alpha1\nkind: List", "f:2:7: kind: expected Topology, found \"List\""),
        .whole("- a", "f:1:1: expected a mapping with apiVersion, kind, incomplete, nodes"),
        .whole("just text", "f:1:1: expected a mapping with apiVersion"),
        .whole("---\n", "expected a mapping with apiVersion, kind, incomplete"),
    ]

    /// Replica states and what goes with them.
    static let states = [
        (
            "state: synced",
            "volumes[0].replicas[0].state: expected one of inSync, syncing, stale, failed, found \"synced\""
        ),
        ("state: syncing", "f:6:14: volumes[0].replicas[0].progress: the field is missing"),
        ("state: syncing, progress: 1.1", "progress: expected a number from 0 to 1, found \"1.1\""),
        ("state: syncing, progress: -0.1", "progress: expected a number from 0 to 1, found \"-0.1\""),
        ("state: syncing, progress: .nan", "progress: expected a number from 0 to 1, found \".nan\""),
        ("state: syncing, progress: 0x0p0", "progress: expected a number from 0 to 1, found \"0x0p0\""),
        ("state: syncing, progress: '0.5'", "progress: expected a number from 0 to 1, found \"0.5\""),
        ("state: syncing, progress: 40%", "progress: expected a number from 0 to 1, found \"40%\""),
        ("progress: 0.5", "f:6:34: volumes[0].replicas[0].progress: goes only with state: syncing"),
        ("state: failed, progress: 0.5", "progress: goes only with state: syncing"),
        ("state: syncing, progress: 0.5, lagSeconds: 3", "lagSeconds: goes only with state: stale"),
        ("lagBytes: 1Gi", "lagBytes: goes only with state: stale"),
        ("state: stale, lagSeconds: -3", "lagSeconds: expected a whole number from 0 up, found \"-3\""),
        ("state: stale, lagBytes: -3", "lagBytes: \(quantity) \"-3\""),
        ("pool: hdd", "f:6:30: volumes[0].replicas[0].pool: node \"a\" has no pool \"hdd\" of engine \"local\""),
    ].map { fields, expected in
        Case(
            "nodes: [{name: a}]\nvolumes:\n- {name: v, engine: local, size: 1,\n   replicas: [{node: a, \(fields)}]}"
                .replacing("\n   replicas", with: "\n  replicas"), expected)
    }

    /// Names given twice and references that lead nowhere.
    static let relations = [
        Case("nodes: [{name: a}, {name: a}]", "f:3:27: nodes[1].name: node \"a\" is given already, as nodes[0]"),
        Case(
            "volumes: [{name: v, engine: local, size: 1}, {name: v, engine: local, size: 1}]",
            "volumes[1].name: volume \"v\""),
        Case(
            "claims: [{name: c}, {namespace: default, name: c}]", "claims[1].name: claim \"default/c\" is given already"
        ),
        Case(
            "storageClasses: [{name: s, provisioner: p}, {name: s, provisioner: p}]",
            "storage class \"s\" is given already"),
        Case("pods: [{name: p}, {name: p}]", "pods[1].name: pod \"default/p\" is given already, as pods[0]"),
        Case(
            "nodes: [{name: a, pools: [{name: p, engine: local}, {name: p, engine: local}]}]",
            "nodes[0].pools[1].name: pool \"local/p\" is given already, as nodes[0].pools[0]"),
        Case(
            "nodes: [{name: a}]\nvolumes: [{name: v, engine: local, size: 1, replicas: [{node: a}, {node: a}]}]",
            "f:4:74: volumes[0].replicas[1].node: replica on \"a\" is given already, as volumes[0].replicas[0]"),
        Case(
            "nodes: [{name: a}]\nvolumes: [{name: v, engine: local, size: 1}]\n"
                + "volumeAttachments: [{name: x, volume: v, node: a}, {name: x, volume: v, node: a}]",
            "f:5:59: volumeAttachments[1].name: volume attachment \"x\" is given already"),
        Case(
            "claims: [{name: c}]\npods: [{name: p, claims: [c, c]}]", "pods[0].claims[1]: claim \"c\" is given already"),
        Case(
            "pods: [{name: p, ephemeral: [{name: e}, {name: e}]}]", "pods[0].ephemeral[1].name: volume \"e\" is given"),
        Case(
            "volumes: [{name: v, engine: local, size: 1, attachedTo: x}]",
            "f:3:57: volumes[0].attachedTo: no node is named \"x\""),
        Case(
            "volumes: [{name: v, engine: local, size: 1, replicas: [{node: x}]}]",
            "f:3:63: volumes[0].replicas[0].node: no node is named \"x\""),
        Case("claims: [{name: c, volume: x}]", "claims[0].volume: no volume is named \"x\""),
        Case("claims: [{name: c, storageClass: x}]", "claims[0].storageClass: no storage class is named \"x\""),
        Case("pods: [{name: p, node: x}]", "pods[0].node: no node is named \"x\""),
        Case(
            "claims: [{name: c, namespace: other}]\npods: [{name: p, claims: [c]}]", "no claim is named \"default/c\""),
        Case(
            "pods: [{name: p, ephemeral: [{name: e, storageClass: x}]}]",
            "pods[0].ephemeral[0].storageClass: no storage"),
        Case(
            "volumeAttachments: [{name: a, volume: x, node: y}]",
            "volumeAttachments[0].volume: no volume is named \"x\""),
    ]

    /// What is no YAML, or YAML that is not read.
    static let yaml = [
        Case.whole("", "f: the file is empty; expected apiVersion: jabiru.dev/v1alpha1"),
        .whole("# only a comment\n", "f: the file is empty"),
        .whole("a: [b", "f:2:1: not YAML: while parsing a flow sequence, did not find expected ',' or ']'"),
        .whole("a: b\n c: d", "f:2:3: not YAML: mapping values are not allowed"),
        .whole("a: \u{1}", "not YAML: control characters are not allowed (U+1)"),
        .whole("a: 1\nb: 2\na: 3", "the field \"a\" is given twice"),
        .whole("a: 1\n---\nb: 2", "f:2:1: not YAML: expected a single document in the stream"),
        .whole("a: *nowhere", "f:1:4: not YAML: found undefined alias"),
        .whole("a: !!binary aGk=", "the YAML tag \"tag:yaml.org,2002:binary\" is not supported"),
        .whole("a: !!int 1", "f:1:4: the YAML tag \"tag:yaml.org,2002:int\" is not supported"),
        .whole("a: !mine {b: c}", "f:1:4: the YAML tag \"!mine\" is not supported"),
        .whole("a: &x {b: c}\nd: {<<: *x}", "f:2:5: merge keys (<<) are not supported"),
        .whole("a: {~: b}", "f:1:5: a field without a name"),
        .whole("? [a, b]\n: c", "f:1:3: a field's name has to be text"),
        .whole("\u{201C}a", "expected a mapping"),
        .whole(
            "a: \(String(repeating: "[", count: 70))\(String(repeating: "]", count: 70))",
            "nested deeper than 64 levels"),
        .whole(String(repeating: "[", count: 500_000), "f:1:"),
        .whole(String(repeating: "- ", count: 500_000), "f:1:"),
        .whole(String(repeating: "? ", count: 500_000), "f:1:"),
        .whole(
            "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
                + zip("bcdefghi", "abcdefgh").map {
                    "\($0): &\($0) [\(Array(repeating: "*\($1)", count: 10).joined(separator: ","))]\n"
                }
                .joined(),
            "aliases repeat too much of the file"),
    ]

    /// What is no JSON.
    static let json = [
        Case.whole("{", "f:1:2: expected a field's name in double quotes"),
        .whole("{\"a\"", "f:1:5: expected a colon after a field's name"),
        .whole("{\"a\":", "f:1:6: expected a value"),
        .whole("{\"a\":1", "f:1:7: expected a comma or a closing brace"),
        .whole("{\"a\":1,}", "f:1:8: expected a field's name in double quotes"),
        .whole("{a:1}", "f:1:2: expected a field's name in double quotes"),
        .whole("{\"a\":[1,]}", "f:1:9: expected a value"),
        .whole("{\"a\":[1", "f:1:8: expected a comma or a closing bracket"),
        .whole("{\"a\":1}\n{}", "f:2:1: expected the end of the file"),
        .whole("{\"ü\":1,\n \"ü\":2}", "f:2:2: the field \"ü\" is given twice"),
        .whole("{\"é\": nul}", "f:1:7: expected a value"),
        .whole("{\"a\":01}", "f:1:7: expected a comma or a closing brace"),
        .whole("{\"a\":1.}", "f:1:8: expected a digit"),
        .whole("{\"a\":-}", "f:1:7: expected a digit"),
        .whole("{\"a\":+1}", "f:1:6: expected a value"),
        .whole("{\"a\":NaN}", "f:1:6: expected a value"),
        .whole("{\"a\":\"b}", "f:1:9: a string is not closed"),
        .whole("{\"a\":\"b\\", "a string is not closed"),
        .whole("{\"a\":\"b\nc\"}", "f:1:8: a control character in a string has to be escaped"),
        .whole("{\"a\":\"\\x41\"}", "f:1:7: an escape in a string is not one of JSON's"),
        .whole("{\"a\":\"\\u12g4\"}", "f:1:7: expected \\u and four hexadecimal digits"),
        .whole("{\"a\":\"\\uD800\"}", "expected \\u and four hexadecimal digits"),
        .whole("{\"a\":\"\\uD800\\u0041\"}", "half of a surrogate pair"),
        .whole("{\"a\":\"\\uDC00\"}", "half of a surrogate pair"),
        .whole("{\"a\": // comment\n1}", "f:1:7: expected a value"),
        .whole("{\"a\":" + String(repeating: "[", count: 1_000_000), "nested deeper than 64 levels"),
        .whole(String(repeating: "{\"a\":", count: 1_000_000), "nested deeper than 64 levels"),
        .whole(
            "{\"apiVersion\": \"jabiru.dev/v1alpha1\",\n \"kind\": \"Topology\",\n \"nodes\": [\n  {\"name\": 5}]}",
            "f:4:12: nodes[0].name: expected text, found the number 5"),
        .whole(
            "{\"apiVersion\": \"jabiru.dev/v1alpha1\", \"kind\": \"Topology\", \"nodes\": null}",
            "nodes: expected a list, found nothing"),
        .whole(
            "{\"apiVersion\": \"jabiru.dev/v1alpha1\", \"kind\": \"Topology\",\n"
                + "\"nodes\": [{\"name\": \"a\", \"schedulable\": \"true\"}]}",
            "f:2:40: nodes[0].schedulable: expected true or false, found \"true\""),
    ]

    @Test(arguments: values + states + relations + yaml + json)
    func saysWhatIsWrong(_ example: Case) throws {
        let error = try #require(
            #expect(throws: TopologyFileError.self) { try TopologyFile.parse(example.file, name: "f") })
        #expect(error.description.contains(example.expected), "said: \(error.description)")
    }

    @Test(arguments: values + states + relations)
    func oneMistakeIsOneProblem(_ example: Case) throws {
        let error = try #require(
            #expect(throws: TopologyFileError.self) { try TopologyFile.parse(example.file, name: "f") })
        let lines = error.description.split(separator: "\n").filter { !$0.contains(example.expected) }
        // The header and the last fields of an attachment are further mistakes of their own.
        let other = lines.filter { !$0.hasSuffix("the field is missing") && !$0.contains("no node is named \"y\"") }
        #expect(other.isEmpty)
        #expect(error.code == .invalid)
    }

    @Test func allMistakesAreReportedInOrder() throws {
        let error = try #require(
            #expect(throws: TopologyFileError.self) {
                try TopologyFile.parse(
                    """
                    apiVersion: jabiru.dev/v1alpha1
                    kind: Topology
                    claims:
                    - {name: c, volume: gone}
                    nodes:
                    - {name: a, kubelet: fine, pools: [{name: p, engine: local, capacity: much}]}
                    - {name: a}
                    """, name: "three.yaml")
            })
        #expect(
            error.description == """
                three.yaml:4:21: claims[0].volume: no volume is named "gone"
                three.yaml:6:22: nodes[0].kubelet: expected one of ready, notReady, unknown, found "fine"
                three.yaml:6:71: nodes[0].pools[0].capacity: expected a quantity such as 20Gi, found "much"
                three.yaml:7:10: nodes[1].name: node "a" is given already, as nodes[0]
                """)
        #expect(error.omitted == 0)
    }

    @Test func twentyProblemsAreListedAndTheRestCounted() throws {
        let nodes = (0..<50).map { "- {name: node-\($0), zone: []}\n" }.joined()
        let error = try #require(
            #expect(throws: TopologyFileError.self) {
                try TopologyFile.parse("apiVersion: jabiru.dev/v1alpha1\nkind: Topology\nnodes:\n" + nodes, name: "f")
            })
        #expect(error.problems.count == 20)
        #expect(error.problems.first?.line == 4)
        #expect(error.problems.last?.path == "nodes[19].zone")
        #expect(error.omitted == 30)
        #expect(error.description.hasSuffix("\nf: and 30 more"))
    }

    /// One bad name must not make every reference to it look wrong as well.
    @Test(arguments: [
        ("nodes: [{name: [a]}]", "nodes[0].name"), ("nodes: [a]", "nodes[0]"), ("nodes: a", "nodes"),
        ("nodes: [{name: a, pools: p}]", "nodes[0].pools"),
        ("nodes: [{name: a, pools: [{name: '', engine: local}]}]", "nodes[0].pools[0].name"),
        ("nodes: [{name: a, pools: [{name: p, engine: []}]}]", "nodes[0].pools[0].engine"),
    ])
    func aNameThatCannotBeReadHidesReferences(_ nodes: String, _ path: String) throws {
        let replicas = (0..<5).map { "{name: v\($0), engine: local, size: 1, replicas: [{node: a, pool: p}]}" }
        let error = try #require(
            #expect(throws: TopologyFileError.self) {
                try TopologyFile.parse(
                    """
                    apiVersion: jabiru.dev/v1alpha1
                    kind: Topology
                    \(nodes)
                    volumes: [\(replicas.joined(separator: ", "))]
                    """, name: "f")
            })
        #expect(error.problems.map(\.path) == [path])
    }

    @Test func bytesHaveToBeUTF8() throws {
        let bytes = Array("a: 1\nü: ".utf8) + [0xFF, 0x0A]
        let error = try #require(
            #expect(throws: TopologyFileError.self) { try TopologyFile.parse(bytes: bytes, name: "f") })
        #expect(error.description == "f:2:4: the file is not UTF-8")
        #expect(error.code == .malformed)
    }
}
