import Topology

/// Makes topologies that hold together but are otherwise as odd as the model allows.
struct RandomTopology {
    /// How many entities there are of each kind, and how odd their texts are.
    struct Shape {
        var nodes = 12
        var volumes = 20
        var claims = 25
        var pods = 10
        /// Whether texts are drawn from ``nastyTexts``; else they look like a real cluster's.
        var nasty = true
    }

    /// Texts that YAML, JSON, tables or comparisons have been known to get wrong.
    static let nastyTexts = [
        "on", "off", "Yes", "no", "y", "N", "true", "False", "null", "Null", "~", "1e3", "0x1F", "0o17", "0b1", "1_000",
        "12:30:45", "190:20:30", "2026-11-21", "2026-11-21T03:10:18Z", ".5", ".inf", "-.inf", ".nan", "-1", "+1", "1.",
        "1.5", "10.0.0.1", "fe80::1", "- a", "-", "--- ", "...", "? a", "a: b", "a:", ": a", "a #b", "#a", "a,b", "[a]",
        "{a: b}", "&a", "*a", "!a", "!!str a", "|", ">", "%a", "@a", "`a`", "'", "''", "\"", "\"a\"", "a\\", "\\n",
        "<<",
        "=", " a", "a ", "a  b", "tab\tin", "line\nbreak", "cr\r\nlf", "trailing\n", "nul\u{0}", "bell\u{7}",
        "esc\u{1B}[0m",
        "del\u{7F}", "nel\u{85}", "\u{A0}", "ls\u{2028}ps\u{2029}", "bom\u{FEFF}", "\u{FFFE}", "\u{FFFF}", "zürich",
        "データ", "🦩", "👩‍👩‍👧", "e\u{301}", "\u{202E}rtl", "\u{1FFFF}", "0", "007", "08", "0.0.0", "1e", "e1", "12e03",
        "5e3-1", "NaN", "Infinity", "undefined", "disk is gone", "a=b", "(a)", "a;b", "$a", "/a/b", "_", "a_b",
        String(repeating: "x", count: 2000), String(repeating: "\u{1}", count: 700),
    ]

    private var random: SeededGenerator
    private let shape: Shape
    private var engines: [Engine] = [.embedded, .longhorn, .linstor, Engine(rawValue: "ebs.csi.aws.com")]

    init(seed: UInt64, shape: Shape = Shape()) {
        random = SeededGenerator(seed: seed)
        self.shape = shape
        if shape.nasty { engines += ["null", "1e3", "a b", "zürich"].map { Engine(rawValue: $0) } }
    }

    mutating func make() -> ClusterTopology {
        let nodeNames = names("node", shape.nodes)
        let volumeNames = names("pvc", shape.volumes)
        let classNames = names("class", 4)
        var nodes = nodeNames.map { node($0) }
        let volumes = volumeNames.map { volume($0, nodes: nodes) }
        addStorage(to: &nodes, volumes: volumes)
        let claims = names("data", shape.claims).enumerated().map { index, name in
            claim(name, volume: index < volumeNames.count && chance(0.8) ? volumeNames[index] : nil, classNames)
        }
        return ClusterTopology(
            nodes: nodes.shuffled(using: &random),
            volumes: volumes.shuffled(using: &random),
            claims: claims.shuffled(using: &random),
            storageClasses: classNames.map { name in
                StorageClass(
                    name: name, provisioner: self.name("csi.jabiru.dev"),
                    binding: VolumeBindingMode.allCases.randomElement(using: &random) ?? .immediate,
                    parameters: map())
            },
            pods: names("pod", shape.pods).map { pod($0, nodes: nodeNames, claims: claims, classes: classNames) },
            volumeAttachments: names("csi", shape.volumes / 2).compactMap { name in
                guard let volume = volumeNames.randomElement(using: &random),
                    let node = nodeNames.randomElement(using: &random)
                else { return nil }
                return VolumeAttachment(name: name, volume: volume, node: node, attached: chance(0.7))
            })
    }

    // MARK: Entities

    private mutating func node(_ name: String) -> Node {
        Node(
            name: name, uid: maybe { $0.text("5b3e-uid") }, addresses: texts("192.168.0.1"),
            region: maybe { $0.text("eu-west") }, zone: maybe { $0.text("eu-west-a") },
            rack: maybe { $0.text("rack-00") }, schedulable: chance(0.8),
            kubelet: KubeletReadiness.allCases.randomElement(using: &random) ?? .ready, annotations: map(),
            pools: names("pool", Int.random(in: 0...3, using: &random)).map { pool($0) })
    }

    private mutating func pool(_ name: String) -> Pool {
        let capacity = maybe { $0.bytes() }
        return Pool(
            engine: engine(), name: name, media: maybe { $0.text("ssd") }, capacity: capacity,
            available: maybe { $0.bytes(upTo: capacity ?? .max) },
            health: PoolHealth.allCases.randomElement(using: &random) ?? .online)
    }

