import Testing

@testable import PixelMemory

@Suite struct DoorTests {
  @Test(
    "Rows come out packed, whatever their distance",
    arguments: [
      (Block(offset: 3, byteCount: 5), [3, 4, 5, 6, 7]),
      (Block(offset: 0, rowByteCount: 2, rowCount: 3, stride: 2), [0, 1, 2, 3, 4, 5]),
      (Block(offset: 1, rowByteCount: 2, rowCount: 3, stride: 5), [1, 2, 6, 7, 11, 12]),
      (Block(offset: 11, rowByteCount: 2, rowCount: 3, stride: -5), [11, 12, 6, 7, 1, 2]),
      (Block(offset: 14, rowByteCount: 2, rowCount: 1, stride: -99), [14, 15]),
      (Block(offset: 16, byteCount: 0), []),
    ])
  func copyOut(block: Block, expected: [UInt8]) throws {
    let file = try TemporaryFile((0..<16).map { UInt8($0) })
    for access in Access.allCases {
      let buffer = try Buffer(mapping: file.path, access: access)
      #expect(try buffer.bytes(block) == expected)
    }
  }

  @Test("Rows go in at their distance and touch nothing between")
  func copyIn() throws {
    let file = try TemporaryFile([UInt8](repeating: 0, count: 12))
    let buffer = try Buffer(mapping: file.path, access: .readWrite)
    try buffer.store([1, 2, 3, 4], Block(offset: 1, rowByteCount: 2, rowCount: 2, stride: 4))
    try buffer.store([8, 9], Block(offset: 11, rowByteCount: 1, rowCount: 2, stride: -2))
    try buffer.store([5, 6], at: 7)
    #expect(try file.contents() == [0, 1, 2, 0, 0, 3, 4, 5, 6, 9, 0, 8])
  }

  @Test(
    "A block outside of the buffer is refused by both doors",
    arguments: [
      (Block(offset: -1, byteCount: 2), -1, 2),
      (Block(offset: 12, byteCount: 5), 12, 5),
      (Block(offset: 17, byteCount: 0), 17, 0),
      (Block(offset: 0, rowByteCount: 1, rowCount: 2, stride: 16), 0, 17),
      (Block(offset: 3, rowByteCount: 2, rowCount: 2, stride: -4), -1, 6),
      (Block(offset: 7, rowByteCount: 1, rowCount: 3, stride: .max), 7, .max),
    ])
  func outOfBounds(block: Block, offset: Int, byteCount: Int) throws {
    let buffer = try Buffer(allocating: 16)
    let expected = MemoryError.outOfBounds(offset: offset, byteCount: byteCount, available: 16)
    #expect(throws: expected) { try buffer.bytes(block) }
    #expect(throws: expected) { try buffer.store([1, 2, 3, 4, 5], block) }
    #expect(try buffer.bytes(0, 16) == [UInt8](repeating: 0, count: 16))
  }

  @Test("Under ro a store is refused and changes nothing")
  func readOnly() throws {
    let file = try TemporaryFile([7])
    let buffer = try Buffer(mapping: file.path, access: .readOnly)
    #expect(throws: MemoryError.readOnly(path: file.path)) { try buffer.store([1], at: 0) }
    #expect(try file.contents() == [7])
  }

  @Test("Under cow an edit stays in the process and the rest follows the file")
  func copyOnWrite() throws {
    let page = Syscalls.pageByteCount
    let file = try TemporaryFile(pattern(2 * page))
    let buffer = try Buffer(mapping: file.path, access: .copyOnWrite)
    #expect(!buffer.hasPrivateEdits)
    try buffer.store([0], at: 0)
    #expect(buffer.hasPrivateEdits)
    try file.write([0], at: page)
    #expect(try buffer.bytes(0, 2) == [0, 2])
    #expect(try buffer.bytes(page, 1) == [0])
    #expect(try file.contents()[0] == 1)
  }

  @Test("Under rw an edit reaches the file at once, and the file's changes the buffer")
  func readWrite() throws {
    let file = try TemporaryFile([1, 2, 3])
    let buffer = try Buffer(mapping: file.path, access: .readWrite)
    try buffer.store([9], at: 1)
    #expect(try file.contents() == [1, 9, 3])
    try file.write([8], at: 2)
    #expect(try buffer.bytes(0, 3) == [1, 9, 8])
    #expect(!buffer.hasPrivateEdits)
  }

  @Test("A caller's memory is used where it stands and given back once")
  func foreign() async throws {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 4, alignment: 1)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 5, count: 4)
    nonisolated(unsafe) var releases = 0
    do {
      let buffer = unsafe Buffer(foreign: memory, byteCount: 4, access: .readWrite) {
        unsafe releases += 1
      }
      try buffer.store([6], at: 3)
      #expect(try buffer.bytes(0, 4) == [5, 5, 5, 6])
      #expect(buffer.origin == .foreign)
      #expect(unsafe releases == 0)
    }
    #expect(unsafe releases == 1)
    #expect(unsafe memory.load(fromByteOffset: 3, as: UInt8.self) == 6)
    unsafe memory.deallocate()
  }

  @Test("Bytes beyond 4 GiB are reached")
  func large() throws {
    let byteCount = 5 << 30
    let file = try TemporaryFile(sparse: byteCount)
    try file.write([42], at: byteCount - 1)
    let buffer = try Buffer(mapping: file.path, access: .copyOnWrite)
    let block = Block(offset: 0, rowByteCount: 1, rowCount: 2, stride: byteCount - 1)
    #expect(try buffer.bytes(block) == [0, 42])
    try buffer.store([1], at: byteCount - 2)
    #expect(try buffer.bytes(byteCount - 2, 2) == [1, 42])
  }
}
