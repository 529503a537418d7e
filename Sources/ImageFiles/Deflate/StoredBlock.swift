import PixelViews

/// Deflate's blocks for data that cannot be made smaller (RFC 1951, 3.2.4): a byte of which the low
/// bit marks the last block, the size, its complement (both little-endian), then the data.
enum StoredBlock {
  /// The most that one block holds.
  static let limit = 0xffff
  /// The bytes before the data.
  static let overhead = 5

  /// Stores a piece in as many blocks as it needs; an empty one in one block.
  ///
  /// - Returns: How many bytes of `output` were filled.
  static func store(_ input: RawSpan, into output: inout MutableRawSpan, isLast: Bool) -> Int {
    var source = 0
    var target = 0
    repeat {
      let size = min(limit, input.byteCount - source)
      let isFinal = isLast && source + size == input.byteCount
      output.storeBytes(of: isFinal ? 1 : 0, toByteOffset: target, as: UInt8.self)
      output.storeBytes(
        of: UInt16(size).littleEndian, toByteOffset: target + 1, as: UInt16.self)
      output.storeBytes(
        of: (~UInt16(size)).littleEndian, toByteOffset: target + 3, as: UInt16.self)
      target += overhead
      var data = output.slice(target, size)
      data.copy(from: input.slice(source, size))
      source += size
      target += size
    } while source < input.byteCount
    return target
  }
}
