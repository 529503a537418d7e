import Testing

@testable import PixelMemory

@Suite struct BlockTests {
  @Test(
    "The span covers every row and nothing else",
    arguments: [
      (Block(offset: 5, byteCount: 7), 5..<12),
      (Block(offset: 0, rowByteCount: 3, rowCount: 4, stride: 3), 0..<12),
      (Block(offset: 2, rowByteCount: 3, rowCount: 4, stride: 10), 2..<35),
      (Block(offset: 30, rowByteCount: 3, rowCount: 4, stride: -10), 0..<33),
      (Block(offset: 9, rowByteCount: 3, rowCount: 4, stride: 0), 9..<12),
      (Block(offset: 9, rowByteCount: 0, rowCount: 4, stride: .max), 9..<9),
      (Block(offset: 9, rowByteCount: 3, rowCount: 0, stride: .min), 9..<9),
      (Block(offset: .max, rowByteCount: 0, rowCount: 1, stride: 1), Int.max..<Int.max),
    ])
  func span(block: Block, expected: Range<Int>) { #expect(block.span == expected) }

  @Test(
    "Arithmetic that overflows has no span",
    arguments: [
      Block(offset: 0, rowByteCount: -1, rowCount: 1, stride: 1),
      Block(offset: 0, rowByteCount: 1, rowCount: -1, stride: 1),
      Block(offset: 0, rowByteCount: .max, rowCount: 2, stride: 1),
      Block(offset: 0, rowByteCount: 1, rowCount: 3, stride: .max),
      Block(offset: .max, rowByteCount: 1, rowCount: 1, stride: 1),
      Block(offset: .max, rowByteCount: 1, rowCount: 2, stride: 1),
      Block(offset: -2, rowByteCount: 1, rowCount: 2, stride: .min),
    ])
  func overflow(block: Block) { #expect(block.span == nil) }
}
