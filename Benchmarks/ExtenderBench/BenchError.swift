import Glibc

/// Why a series could not be measured, in one sentence for a person.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// The failure of a system call, with the sentence of its error number.
    init(_ what: String, errno code: Int32) { self.init("\(what): \(String(cString: strerror(code)))") }
}
