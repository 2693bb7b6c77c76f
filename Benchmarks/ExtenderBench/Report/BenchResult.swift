/// One measured number beside its budget and its peer: an entry of the JSON file.
struct BenchResult: Encodable {
    let name: String
    let value: Double
    let unit: String
    /// The most that the value may be; `nil` where no budget is set.
    var budget: Double?
    var peer: String?
    var peerValue: Double?

    /// Whether the budget is kept; `nil` without one.
    var met: Bool? { budget.map { value <= $0 } }

    private enum CodingKeys: CodingKey {
        case name, value, unit, budget, met, peer, peerValue
    }

    /// Writes what there is not as `null`, so that every entry has every key.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(Self.rounded(value), forKey: .value)
        try container.encode(unit, forKey: .unit)
        try container.encode(budget, forKey: .budget)
        try container.encode(met, forKey: .met)
        try container.encode(peer, forKey: .peer)
        try container.encode(peerValue.map(Self.rounded), forKey: .peerValue)
    }

    private static func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
}
