import Foundation

/// A small file system for the time of a test.
struct Mount {
    let folder: URL

    /// Whether this process may mount; checked by doing it.
    static let isPermitted: Bool = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "jabiru-mount-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        guard let mount = try? Mount(folder, size: "1m") else { return false }
        mount.unmount()
        return true
    }()

    init(_ folder: URL, size: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.command("mount", "-t", "tmpfs", "-o", "size=\(size)", "tmpfs", folder.path)
    }

    func makeReadOnly() throws { try Self.command("mount", "-o", "remount,ro", folder.path) }

    func unmount() { try? Self.command("umount", "-l", folder.path) }

    private static func command(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteNoPermission) }
    }
}
