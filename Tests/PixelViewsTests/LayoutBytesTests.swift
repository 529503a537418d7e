import Testing

@testable import PixelViews

@Suite struct LayoutBytesTests {
  /// Bits, the whole bytes of them, the bytes that hold so many, the byte that holds the bit at this
  /// place, and its place there.
  @Test(arguments: [
    (bits: 0, whole: 0, up: 0, index: 0, rest: 0), (1, 0, 1, 0, 1), (7, 0, 1, 0, 7),
    (8, 1, 1, 1, 0), (9, 1, 2, 1, 1), (64, 8, 8, 8, 0), (1001, 125, 126, 125, 1),
  ])
  func `bits are counted in bytes, with the rounding that the word says`(
    _ row: (bits: Int, whole: Int, up: Int, index: Int, rest: Int)
  ) {
    #expect(row.bits.inWholeBytes == row.whole)
    #expect(row.bits.inBytesRoundedUp == row.up)
    #expect(row.bits.byteIndex == row.index)
    #expect(row.bits.bitInByte == row.rest)
    #expect(row.bits.isWholeBytes == (row.rest == 0))
    #expect(row.whole.inBits + row.rest == row.bits)
    #expect(row.bits.checkedRoundedUpToByte == row.up.inBits)
  }

  @Test func `places before the first byte are in the byte that ends there`() {
    #expect((-1).byteIndex == -1)
    #expect((-1).bitInByte == 7)
    #expect((-8).byteIndex == -1)
    #expect((-9).inWholeBytes == -1)
  }

  @Test func `what bits cannot count is no number`() {
    #expect((Int.max / 8).checkedInBits == Int.max - 7)
    #expect((Int.max / 8 + 1).checkedInBits == nil)
    #expect((Int.max - 6).checkedRoundedUpToByte == nil)
  }

  @Test(arguments: [
    (0..<8, 0..<1), (0..<9, 0..<2), (7..<9, 0..<2), (8..<16, 1..<2), (12..<12, 1..<2),
  ])
  func `a range of bits takes each byte that has one of them`(
    _ bits: Range<Int>, _ bytes: Range<Int>
  ) {
    #expect(bits.inBytes == bytes)
  }

  @Test(
    arguments: [
      (0x1234_5678, 4, false, [0x78, 0x56, 0x34, 0x12]),
      (0x1234_5678, 4, true, [0x12, 0x34, 0x56, 0x78]),
      (258, 2, true, [1, 2]), (-1, 3, false, [255, 255, 255]),
    ] as [(Int, Int, Bool, [UInt8])])
  func `a number has bytes in either order`(
    _ number: Int, _ count: Int, _ bigEndian: Bool, _ bytes: [UInt8]
  ) {
    #expect(number.bytes(count, bigEndian: bigEndian) == bytes)
  }

  @Test func `a layout of bytes is one of bits`() {
    let fields = [SampleField.byte(at: 0), .byte(at: 1)]
    var layout = Layout(
      width: 3, height: 4, offset: 16, stride: -10, pixelStride: 2, fields: fields)
    #expect(
      layout
        == Layout(
          width: 3, height: 4, bitOffset: 128, rowBits: -80, pixelBits: 16, fields: fields))
    #expect((layout.offset, layout.stride, layout.pixelStride) == (16, -10, 2))
    (layout.offset, layout.stride, layout.pixelStride) = (1, 2, -3)
    #expect((layout.bitOffset, layout.rowBits, layout.pixelBits) == (8, 16, -24))
    #expect(layout.hasWholeByteSteps)
    layout.rowBits = -17
    #expect(layout.stride == -2)
    #expect(!layout.hasWholeByteSteps)
  }

  @Test func `a layout moves as far as bits can count`() {
    let layout = Layout(width: 1, height: 1, stride: 1, pixelStride: 1, fields: [.byte(at: 0)])
    #expect(layout.moved(by: 5)?.offset == 5)
    #expect(layout.moved(by: -5)?.bitOffset == -40)
    #expect(layout.moved(by: Int.max / 4) == nil)
    #expect(layout.moved(by: Int.max / 8)?.moved(by: 1) == nil)
  }
}
