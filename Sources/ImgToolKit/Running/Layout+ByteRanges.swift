import PixelMemory
import PixelViews

extension Layout {
  /// The bytes that a pixel is made of, those that stand together in one range.
  ///
  /// - Precondition: the layout was validated, and the pixel is one of it.
  func byteRanges(x: Int, y: Int) -> [Range<Int>] {
    samples(x: x, y: y).flatMap { field in
      field.runs.map { run in
        let first = field.bitOffset + run.lowerBound
        return (first..<first + run.count).inBytes
      }
    }.coalesced()
  }
}

extension [Range<Int>] {
  /// Ranges that touch become one.
  func coalesced() -> [Range<Int>] {
    var joined: [Range<Int>] = []
    for range in sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, range.lowerBound <= last.upperBound {
        joined[joined.count - 1] = last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }
}
