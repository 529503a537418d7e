import PixelMemory

/// Where a decoder takes a file's bytes from, first to last.
package protocol ByteSource {
  associatedtype Failure: Error

  /// How many bytes there are, where that is known.
  var byteCount: Int? { get }

  /// Fills `bytes` from its start.
  ///
  /// - Returns: How many bytes were filled; 0 only at the end.
  mutating func read(into bytes: inout MutableRawSpan) throws(Failure) -> Int
}

/// The bytes of a buffer.
package struct BufferSource: ByteSource {
  private let buffer: Buffer
  private var offset: Int
  private let end: Int

  package var byteCount: Int? { end - offset }

  /// - Precondition: `range` lies in the buffer.
  package init(_ buffer: Buffer, range: Range<Int>? = nil) {
    let range = range ?? 0..<buffer.byteCount
    precondition(range.lowerBound >= 0 && range.upperBound <= buffer.byteCount)
    self.buffer = buffer
    offset = range.lowerBound
    end = range.upperBound
  }

  package mutating func read(into bytes: inout MutableRawSpan) throws(MemoryError) -> Int {
    let count = min(bytes.byteCount, end - offset)
    try buffer.copyOut(Block(offset: offset, byteCount: count), to: &bytes)
    offset += count
    return count
  }
}
