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

  @Test("A byte takes its page and no more, a block with wide gaps the pages of its rows")
  func pages() throws {
    let file = try TemporaryFile(sparse: 64 << 20)
    let buffer = try Buffer(mapping: file.path, access: .readWrite)
    try buffer.reserve(5_000_000..<5_000_001)
    #expect(blocks(file.path) == 8)
    do {
      let reservation = try #require(Reservation.on(buffer))
      try reservation.add(Block(offset: 4090, rowByteCount: 10, rowCount: 2, stride: 1 << 20))
      try reservation.take()
      #expect(blocks(file.path) == 8 + 2 * 16)
      try reservation.add(Block(offset: 40 << 20, rowByteCount: 10, rowCount: 9, stride: -2000))
      try reservation.take()
      #expect(blocks(file.path) == 8 + 2 * 16 + 5 * 8)
    }
    // What is stored then takes nothing more, whatever the cache holds.
    _ = try buffer.bytes(0, 1 << 20)
    try buffer.store([1, 2], at: 4095)
    #expect(blocks(file.path) == 8 + 2 * 16 + 5 * 8)
  }

  @Test("What an edit took is a hole again where it holds nothing, and what was there stays")
  func givingBack() throws {
    let file = try TemporaryFile(sparse: 8 << 20)
    try file.write(pattern(8192), at: 1 << 20)
    do {
      let descriptor = try Syscalls.open(file.path, .writeOnly)
      try Syscalls.allocate(descriptor.number, from: 4 << 20, byteCount: 4096)
    }
    let buffer = try Buffer(mapping: file.path, access: .readWrite)
    let before = blocks(file.path)
    for stores in [false, true] {
      let reservation = try #require(Reservation.on(buffer))
      for start in [0, 1 << 20, 4 << 20] {
        try reservation.add(Block(offset: start, byteCount: start == 4 << 20 ? 4096 : 1 << 18))
      }
      try reservation.take()
      #expect(blocks(file.path) >= before + 2 * (1 << 18) / 512 - 16)
      if stores { try buffer.store([7], at: 70_000) }
      // Zeros that were looked at, or stored, are no data.
      _ = try buffer.bytes(0, 1 << 18)
      try buffer.store([UInt8](repeating: 0, count: 50_000), at: 100_000)
      reservation.giveBack()
      // A table of extents may stay.
      #expect((0...8).contains(blocks(file.path) - before - (stores ? 8 : 0)))
      #expect(try buffer.bytes(1 << 20, 8192) == pattern(8192))
      #expect(try buffer.bytes(70_000, 1) == [stores ? 7 : 0])
    }
  }

  @Test("Blocks stay while another edit of the process may count on them")
  func otherEdit() throws {
    let file = try TemporaryFile(sparse: 1 << 20)
    let buffer = try Buffer(mapping: file.path, access: .readWrite)
    let other = try #require(Reservation.on(buffer))
    let reservation = try #require(Reservation.on(buffer))
    try reservation.add(Block(offset: 0, byteCount: 4096))
    try reservation.take()
    withExtendedLifetime(other) {
      reservation.giveBack()
      #expect(blocks(file.path) == 8)
    }
  }

  @Test("Ranges are joined where they touch, and forgotten before they are too many")
  func ranges() {
    var space = Space()
    for range in [10..<20, 30..<40, 20..<25, 5..<8, 26..<30] { space.add(range) }
    #expect(space.backed == [5..<8, 10..<25, 26..<40])
    #expect(space.backs(11..<25) && space.backs(26..<27) && space.backs(5..<8))
    #expect(!space.backs(24..<27) && !space.backs(8..<9) && !space.backs(39..<41))
    space.add(0..<100)
    #expect(space.backed == [0..<100])
    for index in 1...Space.rangeLimit { space.add(index * 200..<index * 200 + 1) }
    #expect(space.backed == [Space.rangeLimit * 200..<Space.rangeLimit * 200 + 1])
  }

  @Test("Under cow nothing is reserved")
  func copyOnWrite() throws {
    let file = try TemporaryFile(sparse: 4 << 20)
    let before = blocks(file.path)
    try Buffer(mapping: file.path, access: .copyOnWrite).reserve(0..<4 << 20)
    #expect(blocks(file.path) == before)
  }

  /// Runs `body` with a directory in which there is 1 MiB of space.
  ///
  /// - Returns: Whether it could be mounted.
  private static func withSmallDisk(_ body: (String) throws -> Void) rethrows -> Bool {
    let directory = "/tmp/imgtool-test-mount-\(getpid())-\(Syscalls.randomBits())"
    unsafe mkdir(directory, 0o700)
    defer { unsafe rmdir(directory) }
    guard unsafe mount("tmpfs", directory, "tmpfs", 0, "size=1m") == 0 else { return false }
    defer { unsafe umount2(directory, Int32(MNT_DETACH)) }
    try body(directory)
    return true
  }

  private static let canMount = withSmallDisk { _ in }

  @Test(
    "On a full disk a reserve fails cleanly, and a store without one is an error, no signal",
    .enabled(if: canMount, "mounting a small tmpfs needs privileges"))
  func fullDisk() throws {
    #expect(try Self.withSmallDisk(fullDisk))
  }

  private func fullDisk(_ directory: String) throws {
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
