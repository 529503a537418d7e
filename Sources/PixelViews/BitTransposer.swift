import PixelMemory

/// Turns columns of bits into packed rows, 64 x 64 bits at a time, for images of one bit a pixel that lie
/// on their side.
///
/// The work is done on copies in private memory, and every address in them is counted from the sizes
/// that they were made with: that is what makes the pointers here safe.
struct BitTransposer: Sendable {
  /// Rows that make good use of the bytes around a column's bit, which come along from the memory.
  static let rowCount = 512

  private let layout: Layout
  private let firstBit: Int
  /// What turns stored bits into those of the target.
  private let flip: UInt64

  /// - Parameters:
  ///   - layout: where the pixels stand.
  ///   - target: the field of packed rows, the first pixel in the most significant bit.
  /// - Returns: `nil` unless the pixels of a column stand bit by bit.
  init?(_ layout: Layout, to target: SampleField) {
    guard layout.fields.count == 1, layout.pixelBits.isWholeBytes, abs(layout.rowBits) == 1 else {
      return nil
    }
    var source = layout.fields[0]
    let isInverted = source.flippedBits != target.flippedBits
    firstBit = layout.bitOffset + source.bitOffset
    source.bitOffset = target.bitOffset
    source.flippedBits = target.flippedBits
    guard source == target, target.bitOffset == 0, target.bitCount == 1 else { return nil }
    self.layout = layout
    flip = isInverted ? .max : 0
  }

  /// Puts rows of the image into memory.
  ///
  /// - Precondition: `bytes` has room for the rows.
  func encode(
    _ rows: Range<Int>, of buffer: Buffer, rowByteCount: Int, into bytes: inout MutableRawSpan,
    scratch: inout Scratch
  ) throws(MemoryError) {
    precondition(rowByteCount >= layout.width.inBytesRoundedUp)
    precondition(bytes.byteCount >= rows.count * rowByteCount)
    // The first bit of each column, whichever way its rows go.
    let top = layout.rowBits > 0 ? rows.lowerBound : rows.upperBound - 1
    let low = firstBit + top * layout.rowBits
    let column = (low..<low + rows.count).inBytes
    let byteCount = column.count * layout.width
    try scratch.ensure(byteCount: byteCount)
    do {
      var all = scratch.mutableBytes
      var copy = all.slice(0, byteCount)
      let block = Block(
        offset: column.lowerBound, rowByteCount: column.count, rowCount: layout.width,
        stride: layout.width == 1 ? column.count : layout.pixelStride)
      try buffer.copyOut(block, to: &copy)
    }
    unsafe scratch.bytes.withUnsafeBytes { source in
      unsafe bytes.withUnsafeMutableBytes { target in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        unsafe transpose(
          from, columnByteCount: column.count, shift: low.bitInByte, to, rowByteCount, rows.count)
      }
    }
  }

  private func transpose(
    _ from: UnsafeRawPointer, columnByteCount: Int, shift: Int, _ to: UnsafeMutableRawPointer,
    _ rowByteCount: Int, _ rowCount: Int
  ) {
    var block = InlineArray<64, UInt64>(repeating: 0)
    for x in stride(from: 0, to: layout.width, by: 64) {
      let columnCount = min(64, layout.width - x)
      let columns = unsafe from + x * columnByteCount
      let target = unsafe to + x / 8
      let unused: UInt64 = columnCount == 64 ? 0 : .max &>> UInt64(columnCount)
      let byteCount = columnCount.inBytesRoundedUp
      for y in stride(from: 0, to: rowCount, by: 64) {
        let index = y / 8
        var bits = block.mutableSpan
        unsafe bits.withUnsafeMutableBufferPointer { bits in
          guard let bits = bits.baseAddress else { return }
          for column in 0..<columnCount {
            unsafe bits[column] = Self.word(
              columns + (column &* columnByteCount &+ index), shift: shift,
              byteCount: columnByteCount &- index)
          }
          for column in columnCount..<64 { unsafe bits[column] = 0 }
          unsafe Self.transpose(bits)
          for row in 0..<min(64, rowCount - y) {
            let line = layout.rowBits > 0 ? y &+ row : rowCount &- 1 &- y &- row
            let word = unsafe (bits[row] ^ flip) & ~unused
            let place = unsafe target + line &* rowByteCount
            if byteCount == 8 {
              unsafe place.storeBytes(of: word.bigEndian, as: UInt64.self)
            } else {
              for byte in 0..<byteCount {
                unsafe place.storeBytes(
                  of: UInt8(truncatingIfNeeded: word &>> UInt64(56 &- 8 &* byte)),
                  toByteOffset: byte, as: UInt8.self)
              }
            }
          }
        }
      }
    }
  }

  /// 64 bits from the bit `shift` of a byte on, the first one in the most significant place; zeros behind
  /// the bytes that there are.
  @inline(__always)
  private static func word(_ from: UnsafeRawPointer, shift: Int, byteCount: Int) -> UInt64 {
    if byteCount > 8 {
      let word = unsafe from.loadUnaligned(as: UInt64.self).bigEndian
      let next = unsafe UInt64(from.load(fromByteOffset: 8, as: UInt8.self))
      return word &<< UInt64(shift) | next &>> UInt64(8 &- shift)
    }
    var word: UInt64 = 0
    for byte in 0..<byteCount {
      word |=
        unsafe UInt64(from.load(fromByteOffset: byte, as: UInt8.self))
        &<< UInt64(56 &- 8 &* byte)
    }
    return word &<< UInt64(shift)
  }

  /// Exchanges rows and columns of 64 x 64 bits ("Hacker's Delight", 7-3).
  @inline(__always)
  private static func transpose(_ bits: UnsafeMutablePointer<UInt64>) {
    unsafe exchange(bits, 32, 0x0000_0000_FFFF_FFFF)
    unsafe exchange(bits, 16, 0x0000_FFFF_0000_FFFF)
    unsafe exchange(bits, 8, 0x00FF_00FF_00FF_00FF)
    unsafe exchange(bits, 4, 0x0F0F_0F0F_0F0F_0F0F)
    unsafe exchange(bits, 2, 0x3333_3333_3333_3333)
    unsafe exchange(bits, 1, 0x5555_5555_5555_5555)
  }

  /// Exchanges the squares of `side` bits to the right with those below.
  @inline(__always)
  private static func exchange(
    _ bits: UnsafeMutablePointer<UInt64>, _ side: Int, _ mask: UInt64
  ) {
    for above in stride(from: 0, to: 64, by: 2 * side) {
      for row in above..<above &+ side {
        let (one, other) = unsafe (bits[row], bits[row &+ side])
        let moved = (one ^ (other &>> UInt64(side))) & mask
        unsafe bits[row] = one ^ moved
        unsafe bits[row &+ side] = other ^ (moved &<< UInt64(side))
      }
    }
  }
}
