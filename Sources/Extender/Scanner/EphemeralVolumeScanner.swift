import Topology

/// Scans a volume's `ephemeral` source for the claim its template describes.
enum EphemeralVolumeScanner {
    /// Moves past the source.
    ///
    /// - Returns: The volume without its name, which lies outside; `nil` for `null`.
    static func scan(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, quantity: (String) -> Int64?
    ) throws(ScanFault) -> EphemeralVolume? {
        guard var object = try cursor.openObjectOrNull(bytes) else { return nil }
        var volume = EphemeralVolume(name: "")
        var seen = SeenFields()
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("volumeClaimTemplate", in: bytes) {
                try seen.note(0, key)
                try scanTemplate(bytes, &cursor, &volume, quantity: quantity)
            } else {
                try cursor.skipValue(bytes)
            }
        }
        return volume
    }

    private static func scanTemplate(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, _ volume: inout EphemeralVolume, quantity: (String) -> Int64?
    ) throws(ScanFault) {
        guard var object = try cursor.openObjectOrNull(bytes) else { return }
        var seen = SeenFields()
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("spec", in: bytes) {
                try seen.note(0, key)
                try scanSpec(bytes, &cursor, &volume, quantity: quantity)
            } else {
                try cursor.skipValue(bytes)
            }
        }
    }

    private static func scanSpec(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, _ volume: inout EphemeralVolume, quantity: (String) -> Int64?
    ) throws(ScanFault) {
        guard var object = try cursor.openObjectOrNull(bytes) else { return }
        var seen = SeenFields()
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("storageClassName", in: bytes) {
                try seen.note(0, key)
                // The empty string is kept: it asks for no class, where null asks for the default one.
                volume.storageClass = try cursor.readStringOrNull(bytes)?.string(in: bytes)
            } else if key.equals("resources", in: bytes) {
                try seen.note(1, key)
                volume.requested = try scanResources(bytes, &cursor, quantity: quantity)
            } else {
                try cursor.skipValue(bytes)
            }
        }
    }

    private static func scanResources(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, quantity: (String) -> Int64?
    ) throws(ScanFault) -> Int64? {
        guard var object = try cursor.openObjectOrNull(bytes) else { return nil }
        var seen = SeenFields()
        var requested: Int64?
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("requests", in: bytes) {
                try seen.note(0, key)
                requested = try scanRequests(bytes, &cursor, quantity: quantity)
            } else {
                try cursor.skipValue(bytes)
            }
        }
        return requested
    }

    private static func scanRequests(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, quantity: (String) -> Int64?
    ) throws(ScanFault) -> Int64? {
        guard var object = try cursor.openObjectOrNull(bytes) else { return nil }
        var seen = SeenFields()
        var requested: Int64?
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("storage", in: bytes) {
                try seen.note(0, key)
                requested = try readQuantity(bytes, &cursor, quantity: quantity)
            } else {
                try cursor.skipValue(bytes)
            }
        }
        return requested
    }

    /// A quantity: Kubernetes writes a string and also reads a number. What is neither, or no quantity, is `nil`: the
    /// size is then unknown, and the request is not refused for it.
    private static func readQuantity(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, quantity: (String) -> Int64?
    ) throws(ScanFault) -> Int64? {
        switch cursor.peek(bytes) {
        case UInt8(ascii: "\""): return quantity(try cursor.readString(bytes).string(in: bytes))
        case let byte? where JSONCursor.startsNumber(byte):
            let start = cursor.position
            try cursor.skipValue(bytes)
            return quantity(JSONText(start: start, end: cursor.position, hasEscape: false).string(in: bytes))
        default:
            try cursor.skipValue(bytes)
            return nil
        }
    }
}
