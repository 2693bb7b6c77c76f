/// Rows of cells in aligned columns: texts to the left, numbers to the right.
struct TextTable {
    private let heads: [String]
    private let leftColumns: Int
    private var rows: [[String]] = []

    /// - Parameter leftColumns: How many columns, from the left, hold texts.
    init(_ heads: [String], leftColumns: Int) {
        self.heads = heads
        self.leftColumns = leftColumns
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    var text: String {
        let rows = [heads] + rows
        let widths = heads.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let gap = String(repeating: " ", count: widths[column] - cell.count)
                line += (column > 0 ? "  " : "") + (column < leftColumns ? cell + gap : gap + cell)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

/// A number with three digits that count.
func short(_ value: Double) -> String {
    switch abs(value) {
    case 100...: "\(Int(value.rounded()))"
    case 10...: decimal(value, 1)
    case 1...: decimal(value, 2)
    default: decimal(value, 3)
    }
}

private func decimal(_ value: Double, _ digits: Int) -> String {
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    return "\(scaled / scale).\(padded(scaled % scale, digits))"
}

/// What is written where there is no number.
let noValue = "–"

/// How often the second number is contained in the first.
func ratio(_ value: Double, _ peer: Double) -> String { peer > 0 ? short(value / peer) : noValue }

/// Whether a budget is kept.
func mark(_ isMet: Bool?) -> String { isMet.map { $0 ? "✓" : "✗" } ?? noValue }
