import PixelViews

extension Guesser {
  /// What speaks against rows of a length because they are several or parts of one, in bits.
  func repetitionPenalty(_ reading: Reading, _ places: [(file: Int, copy: Int)]) -> Double {
    let length = reading.rows.byteCount
    let own = distance(reading, to: length, places)
    let second = distance(reading, to: 2 * length, places)
    if reading.storage.isMosaic {
      return mosaicPenalty(reading.storage, reading.rows, places)
        + cellPenalty(reading, beside: own, above: second, places)
    }
    // Rows that are taken for one are like a part of it.
    func isSeveral(_ parts: Int) -> Double {
      guard length.isMultiple(of: parts) else { return 0 }
      let part = distance(reading, to: length / parts, places)
      // A row is most like the next one, unless that of a sensor has seen other colors.
      guard part < 1.2 * own || reading.storage.byteCount < 3 else { return 0 }
      return part < 0.95 || part < 1.05 && part < 1.1 * own ? 12 : part < 1.02 * own ? 5 : 0
    }
    // Parts of rows are more like those of the next rows than like the other parts.
    let parts = min(second, distance(reading, to: 3 * length, places))
    return isSeveral(2) + isSeveral(3) + (parts < 0.8 * own ? 14 : parts < 0.9 * own ? 6 : 0)
  }

  /// The same for the rows of a sensor, which are like those two up.
  private func cellPenalty(
    _ reading: Reading, beside: Double, above: Double, _ places: [(file: Int, copy: Int)]
  ) -> Double {
    let (storage, length) = (reading.storage, reading.rows.byteCount)
    var penalty = 0.0
    // A sensor has whole cells.
    if !length.isMultiple(of: storage.byteCount), !storage.isPacked { penalty += 8 }
    // Three rows that are taken for one are like a part of them.
    if length.isMultiple(of: 3), distance(reading, to: length / 3 * 2, places) < 0.9 * above {
      penalty += 12
    }
    // The halves of a row that is taken for two are less alike than rows are; under noise neither is.
    if beside > 1, beside > 1.08 * above {
      // Few are packed.
      penalty += (beside > 1.2 * above ? 12 : 6) * (storage.isPacked ? 2 : 1)
    }
    return penalty
  }
}
