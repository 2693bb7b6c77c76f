/// What a piece of text in a table means, for whoever colours it.
public enum Tone: Hashable, Sendable, CaseIterable {
    /// Nothing in particular.
    case plain
    /// A title or a column's head.
    case heading
    /// Works as it should.
    case good
    /// Works, but somebody should look.
    case warning
    /// Does not work.
    case bad
    /// Of little interest.
    case faint
}

/// A cell of a table: pieces of text, each with its tone.
package struct TableCell {
    private(set) var parts: [(text: String, tone: Tone)] = []
    private(set) var width = 0

    /// An empty cell.
    package init() {}

    /// A cell with one text; a dash where there is none.
    package init(_ text: String?, _ tone: Tone = .plain) {
        if let text, !text.isEmpty {
            append(text, tone)
        } else {
            append("-", .faint)
        }
    }

    /// Adds text, made safe to print.
    package mutating func append(_ text: String, _ tone: Tone = .plain) {
        let text = text.printable
        parts.append((text, tone))
        width += text.columns
    }

    mutating func append(_ cell: TableCell) {
        parts += cell.parts
        width += cell.width
    }

    /// Cells one after the other in one; a dash where there are none.
    static func joined(_ cells: [TableCell], separator: String) -> TableCell {
        guard var result = cells.first else { return TableCell(nil) }
        for cell in cells.dropFirst() {
            result.append(separator)
            result.append(cell)
        }
        return result
    }
}

/// A table with a title and aligned columns.
package struct TableLayout {
    private struct Column {
        var title: String
        var isNumber = false
    }

    private let title: String
    private let columns: [Column]
    /// The rows; each has a cell for each column.
    package var rows: [[TableCell]] = []

    /// - Parameter numbers: The columns that are aligned at their right.
    package init(_ title: String, _ columns: [String], numbers: Set<String> = []) {
        self.title = title
        self.columns = columns.map { Column(title: $0, isNumber: numbers.contains($0)) }
    }

    /// Adds the table's lines.
    ///
    /// Columns are as wide as their widest cell before it is styled, as colour takes no room; nothing is cut or wrapped.
    package func write(to text: inout String, style: (String, Tone) -> String) {
        let head = columns.map { TableCell($0.title, .heading) }
        let widths = columns.indices.map { column in
            rows.reduce(head[column].width) { max($0, $1[column].width) }
        }
        text += style(title, .heading) + "\n"
        for row in [head] + rows {
            // Spaces are due only once something follows them, so that no line ends in them.
            var due = 0
            for (column, cell) in row.enumerated() {
                let padding = widths[column] - cell.width
                if columns[column].isNumber { due += padding }
                if cell.width > 0 {
                    text += String(repeating: " ", count: due)
                    for part in cell.parts { text += part.tone == .plain ? part.text : style(part.text, part.tone) }
                    due = 0
                }
                due += (columns[column].isNumber ? 0 : padding) + 2
            }
            text += "\n"
        }
    }
}

extension String {
    /// The text without what would move the cursor or change colours: a name or a reason comes from elsewhere.
    package var printable: String {
        if unicodeScalars.allSatisfy(\.isPrintable) { return self }
        return unicodeScalars.reduce(into: "") { $0 += $1.isPrintable ? String($1) : $1.visible }
    }

    /// How many columns of a terminal the text takes.
    var columns: Int {
        if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
        return reduce(0) { $0 + $1.columns }
    }
}

extension Character {
    /// East Asian wide characters and emoji take two columns (Unicode Standard Annex 11).
    fileprivate var columns: Int {
        guard let first = unicodeScalars.first else { return 0 }
        if first.properties.isEmojiPresentation || unicodeScalars.contains("\u{FE0F}") { return 2 }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default:
            let isCombining =
                first.properties.generalCategory == .nonspacingMark
                || first.properties.generalCategory == .enclosingMark || first.properties.generalCategory == .format
            return isCombining ? 0 : 1
        }
    }
}