    private mutating func volume(_ name: String, nodes: [Node]) -> Volume {
        let engine = engine()
        let homes = nodes.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random))
        return Volume(
            name: name, engine: engine, handle: maybe { $0.text("vol-1") }, size: bytes(),
            desiredReplicas: maybe { Int.random(in: 0...5, using: &$0.random) }, accessModes: texts("ReadWriteOnce"),
            attachedTo: maybe { $0.random.pick(nodes)?.name }, parameters: map(),
            replicas: homes.map { node in
                let pools = node.pools.filter { $0.engine == engine }
                return Replica(node: node.name, pool: maybe { $0.random.pick(pools)?.name }, state: replicaState())
            })
    }

    private mutating func replicaState() -> ReplicaState {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: .syncing(progress: chance(0.2) ? (chance(0.5) ? 0 : 1) : Double.random(in: 0...1, using: &random))
        case 1: .syncing(progress: Double.random(in: 0...1e-5, using: &random))
        case 2: .stale(bytes: maybe { $0.bytes() }, seconds: maybe { $0.bytes() })
        case 3: .failed
        default: .inSync
        }
    }

    private mutating func addStorage(to nodes: inout [Node], volumes: [Volume]) {
        for index in nodes.indices {
            let name = nodes[index].name
            var here = Set(nodes[index].pools.map(\.engine))
            here.formUnion(volumes.filter { $0.replicas.contains { $0.node == name } }.map(\.engine))
            // Now and then an engine that has nothing here, or none of those that have.
            if chance(0.2) { here.insert(engine()) }
            if chance(0.1) { here.removeAll() }
            let same = StorageHealth.allCases.randomElement(using: &random) ?? .online
            let alike = chance(0.6)
            nodes[index].storage = here.sorted().shuffled(using: &random).map { engine in
                StorageState(
                    engine: engine,
                    health: alike ? same : StorageHealth.allCases.randomElement(using: &random) ?? .online,
                    since: alike ? nil : maybe { $0.time() }, reason: alike ? nil : maybe { $0.text("disk is gone") })
            }
        }
    }

    private mutating func claim(_ name: String, volume: String?, _ classes: [String]) -> Claim {
        Claim(
            namespace: chance(0.7) ? "default" : self.name("data"), name: name, uid: maybe { $0.text("uid") },
            volume: volume,
            storageClass: maybe { $0.chance(0.1) ? "" : $0.random.pick(classes) },
            phase: maybe { $0.random.pick(ClaimPhase.allCases) }, requested: maybe { $0.bytes() }, annotations: map())
    }

    private mutating func pod(_ name: String, nodes: [String], claims: [Claim], classes: [String]) -> Pod {
        let namespace = random.pick(claims)?.namespace ?? "default"
        let mine = claims.filter { $0.namespace == namespace }.map(\.name).shuffled(using: &random)
        return Pod(
            namespace: namespace, name: name, uid: maybe { $0.text("uid") }, node: maybe { $0.random.pick(nodes) },
            annotations: map(), claims: Array(mine.prefix(Int.random(in: 0...2, using: &random))),
            ephemeral: names("scratch", Int.random(in: 0...2, using: &random)).map { name in
                EphemeralVolume(
                    name: name, storageClass: maybe { $0.random.pick(classes) }, requested: maybe { $0.bytes() })
            })
    }

    // MARK: Values

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    private mutating func maybe<Value>(_ value: (inout RandomTopology) -> Value?) -> Value? {
        chance(0.6) ? value(&self) : nil
    }

    private mutating func engine() -> Engine { random.pick(engines) ?? .embedded }

    /// Names that are all different.
    private mutating func names(_ prefix: String, _ count: Int) -> [String] {
        var seen: Set<String> = []
        return (0..<count).map { index in
            let nasty = shape.nasty && chance(0.5) ? name("\(prefix)-\(index)") : "\(prefix)-\(index)"
            let name = seen.contains(nasty) ? "\(prefix)-\(index)" : nasty
            seen.insert(name)
            return name
        }
    }

    private mutating func name(_ plain: String) -> String {
        let text = text(plain)
        let isName =
            !text.isEmpty && text.utf8.count <= 253
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        return isName ? text : plain
    }

    private mutating func text(_ plain: String) -> String {
        let text = anyText(plain)
        // Yams drops a byte order mark that text starts with.
        return text.unicodeScalars.first == "\u{FEFF}" ? plain : text
    }

    private mutating func anyText(_ plain: String) -> String {
        guard shape.nasty, chance(0.5) else { return plain }
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let scalars: [Unicode.Scalar] = (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...(chance(0.7) ? 0xFF : 0x10FFFF), using: &random))
            }
            return String(String.UnicodeScalarView(scalars))
        case 1: return (random.pick(Self.nastyTexts) ?? "") + (random.pick(Self.nastyTexts) ?? "")
        default: return random.pick(Self.nastyTexts) ?? ""
        }
    }

    private mutating func texts(_ plain: String) -> [String] {
        (0..<Int.random(in: 0...2, using: &random)).map { _ in text(plain) }
    }

    private mutating func map() -> [String: String] {
        var map: [String: String] = [:]
        for index in 0..<(chance(0.6) ? 0 : Int.random(in: 1...3, using: &random)) {
            map[text("jabiru.dev/key-\(index)")] = text("value")
        }
        return map
    }

    private mutating func bytes(upTo limit: Int64 = .max) -> Int64 {
        let shift = Int64.random(in: 0...62, using: &random)
        let bytes = Int64.random(in: 0...limit, using: &random) >> shift
        // Round numbers are what clusters have, so that suffixes are used.
        return chance(0.5) ? bytes : (bytes >> 30) << 30
    }

    private mutating func time() -> Timestamp {
        let seconds = Int64.random(in: 0...4_000_000_000, using: &random)
        return Timestamp(milliseconds: seconds * 1000 + (chance(0.5) ? 0 : Int64.random(in: 0..<1000, using: &random)))
    }
}

extension SeededGenerator {
    fileprivate mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.randomElement(using: &self)
    }
}
