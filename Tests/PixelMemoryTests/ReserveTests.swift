import Glibc
import Testing

@testable import PixelMemory

@Suite struct ReserveTests {
  /// 512-byte blocks that a file takes.
  private func blocks(_ path: String) -> Int {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_blocks) : -1
  }

  @Test("The holes of the range get space, no byte changes, and nothing else happens")
  func holes() throws {
    let file = try TemporaryFile(sparse: 4 << 20)
    try file.write(pattern(4096), at: 1 << 20)
    let before = blocks(file.path)
    let buffer = try Buffer(mapping: file.path, access: .readWrite)
    try buffer.reserve(0..<2 << 20)
    #expect(blocks(file.path) >= (2 << 20) / 512)
    #expect(blocks(file.path) < (3 << 20) / 512)
    #expect(before < (1 << 20) / 512)
    #expect(try buffer.bytes(1 << 20, 4096) == pattern(4096))
    #expect(try buffer.bytes(0, 4096) == [UInt8](repeating: 0, count: 4096))
    #expect(try Syscalls.status(of: file.path).size == 4 << 20)
  }

  @Test("Under cow nothing is reserved")
  func copyOnWrite() throws {
    let file = try TemporaryFile(sparse: 4 << 20)
    let before = blocks(file.path)
    try Buffer(mapping: file.path, access: .copyOnWrite).reserve(0..<4 << 20)
    #expect(blocks(file.path) == before)
  }

  @Test("On a full disk a reserve fails cleanly, and a store without one is an error, no signal")
  func fullDisk() throws {
    let directory = "/tmp/imgtool-test-mount-\(getpid())"
    unsafe mkdir(directory, 0o700)
    defer { unsafe rmdir(directory) }
    guard unsafe mount("tmpfs", directory, "tmpfs", 0, "size=1m") == 0 else {
      print("not tested: mounting a small tmpfs needs privileges")
      return
    }
    defer { unsafe umount2(directory, Int32(MNT_DETACH)) }
    let path = "\(directory)/sparse"
    do {
      let file = try Syscalls.open(path, [.writeOnly, .create], mode: 0o600)
      try Syscalls.setSize(of: file.number, to: 8 << 20)
    }
    do {
      let buffer = try Buffer(mapping: path, access: .readWrite)
      let error = MemoryError.system(call: "fallocate", path: path, errno: ENOSPC)
      #expect(throws: error) { try buffer.reserve(0..<8 << 20) }
      #expect(try buffer.bytes(0, 1) == [0])
      try buffer.checkFault()
    }
    let buffer = try Buffer(mapping: path, access: .readWrite)
    let bytes = [UInt8](repeating: 1, count: 8 << 20)
    #expect(throws: MemoryError.deviceFault(path: path)) { try buffer.store(bytes, at: 0) }
    #expect(throws: MemoryError.deviceFault(path: path)) { try buffer.checkFault() }
  }
}
