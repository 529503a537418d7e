import CShims
import PixelMemory

/// Undoes the filters of rows.
@safe struct PNGRowUnfilter: ~Copyable, Sendable {
  private let rowByteCount: Int
  private let pixelByteCount: Int
  /// The bits of a row's last byte that are pixels.
  private let mask: UInt8
  private let road: imgtool_road
  private var above: Scratch

  /// - Parameter road: the instructions to use; the rows do not depend on it.
  /// - Throws: `MemoryError.outOfMemory`.
  init(
    _ header: PNGHeader, road: imgtool_road = imgtool_processor_road()
  ) throws(MemoryError) {
    rowByteCount = header.rowByteCount
    pixelByteCount = max(1, header.pixelBitCount / 8)
    mask = 0xff << UInt8(rowByteCount * 8 - header.width * header.pixelBitCount)
    self.road = road
    above = try Scratch(zeroed: rowByteCount)
  }

  /// Forgets the last row: no row stands above the next one.
  mutating func reset() {
    let count = rowByteCount
    var bytes = above.mutableBytes
    bytes.zero(count)
  }

  /// Undoes filters of rows that follow the ones before.
  ///
  /// - Parameters:
  ///   - filtered: has the rows from `start` on, each behind the number of its filter.
  ///   - rows: takes them without it, without gaps.
  /// - Returns: whether all are filters that exist; if not, nothing is written.
  /// - Precondition: there is room.
  /// - Complexity: O(bytes).
  mutating func unfilter(
    _ filtered: borrowing Scratch, from start: Int, count: Int, into rows: inout Scratch
  ) -> Bool {
    precondition(
      start >= 0 && count >= 0 && start + count * (rowByteCount + 1) <= filtered.byteCount
        && count * rowByteCount <= rows.byteCount, "no room for the rows")
    return unsafe filtered.bytes.withUnsafeBytes { filtered in
      unsafe above.withUnsafeMutableBytes { above in
        unsafe rows.withUnsafeMutableBytes { rows in
          unsafe imgtool_png_unfilter_rows(
            road, filtered.baseAddress!.assumingMemoryBound(to: UInt8.self) + start, count,
            rowByteCount, pixelByteCount, mask,
            above.baseAddress!.assumingMemoryBound(to: UInt8.self),
            rows.baseAddress!.assumingMemoryBound(to: UInt8.self))
        }
      }
    }
  }
}
