/// Why the topology cache could not be opened, read or written.
///
/// The message is one sentence with the cache's path and what to do next, ready for a person.
public struct CacheError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Word: String {
            case missing, corrupt, notACache, newerSchema, readOnly, permissionDenied, diskFull, inUse, invalid, closed
            case io
        }

        private var word: Word

        /// There is no cache, or an empty one, where a reader looks for it.
        public static var missing: Self { Self(word: .missing) }
        /// The cache is damaged: set it aside and rebuild it.
        public static var corrupt: Self { Self(word: .corrupt) }
        /// The path leads to something that is not a cache: never touch it.
        public static var notACache: Self { Self(word: .notACache) }
        /// The cache was written by a newer version.
        public static var newerSchema: Self { Self(word: .newerSchema) }
        /// The file, its folder or its file system is read-only.
        public static var readOnly: Self { Self(word: .readOnly) }
        /// This process may not read or write the file or its folder.
        public static var permissionDenied: Self { Self(word: .permissionDenied) }
        /// The file system is full. What was stored before is whole; writing works again once there is room.
        public static var diskFull: Self { Self(word: .diskFull) }
        /// Another process, or another object in this one, writes the cache.
        public static var inUse: Self { Self(word: .inUse) }
        /// A change that cannot be stored, such as a negative size. Nothing of its batch was stored.
        public static var invalid: Self { Self(word: .invalid) }
        /// The cache was closed before.
        public static var closed: Self { Self(word: .closed) }
        /// Any other failure of the disk or of SQLite.
        public static var io: Self { Self(word: .io) }

        /// The code's name.
        public var description: String { word.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// One sentence for a person.
    public var message: String

    /// Makes an error of its parts.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The text for a person.
    public var description: String { message }
}
