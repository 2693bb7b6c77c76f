import Topology

/// Scans a Pod object for what placement reads of it.
enum PodScanner {
    static func scan(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, quantity: (String) -> Int64?
    ) throws(ScanFault) -> Pod {
        var object = try cursor.openObject(bytes)
        let start = cursor.position - 1
        var seen = SeenFields()
        var pod = Pod(namespace: "default", name: "")
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("metadata", in: bytes) {
                try seen.note(0, key)
                try scanMetadata(bytes, &cursor, &pod)
            } else if key.equals("spec", in: bytes) {
                try seen.note(1, key)
                try scanSpec(bytes, &cursor, &pod, quantity: quantity)
            } else {
                try cursor.skipValue(bytes)
            }
        }
        // A metadata without a name has been refused where it ends.
        if pod.name.isEmpty { throw ScanFault(.missingField, at: start, "metadata") }
        return pod
    }

    private static func scanMetadata(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, _ pod: inout Pod
    ) throws(ScanFault) {
        var object = try cursor.openObject(bytes)
        let start = cursor.position - 1
        var seen = SeenFields()
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("name", in: bytes) {
                try seen.note(0, key)
                let name = try cursor.readString(bytes)
                if name.isEmpty { throw ScanFault(.emptyName, at: Int(name.start) - 1, "the name of the pod") }
                pod.name = name.string(in: bytes)
            } else if key.equals("namespace", in: bytes) {
                try seen.note(1, key)
                pod.namespace = try readNonEmpty(bytes, &cursor) ?? "default"
            } else if key.equals("uid", in: bytes) {
                try seen.note(2, key)
                pod.uid = try readNonEmpty(bytes, &cursor)
            } else if key.equals("annotations", in: bytes) {
                try seen.note(3, key)
                try scanAnnotations(bytes, &cursor, &pod)
            } else {
                try cursor.skipValue(bytes)
            }
        }
        if pod.name.isEmpty { throw ScanFault(.missingField, at: start, "name") }
    }

    private static func scanAnnotations(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, _ pod: inout Pod
    ) throws(ScanFault) {
        guard var object = try cursor.openObjectOrNull(bytes) else { return }
        while let key = try cursor.nextKey(bytes, in: &object) {
            // Also the values that are not kept must be strings: else kube-scheduler did not send this.
            let value = try cursor.readStringOrNull(bytes)
            let name = key.string(in: bytes)
            guard AnnotationKey.isRead(name) else { continue }
            guard pod.annotations.updateValue(value?.string(in: bytes) ?? "", forKey: name) == nil else {
                throw ScanFault(.duplicateField, at: Int(key.start) - 1)
            }
        }
    }

    private static func scanSpec(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, _ pod: inout Pod, quantity: (String) -> Int64?
    ) throws(ScanFault) {
        guard var object = try cursor.openObjectOrNull(bytes) else { return }
        var seen = SeenFields()
        var claims: Set<String> = []
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("volumes", in: bytes) {
                try seen.note(0, key)
                guard var array = try cursor.openArrayOrNull(bytes) else { continue }
                while try cursor.nextElement(bytes, in: &array) {
                    try scanVolume(bytes, &cursor, &pod, &claims, quantity: quantity)
                }
            } else if key.equals("nodeName", in: bytes) {
                try seen.note(1, key)
                pod.node = try readNonEmpty(bytes, &cursor)
            } else {
                try cursor.skipValue(bytes)
            }
        }
    }

    private static func scanVolume(
        _ bytes: RawSpan, _ cursor: inout JSONCursor, _ pod: inout Pod, _ claims: inout Set<String>,
        quantity: (String) -> Int64?
    ) throws(ScanFault) {
        var object = try cursor.openObject(bytes)
        let start = cursor.position - 1
        var seen = SeenFields()
        var name: String?
        var ephemeral: EphemeralVolume?
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("name", in: bytes) {
                try seen.note(0, key)
                name = try readNonEmpty(bytes, &cursor)
            } else if key.equals("persistentVolumeClaim", in: bytes) {
                try seen.note(1, key)
                if let claim = try scanClaimSource(bytes, &cursor), claims.insert(claim).inserted {
                    pod.claims.append(claim)
                }
            } else if key.equals("ephemeral", in: bytes) {
                try seen.note(2, key)
                ephemeral = try EphemeralVolumeScanner.scan(bytes, &cursor, quantity: quantity)
            } else {
                try cursor.skipValue(bytes)
            }
        }
        guard var ephemeral else { return }
        // The claim is named after the volume.
        guard let name else { throw ScanFault(.missingField, at: start, "name") }
        ephemeral.name = name
        pod.ephemeral.append(ephemeral)
    }

    private static func scanClaimSource(
        _ bytes: RawSpan, _ cursor: inout JSONCursor
    ) throws(ScanFault) -> String? {
        guard var object = try cursor.openObjectOrNull(bytes) else { return nil }
        let start = cursor.position - 1
        var seen = SeenFields()
        var name: String?
        while let key = try cursor.nextKey(bytes, in: &object) {
            if key.equals("claimName", in: bytes) {
                try seen.note(0, key)
                name = try readNonEmpty(bytes, &cursor)
            } else {
                try cursor.skipValue(bytes)
            }
        }
        guard let name else { throw ScanFault(.missingField, at: start, "claimName") }
        return name
    }

    /// A string; `nil` for `null` and for the empty string, which Go writes for what is not set.
    private static func readNonEmpty(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(ScanFault) -> String? {
        guard let text = try cursor.readStringOrNull(bytes), !text.isEmpty else { return nil }
        return text.string(in: bytes)
    }
}
