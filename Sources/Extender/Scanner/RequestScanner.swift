/// Scans kube-scheduler's extender requests (`k8s.io/kube-scheduler/extender/v1`).
///
/// One pass over the body finds the names and the ranges that the answer is made of. Nothing is decoded but the few
/// fields of the pod that placement reads. The whole body is validated, also what is passed over, so that a copied
/// range is well-formed JSON and a body that is cut off is never taken for a smaller request.
///
/// Field names are matched exactly, as kube-scheduler writes them; unknown fields are ignored.
package enum RequestScanner {
    /// How many nodes a request may name: far more than a cluster has, so that no body makes the scanner keep many
    /// times its own size.
    package static let nodeLimit = 1 << 20

    /// Scans a filter or prioritize request.
    ///
    /// - Parameters:
    ///   - bytes: The request's body.
    ///   - quantity: Reads a Kubernetes quantity such as `20Gi`; `nil` where the text is none.
    /// - Throws: ``ScanError`` where the body is not such a request.
    package static func scanArguments(
        _ bytes: RawSpan, quantity: (String) -> Int64?
    ) throws(ScanError) -> ScannedArguments {
        do {
            var scanner = ArgumentsScanner()
            return try scanner.scan(bytes, quantity: quantity)
        } catch {
            throw error.explained(in: bytes)
        }
    }

    /// Scans a preempt request.
    ///
    /// - Parameters:
    ///   - bytes: The request's body.
    ///   - quantity: Reads a Kubernetes quantity such as `20Gi`; `nil` where the text is none.
    /// - Throws: ``ScanError`` where the body is not such a request.
    package static func scanPreemption(
        _ bytes: RawSpan, quantity: (String) -> Int64?
    ) throws(ScanError) -> ScannedPreemption {
        do {
            var scanner = PreemptionScanner()
            return try scanner.scan(bytes, quantity: quantity)
        } catch {
            throw error.explained(in: bytes)
        }
    }

    /// Opens the request's object.
    static func openRequest(_ bytes: RawSpan, _ cursor: inout JSONCursor) throws(ScanFault) -> JSONCursor.Container {
        guard bytes.byteCount <= Int(Int32.max) else {
            throw ScanFault(.tooLarge, at: 0, "the body is larger than 2 GiB")
        }
        if bytes.byteCount >= 3, bytes.byte(0) == 0xef, bytes.byte(1) == 0xbb, bytes.byte(2) == 0xbf {
            throw ScanFault(.byteOrderMark, at: 0)
        }
        return try cursor.openObject(bytes)
    }
}

/// Which of an object's fields have occurred.
struct SeenFields {
    private var bits: UInt8 = 0

    /// Notes a field by its number, from 0 to 7, and refuses it the second time.
    @inline(__always)
    mutating func note(_ field: UInt8, _ key: JSONText) throws(ScanFault) {
        let bit: UInt8 = 1 &<< field
        guard bits & bit == 0 else { throw ScanFault(.duplicateField, at: Int(key.start) - 1) }
        bits |= bit
    }
}
