import PixelMemory
import Testing

/// Where bytes stand, for arrays of other libraries on the same bytes.
@Suite struct AddressTests {
  @Test func `memory of a caller stands where the caller has it`() {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 8)
    defer { unsafe memory.deallocate() }
    let buffer = unsafe Buffer(foreign: memory, byteCount: 16, access: .readWrite)
    #expect(unsafe buffer.pointerForCallers() == memory)
  }

  @Test func `what is stored at the address is what the doors give`() throws {
    let buffer = try Buffer(allocating: 4)
    unsafe buffer.pointerForCallers().storeBytes(of: 7, toByteOffset: 2, as: UInt8.self)
    var scratch = try Scratch(byteCount: 1)
    var bytes = scratch.mutableBytes
    try buffer.copyOut(Block(offset: 2, byteCount: 1), to: &bytes)
    #expect(unsafe bytes.unsafeLoad(as: UInt8.self) == 7)
  }
}
