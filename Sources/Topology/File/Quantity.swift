/// Kubernetes quantities of bytes: `20Gi`, `500M`, `1.5Gi`, `1e3`, `1048576`.
///
/// Source: `k8s.io/apimachinery/pkg/api/resource`. What Kubernetes reads is read the same way here, with two exceptions
/// on the strict side: a number needs a digit (`Gi` alone is zero there), and what does not fit into 64 bits is refused
/// rather than capped.
public enum Quantity {
    /// Reads a quantity of bytes, a fraction of a byte rounded up as Kubernetes does.
    ///
    /// - Returns: `nil` where the text is no quantity, is negative or does not fit into 64 bits.
    public static func bytes(_ text: String) -> Int64? {
        var scanner = Scanner(text: text)
        return scanner.bytes()
    }

    /// The shortest exact text: the largest binary suffix that divides the number, else the plain number.
    ///
    /// ``bytes(_:)`` gives the number back for every number from zero up.
    public static func text(_ bytes: Int64) -> String {
        guard bytes != 0 else { return "0" }
        let suffix = min(bytes.trailingZeroBitCount / 10, binarySuffixes.count - 1)
        return String(bytes >> Int64(10 * suffix)) + binarySuffixes[suffix]
    }

    /// A rounded text for tables: `320Gi`, `1.4Ti`. One decimal below ten, none above.
    public static func rounded(_ bytes: Int64) -> String {
        guard bytes >= 0 else { return text(bytes) }
        let bytes = UInt64(bytes)
        for (index, suffix) in binarySuffixes.enumerated() {
            let unit = UInt64(1) << UInt64(10 * index)
            let (whole, rest) = bytes.quotientAndRemainder(dividingBy: unit)
            // Rounding may carry: 9.96 becomes 10, and 1023.7Gi becomes 1Ti.
            let tenths = (rest * 10 + unit / 2) / unit
            if whole < 10, tenths > 0, tenths < 10 { return "\(whole).\(tenths)\(suffix)" }
            let nearest = whole + (rest >= max(unit / 2, 1) ? 1 : 0)
            if nearest < 1024 || index == binarySuffixes.count - 1 { return "\(nearest)\(suffix)" }
        }
        return String(bytes)
    }

    private static let binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]

    private struct Scanner {
        private let utf8: [UInt8]
        private var position = 0

        init(text: String) {
            utf8 = Array(text.utf8)
        }

        mutating func bytes() -> Int64? {
            if utf8.first == UInt8(ascii: "+") { position = 1 }
            let whole = digits()
            var fraction: ArraySlice<UInt8> = []
            if position < utf8.count, utf8[position] == UInt8(ascii: ".") {
                position += 1
                fraction = digits()
            }
            guard !whole.isEmpty || !fraction.isEmpty, let suffix = suffix() else { return nil }
            let number = (whole + fraction).map { $0 - UInt8(ascii: "0") }
            let leadingZeros = number.prefix { $0 == 0 }.count
            return Quantity.roundUp(
                number.dropFirst(leadingZeros), point: whole.count - leadingZeros + suffix.decimal,
                shift: suffix.binary)
        }

        private mutating func digits() -> ArraySlice<UInt8> {
            let start = position
            while position < utf8.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(utf8[position]) {
                position += 1
            }
            return utf8[start..<position]
        }

        /// What follows the number, as powers of ten and of two.
        private func suffix() -> (decimal: Int, binary: UInt64)? {
            let rest = String(decoding: utf8[position...], as: UTF8.self)
            switch rest {
            case "n": return (-9, 0)
            case "u": return (-6, 0)
            case "m": return (-3, 0)
            case "": return (0, 0)
            case "k": return (3, 0)
            case "M": return (6, 0)
            case "G": return (9, 0)
            case "T": return (12, 0)
            case "P": return (15, 0)
            case "E": return (18, 0)
            case "Ki": return (0, 10)
            case "Mi": return (0, 20)
            case "Gi": return (0, 30)
            case "Ti": return (0, 40)
            case "Pi": return (0, 50)
            case "Ei": return (0, 60)
            default:
                // Kubernetes keeps the exponent in 32 bits.
                guard rest.first == "e" || rest.first == "E", let exponent = Int32(rest.dropFirst()) else { return nil }
                return (Int(exponent), 0)
            }
        }
    }

    /// The number that the digits with the decimal point after the first `point` of them make, times 2 to the power of
    /// `shift`, rounded up; `nil` where it does not fit.
    private static func roundUp(_ digits: ArraySlice<UInt8>, point: Int, shift: UInt64) -> Int64? {
        guard !digits.isEmpty else { return 0 }
        guard point <= 19 else { return nil }
        guard shift > 0 || point > 0 else { return 1 }
        let wholeDigits = digits.prefix(max(point, 0))
        let factor = UInt64(1) << shift
        var whole: UInt64 = 0
        for index in 0..<max(point, 0) {
            let digit = index < wholeDigits.count ? wholeDigits[wholeDigits.startIndex + index] : 0
            let (tenfold, overflow) = whole.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = tenfold.addingReportingOverflow(UInt64(digit))
            guard !overflow, !overflow2 else { return nil }
            whole = sum
        }
        // Long multiplication of the fraction, last digit first. A digit times 2^60 and its carry stay below 2^64.
        var carry: UInt64 = 0
        var remainder = false
        for digit in digits.dropFirst(max(point, 0)).reversed() {
            carry += UInt64(digit) * factor
            remainder = remainder || carry % 10 != 0
            carry /= 10
        }
        for _ in 0..<max(-point, 0) where carry > 0 {
            remainder = remainder || carry % 10 != 0
            carry /= 10
        }
        let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
        let (sum, overflow2) = product.addingReportingOverflow(carry + (remainder ? 1 : 0))
        guard !overflow, !overflow2 else { return nil }
        return Int64(exactly: sum)
    }
}
