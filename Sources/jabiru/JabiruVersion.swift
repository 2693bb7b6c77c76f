/// The version of this program.
enum JabiruVersion {
    /// The version, as semver.org has it.
    static let current = "0.1.0"
}
