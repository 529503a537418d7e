import PixelMemory

/// Turns columns of bits into packed rows, 8 x 8 bits at a time, for images of one bit a pixel that lie
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
    for x in stride(from: 0, to: layout.width, by: 8) {
      let columnCount = min(8, layout.width - x)
      let unused: UInt64 =
        columnCount == 8 ? 0 : 0xFF >> UInt64(columnCount) &* 0x0101_0101_0101_0101
      let columns = unsafe from + x * columnByteCount
      for y in stride(from: 0, to: rowCount, by: 8) {
        let index = y / 8
        let hasNext = shift > 0 && index + 1 < columnByteCount
        var block: UInt64 = 0
        for column in 0..<columnCount {
          let place = unsafe columns + (column &* columnByteCount &+ index)
          var bits = UInt64(unsafe place.load(as: UInt8.self)) &<< UInt64(shift)
          if hasNext {
            bits |=
              UInt64(unsafe place.load(fromByteOffset: 1, as: UInt8.self))
              &>> UInt64(8 &- shift)
          }
          block |= (bits & 0xFF) &<< UInt64(56 &- 8 &* column)
        }
        block = (block.transposed ^ flip) & ~unused
        for row in 0..<min(8, rowCount - y) {
          let line = layout.rowBits > 0 ? y &+ row : rowCount &- 1 &- y &- row
          unsafe to.storeBytes(
            of: UInt8(truncatingIfNeeded: block &>> UInt64(56 &- 8 &* row)),
            toByteOffset: line &* rowByteCount &+ x / 8, as: UInt8.self)
        }
      }
    }
  }
}

extension UInt64 {
  /// The same 8 x 8 bits with rows and columns exchanged ("Hacker's Delight", 7-3).
  fileprivate var transposed: UInt64 {
    var bits = self
    for (step, mask) in [
      (7, 0x00AA_00AA_00AA_00AA), (14, 0x0000_CCCC_0000_CCCC), (28, 0x0000_0000_F0F0_F0F0),
    ] as [(UInt64, UInt64)] {
      let moved = (bits ^ (bits &>> step)) & mask
      bits ^= moved ^ (moved &<< step)
    }
    return bits
  }
}
