import Glibc

@testable import PixelMemory

/// A file of its own for a test; gone at the end of its life.
final class TemporaryFile: Sendable {
  let path: String

  init(_ bytes: [UInt8]) throws {
    path = "/tmp/imgtool-test-\(getpid())-\(Syscalls.randomBits())"
    let file = try Syscalls.open(path, [.writeOnly, .create, .exclusive], mode: 0o600)
    try Syscalls.write(file.number, unsafe bytes.span.bytes)
  }

  /// A hole of any size.
  convenience init(sparse byteCount: Int) throws {
    try self.init([])
    try setSize(byteCount)
  }

  deinit { unsafe unlink(path) }

  func setSize(_ byteCount: Int) throws {
    let file = try Syscalls.open(path, .writeOnly)
    try Syscalls.setSize(of: file.number, to: byteCount)
  }

  func write(_ bytes: [UInt8], at offset: Int) throws {
    let file = try Syscalls.open(path, .writeOnly)
    try Syscalls.write(file.number, at: offset, unsafe bytes.span.bytes)
  }

  func contents() throws -> [UInt8] { try Syscalls.contents(of: path, limit: 1 << 24) }
}

extension Buffer {
  /// Bytes out of the door, as an array.
  func bytes(_ block: Block) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: block.byteCount ?? 0)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    try copyOut(block, to: &raw)
    return bytes
  }

  func bytes(_ offset: Int, _ byteCount: Int) throws -> [UInt8] {
    try bytes(Block(offset: offset, byteCount: byteCount))
  }

  func store(_ bytes: [UInt8], _ block: Block) throws {
    try copyIn(block, from: unsafe bytes.span.bytes)
  }

  func store(_ bytes: [UInt8], at offset: Int) throws {
    try store(bytes, Block(offset: offset, byteCount: bytes.count))
  }
}

/// Bytes that differ from their neighbors and from zero.
func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(1 + $0 % 251) } }
