import Glibc
import PixelMemory

/// A file of zeros that a test maps and cuts; gone at the end of its life.
final class MappedFile: Sendable {
  let path: String

  init(byteCount: Int) throws {
    path = "/tmp/imgtool-views-\(getpid())-\(Syscalls.randomBits())"
    _ = try Syscalls.open(path, [.writeOnly, .create, .exclusive], mode: 0o600)
    try setSize(byteCount)
  }

  deinit { unsafe unlink(path) }

  func setSize(_ byteCount: Int) throws {
    let file = try Syscalls.open(path, .writeOnly)
    try Syscalls.setSize(of: file.number, to: byteCount)
  }
}
