/// A recorded object whose names are replaced, and whose other bytes stay as kube-scheduler sent them.
struct ByteTemplate {
    private var pieces: [[UInt8]] = [[]]
    /// After each piece but the last: which value comes.
    private var slots: [Int] = []

    /// - Parameter placeholders: The texts to be replaced; where one begins with another, it comes first.
    init(_ bytes: [UInt8], placeholders: [String]) {
        let keys = placeholders.map { Array($0.utf8) }
        var position = 0
        while position < bytes.count {
            if let slot = keys.firstIndex(where: { bytes[position...].starts(with: $0) }) {
                slots.append(slot)
                pieces.append([])
                position += keys[slot].count
            } else {
                pieces[pieces.count - 1].append(bytes[position])
                position += 1
            }
        }
    }

    /// Appends the object with its values, which stand in the order of the placeholders.
    func append(_ values: [String], to bytes: inout [UInt8]) {
        for (place, piece) in pieces.enumerated() {
            bytes += piece
            if place < slots.count { bytes += values[slots[place]].utf8 }
        }
    }
}
