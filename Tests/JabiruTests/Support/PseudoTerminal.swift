import Foundation
import Glibc

/// A terminal without a screen: what is written to the device can be read here.
struct PseudoTerminal {
    /// What a program writes to.
    let device: FileHandle
    private let controller: Int32

    init() throws {
        // posix_openpt(3) and its kin are not in Swift's Glibc module; see ioctl_tty(2) for the requests' numbers.
        let (setLock, getNumber) = (UInt(0x4004_5431), UInt(0x8004_5430))
        controller = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var locked: Int32 = 0
        var number: UInt32 = 0
        guard controller >= 0, ioctl(controller, setLock, &locked) == 0, ioctl(controller, getNumber, &number) == 0,
            let device = FileHandle(forUpdatingAtPath: "/dev/pts/\(number)")
        else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        self.device = device
    }

    /// What was written so far; a terminal holds about 4 KiB.
    func readAvailable() -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(controller, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }

    func close() { Glibc.close(controller) }
}
