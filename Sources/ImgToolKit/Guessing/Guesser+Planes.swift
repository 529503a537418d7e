import PixelMemory
import PixelViews

extension Guesser {
  /// Three planes, where rows of bytes are as long as needed and many enough.
  func planes(_ rows: RowLength, byteCost: Double) throws(MemoryError) -> Guess? {
    let height = (byteCount - rows.offset) / rows.byteCount
    guard rows.isExact, height.isMultiple(of: 3), height >= 12 else { return nil }
    let plane = rows.byteCount * (height / 3)
    let count = min(80, rows.byteCount - 1)
    var colors = NeighborPrediction(.planes)
    var alone = NeighborPrediction(GuessedStorage.all[0])
    let places = 24
    for index in 0..<places {
      let room = plane - rows.byteCount - count - 1
      guard room > 0 else { return nil }
      let first = rows.byteCount + room / places * index
      var pixels = [UInt8](repeating: 0, count: 6 * (count + 1))
      for band in 0..<3 {
        let start = rows.offset + band * plane + first
        let here = try buffer.bytes(start..<start + count + 1)
        let above = try buffer.bytes(start - rows.byteCount..<start - rows.byteCount + count + 1)
        for pixel in 0...count {
          pixels[pixel * 3 + band] = here[pixel]
          pixels[3 * (count + 1) + pixel * 3 + band] = above[pixel]
        }
        let both = here + above
        alone.add(unsafe both.span.bytes, current: 0, upper: count + 1, count: count)
      }
      colors.add(unsafe pixels.span.bytes, current: 0, upper: 3 * (count + 1), count: count)
    }
    guard let cost = colors.bitsPerByte, let aloneCost = alone.bitsPerByte else { return nil }
    var guess = Guess(
      width: rows.byteCount, height: height / 3, storage: .planes, rawmode: "RGB", mode: .rgb,
      offset: rows.offset, stride: rows.byteCount, reasons: [],
      penalty: byteCost + cost - aloneCost - rows.bonus - 0.04)
    guess.reasons.append(
      "the three planes predict each other (\(cost.text(2)) bits per byte; \(aloneCost.text(2)) "
        + "alone)")
    return guess
  }
}
