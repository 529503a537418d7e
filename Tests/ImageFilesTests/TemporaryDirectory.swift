import Glibc
import PixelMemory

/// A directory of its own for a test; gone, with its files, at the end of its life.
final class TemporaryDirectory: Sendable {
  let path: String

  init() {
    path = "/tmp/imgtool-test-\(getpid())-\(Syscalls.randomBits())"
    unsafe mkdir(path, 0o755)
  }

  deinit { _ = try? Syscalls.run(shellCommand: "rm -rf '\(path)'") }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws -> String {
    let file = try Syscalls.open(
      file(name), [.writeOnly, .create, .truncate], mode: 0o600)
    try Syscalls.write(file.number, unsafe bytes.span.bytes)
    try Syscalls.setMode(of: file.number, to: mode)
    return self.file(name)
  }

  func contents(_ name: String) throws -> [UInt8] {
    try Syscalls.contents(of: file(name), limit: 1 << 24)
  }

  /// The names of the files, sorted.
  var names: [String] {
    guard let stream = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
