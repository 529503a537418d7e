import PixelMemory
import PixelViews

/// What a zlib stream of deflate starts with (RFC 1950, 2.2).
struct ZlibHeader {
  static let byteCount = 2

  /// How many bytes the stream looks back at most, as it says.
  let windowByteCount: Int

  /// - Returns: `nil` when zlib would refuse it, or for a preset dictionary.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= Self.byteCount else { return nil }
    let word = bytes.sample(0, as: UInt16.self).bigEndian
    let (method, windowBits) = (word >> 8 & 15, word >> 12)
    guard method == 8, windowBits < 8, word & 32 == 0, word % 31 == 0 else { return nil }
    windowByteCount = 256 << Int(windowBits)
  }

  /// Whether a reader that remembers `windowByteCount` bytes can reach back as far as one that
  /// remembers what any deflate needs, in a stream of so many bytes.
  func remembers(_ byteCount: Int) -> Bool {
    windowByteCount == Inflater.windowByteCount || byteCount <= windowByteCount
  }
}
