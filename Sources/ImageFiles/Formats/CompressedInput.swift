import PixelMemory
import PixelViews

/// Packed bytes, copied out of the buffer in pieces.
///
/// Where `reversesBits` is set each byte is turned around first, as TIFF has it with fill order 2.
struct CompressedInput: ~Copyable {
  private let buffer: Buffer
  private var next: Int
  private let end: Int
  private let reversesBits: Bool
  private var piece = Scratch()
  private var used = 0
  private static let pieceByteCount = 1 << 16

  init(_ buffer: Buffer, _ range: Range<Int>, reversesBits: Bool = false) {
    self.buffer = buffer
    next = range.lowerBound
    end = range.upperBound
    self.reversesBits = reversesBits
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

  /// Copies the next bytes without unpacking them.
  ///
  /// - Returns: how many there were.
  mutating func copy(to target: inout MutableRawSpan) throws(FormatError) -> Int {
    let count = min(end - next, target.byteCount)
    var part = target.slice(0, count)
    try buffer.read(Block(offset: next, byteCount: count), to: &part)
    if reversesBits { part.reverseBits() }
    next += count
    return count
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
    if reversesBits {
      var bytes = piece.mutableBytes
      bytes.reverseBits()
    }
    next += count
    used = 0
    return true
  }
}

extension MutableRawSpan {
  /// Turns the bits of each byte around.
  fileprivate mutating func reverseBits() {
    let wordCount = byteCount / 8
    for index in 0..<wordCount {
      let word: UInt64 = sample(index)
      setSample(index, to: word.withBytesReversed)
    }
    for index in wordCount * 8..<byteCount {
      let byte: UInt8 = sample(index)
      setSample(index, to: UInt8(truncatingIfNeeded: UInt64(byte).withBytesReversed))
    }
  }
}

extension UInt64 {
  /// The same bytes, each with its bits from last to first.
  fileprivate var withBytesReversed: UInt64 {
    let halves = self >> 4 & 0x0F0F_0F0F_0F0F_0F0F | (self & 0x0F0F_0F0F_0F0F_0F0F) << 4
    let pairs = halves >> 2 & 0x3333_3333_3333_3333 | (halves & 0x3333_3333_3333_3333) << 2
    return pairs >> 1 & 0x5555_5555_5555_5555 | (pairs & 0x5555_5555_5555_5555) << 1
  }
}
