import Testing

@testable import PixelMemory

@Suite struct ScratchTests {
  @Test("Memory that cannot be had is an error, and the old memory stays")
  func outOfMemory() throws {
    #expect(throws: MemoryError.outOfMemory(byteCount: .max)) {
      _ = try Scratch(byteCount: .max)
    }
    var scratch = try Scratch(byteCount: 1)
    do {
      var bytes = scratch.mutableBytes
      bytes.storeBytes(of: 7, toByteOffset: 0, as: UInt8.self)
    }
    do {
      try scratch.ensure(byteCount: 1 << 60)
      Issue.record("no error")
    } catch {
      #expect(error == .outOfMemory(byteCount: 1 << 60))
    }
    #expect(scratch.byteCount == 1)
    #expect(unsafe scratch.bytes.unsafeLoad(as: UInt8.self) == 7)
  }

  @Test("It is as long as asked for, and starts a cache line", arguments: [0, 1, 63, 1 << 20])
  func sizes(byteCount: Int) throws {
    var scratch = try Scratch(byteCount: byteCount)
    #expect(scratch.bytes.byteCount == byteCount)
    #expect(scratch.mutableBytes.byteCount == byteCount)
    try scratch.ensure(byteCount: 2 * byteCount)
    #expect(scratch.bytes.byteCount == 2 * byteCount)
    try scratch.ensure(byteCount: byteCount / 2)
    #expect(scratch.bytes.byteCount == byteCount / 2)
    let address = unsafe scratch.bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    #expect(address % 64 == 0)
  }
}
