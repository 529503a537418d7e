import PixelMemory
import PixelViews

/// Packed bytes, copied out of the buffer in pieces.
struct CompressedInput: ~Copyable {
  private let buffer: Buffer
  private var next: Int
  private let end: Int
  private var piece = Scratch()
  private var used = 0
  private static let pieceByteCount = 1 << 16

  init(_ buffer: Buffer, _ range: Range<Int>) {
    self.buffer = buffer
    next = range.lowerBound
    end = range.upperBound
  }

  /// Where in the buffer the next byte stands.
  var position: Int { next - (piece.byteCount - used) }

  /// The next byte; `nil` at the end.
  mutating func byte() throws(FormatError) -> UInt8? {
    guard try fill() else { return nil }
    let byte: UInt8 = piece.bytes.sample(used)
    used += 1
    return byte
  }

  /// Lets `body` see the bytes that were copied out; it says how many it used.
  mutating func withPiece<Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Int
  ) throws(Failure) {
    used += try body(piece.bytes.slice(used, piece.byteCount - used))
  }

  /// Copies more bytes out when all are used; false at the end.
  mutating func fill() throws(FormatError) -> Bool {
    if used < piece.byteCount { return true }
    let count = min(CompressedInput.pieceByteCount, end - next)
    guard count > 0 else { return false }
    try piece.load(Block(offset: next, byteCount: count), from: buffer)
    next += count
    used = 0
    return true
  }
}
