import PixelMemory

/// A bounded cursor over the bytes of a buffer: each read passes a door, and what is missing is an
/// error with the byte offset.
package struct HeaderReader: Sendable {
  package let buffer: Buffer
  /// The format's name, for errors.
  package let format: String
  /// The next byte.
  package var offset = 0
  /// The comments of a header of text, one after the other, a line each.
  package var comments: [UInt8] = []
  private var window: [UInt8] = []
  private var windowStart = 0
  static let windowByteCount = 4096

  package init(_ buffer: Buffer, format: String, offset: Int = 0) {
    self.buffer = buffer
    self.format = format
    self.offset = offset
  }

  /// The bytes of the buffer.
  package var byteCount: Int { buffer.byteCount }
  /// Whether no byte is left.
  package var isAtEnd: Bool { offset >= byteCount }

  /// The next `count` bytes.
  ///
  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)`` at the end of the file.
  package mutating func bytes(_ count: Int, _ what: String) throws(FormatError) -> [UInt8] {
    guard offset >= 0, count >= 0, count <= byteCount, offset <= byteCount - count else {
      throw ended(count, what)
    }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    while result.count < count {
      try fill()
      let start = offset - windowStart
      let run = min(count - result.count, window.count - start)
      result += window[start..<start + run]
      offset += run
    }
    return result
  }

  /// The next byte.
  package mutating func byte(_ what: String) throws(FormatError) -> UInt8 {
    guard offset >= 0, offset < byteCount else { throw ended(1, what) }
    try fill()
    defer { offset += 1 }
    return window[offset - windowStart]
  }

  /// The next unsigned whole number.
  package mutating func integer<Number: FixedWidthInteger & UnsignedInteger>(
    _ what: String, bigEndian: Bool = false, as: Number.Type = Number.self
  ) throws(FormatError) -> Number {
    let size = Number.bitWidth.inWholeBytes
    let bytes = try bytes(size, what)
    var value: Number = 0
    for index in 0..<size {
      value |= Number(bytes[bigEndian ? size - 1 - index : index]) << index.inBits
    }
    return value
  }

  /// The error for what was found at an offset.
  package func malformed(at offset: Int, found: String, expected: String) -> FormatError {
    .malformed(format: format, offset: offset, found: found, expected: expected)
  }

  /// The error for a file that ends before its samples do: see ``FormatError``.
  func endsEarly(at offset: Int, expected: String, needed: Int?) -> FormatError {
    .endsEarly(
      format: format, offset: offset, byteCount: byteCount, expected: expected, needed: needed)
  }

  /// The error for a file that has not so many bytes left.
  func ended(_ count: Int, _ what: String) -> FormatError {
    malformed(
      at: offset, found: "\(max(0, byteCount - max(0, offset)).bytes) to the end",
      expected: "\(what), \(count.bytes)")
  }

  private mutating func fill() throws(FormatError) {
    if offset >= windowStart && offset < windowStart + window.count { return }
    let count = min(HeaderReader.windowByteCount, byteCount - offset)
    var bytes = [UInt8](repeating: 0, count: count)
    do throws(MemoryError) {
      var span = bytes.mutableSpan
      var target = unsafe span.mutableBytes
      try buffer.copyOut(Block(offset: offset, byteCount: count), to: &target)
    } catch { throw .memory(error) }
    window = bytes
    windowStart = offset
  }
}
