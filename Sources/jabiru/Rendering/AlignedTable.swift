import Topology

/// Rows of cells in aligned columns.
///
/// Columns are as wide as their widest cell before it is coloured; nothing is cut off or wrapped.
struct AlignedTable {
    /// A cell: pieces of text with their tones.
    typealias Cell = [(text: String, tone: Tone)]

    private let heads: [String]
    private var rows: [[Cell]] = []

    /// Makes a table without rows.
    init(_ heads: [String]) {
        self.heads = heads
    }

    /// Adds a row, which has a cell for each column.
    ///
    /// What would move the cursor or change colours is left out: names and reasons come from elsewhere.
    mutating func add(_ row: [Cell]) {
        rows.append(row.map { $0.map { ($0.text.withoutControlCharacters, $0.tone) } })
    }

    /// The table's lines.
    func text(paint: Paint) -> String {
        let rows = [heads.map { [(text: $0, tone: .heading)] }] + rows
        let widths = heads.indices.map { column in rows.map { Self.width($0[column]) }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            // Spaces are due only once something follows them, so that no line ends in them.
            var due = 0
            for (column, cell) in row.enumerated() {
                let width = Self.width(cell)
                if width > 0 {
                    line += String(repeating: " ", count: due)
                    line += cell.map { paint($0.text, $0.tone) }.joined()
                    due = 0
                }
                due += widths[column] - width + 2
            }
            return line + "\n"
        }.joined()
    }

    private static func width(_ cell: Cell) -> Int { cell.reduce(0) { $0 + $1.text.count } }
}

extension String {
    /// The text without control characters, such as those that escape sequences begin with.
    var withoutControlCharacters: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        var scalars = unicodeScalars
        scalars.removeAll { $0.properties.generalCategory == .control }
        return String(scalars)
    }
}
