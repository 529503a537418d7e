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
          let filter: UInt8
          switch filtering {
          case .none: filter = 0
          case .adaptive:
            filter = unsafe imgtool_png_cheapest_filter(road, x, above, rowByteCount, left)
          case .fewestBigrams: filter = unsafe fewestBigrams(x, above, start + 1)
          }
          unsafe start.pointee = filter
          unsafe imgtool_png_filter_row(road, filter, x, above, rowByteCount, left, start + 1)
        }
      }
    }
  }

  /// The filter that leaves the fewest different pairs of neighbors; of equals the first.
  ///
  /// - Parameter trial: room for a row.
  @unsafe private func fewestBigrams(
    _ x: UnsafePointer<UInt8>, _ above: UnsafePointer<UInt8>?, _ trial: UnsafeMutablePointer<UInt8>
  ) -> UInt8 {
    unsafe withUnsafeTemporaryAllocation(
      of: UInt64.self, capacity: Int(IMGTOOL_BIGRAM_BYTES) / MemoryLayout<UInt64>.stride
    ) { seen in
      var (best, fewest) = (UInt8(0), Int.max)
      for filter in PNGFilter.allCases where unsafe above != nil || filter.rawValue < 2 {
        unsafe imgtool_png_filter_row(road, filter.rawValue, x, above, rowByteCount, left, trial)
        let count = unsafe imgtool_distinct_bigrams(trial, rowByteCount, seen.baseAddress!)
        if count < fewest { (best, fewest) = (filter.rawValue, count) }
      }
      return best
    }
  }
}
