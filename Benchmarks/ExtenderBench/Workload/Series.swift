/// A verb of the extender.
enum Verb: String, CaseIterable {
    case filter
    case prioritize
    case preempt
}

/// How a request names its nodes.
enum Form: CaseIterable {
    /// By name, or by the UIDs of the victims: `nodeCacheCapable: true`.
    case names
    /// As whole Node objects, or with the victims as whole pods: `nodeCacheCapable: false`.
    case full

    func word(_ verb: Verb) -> String {
        switch (self, verb) {
        case (.names, .preempt): "meta victims"
        case (.names, _): "names"
        case (.full, .preempt): "victims"
        case (.full, _): "full nodes"
        }
    }
}

/// Requests of one kind, sent one after the other or by several clients at once.
struct Series {
    let verb: Verb
    let nodes: Int
    let form: Form
    let clients: Int

    /// What the series is called in the table and in the JSON file.
    var name: String {
        "\(verb.rawValue), \(nodes) \(form.word(verb)), \(clients == 1 ? "sequential" : "\(clients) parallel")"
    }

    /// The most milliseconds that the median may take; `nil` where no budget is set.
    var budget: Double? {
        guard clients == 1, verb != .preempt else { return nil }
        return switch (form, nodes) {
        case (.names, 500): 0.25
        case (.names, 5000): 1
        case (.full, 500): 10
        case (.full, 5000): 100
        default: nil
        }
    }

    /// How many different requests are sent in turn; few of the large ones, since they stand in memory.
    var variants: Int {
        switch (form, nodes) {
        case (.full, 5000...): 2
        case (.full, 500...): 4
        default: 16
        }
    }

    /// Whether its 16 requests together are so large that one round takes seconds.
    var isHeavy: Bool { form == .full && nodes >= 5000 && clients > 1 }

    /// How many requests are measured, unless time runs out.
    var requests: Int {
        let sequential =
            switch (form, nodes) {
            case (.names, ..<5000): 2000
            case (.names, _): 1000
            case (.full, ..<500): 1000
            case (.full, ..<5000): 300
            case (.full, _): 40
            }
        return clients == 1 ? sequential : sequential * 2
    }

    /// Every series, the quickest first.
    static let all: [Series] = Form.allCases.flatMap { form in
        [50, 500, 5000].flatMap { nodes in
            Verb.allCases.flatMap { verb in
                [1, 16].map { Series(verb: verb, nodes: nodes, form: form, clients: $0) }
            }
        }
    }
}
