import CShims
import PixelMemory
import PixelViews

/// Filters the rows of a band, one after the other.
struct PNGRowFilter: Sendable {
  private let rowByteCount: Int
  /// Bytes of a pixel, at least 1.
  private let left: Int
  private let road: imgtool_road

  init(rowByteCount: Int, pixelBitCount: Int, road: imgtool_road) {
    self.rowByteCount = rowByteCount
    left = max(1, pixelBitCount.inWholeBytes)
    self.road = road
  }

  /// Writes a filter byte and the filtered bytes of a row for some rows of a band. The first of them is
  /// filtered as if there were none above it.
  ///
  /// - Precondition: `rows` are packed; `output` has one byte more for each row of the range.
  func filter(
    _ rows: borrowing Scratch, _ range: Range<Int>, into output: inout Scratch,
    filtering: PNGFiltering
  ) {
    precondition(range.upperBound * rowByteCount <= rows.byteCount)
    precondition(range.count * (rowByteCount + 1) <= output.byteCount)
    unsafe rows.bytes.withUnsafeBytes { rows in
      unsafe output.withUnsafeMutableBytes { output in
        guard let source = unsafe rows.baseAddress?.assumingMemoryBound(to: UInt8.self),
          let target = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return }
        for row in range {
          let x = unsafe source + row * rowByteCount
          let above = unsafe row > range.lowerBound ? x - rowByteCount : nil
          let start = unsafe target + (row - range.lowerBound) * (rowByteCount + 1)
          let filter =
            unsafe filtering == .none
            ? 0 : imgtool_png_cheapest_filter(road, x, above, rowByteCount, left)
          unsafe start.pointee = filter
          unsafe imgtool_png_filter_row(road, filter, x, above, rowByteCount, left, start + 1)
        }
      }
    }
  }
}
