extension Layout {
  /// Whether storing this layout's samples, pixel by pixel in some order, changes samples of another
  /// layout of the same size and buffer before the pixel at the same place is read.
  ///
  /// Never missed. Layouts that interleave in rarer ways count as overlapping, which costs a copy.
  /// - Complexity: O(bands²).
  func disturbs(_ source: Layout) -> Bool {
    guard let own = try? byteRange(), let other = try? source.byteRange() else { return true }
    if !own.overlaps(other) || keepsPlaces(of: source) { return false }
    if gridView != nil || source.gridView != nil { return true }
    let (rows, otherRows) = (rowComb, source.rowComb)
    let step = max(rows.step, otherRows.step)
    let isAligned = [0, step].contains(rows.step) && [0, step].contains(otherRows.step)
    if isAligned, rows.misses(otherRows, step: step) { return false }
    let (pixels, otherPixels) = (pixelComb, source.pixelComb)
    return !pixels.misses(otherPixels, step: greatestCommonDivisor(pixels.step, otherPixels.step))
  }

  /// Whether each pixel of the other layout lies within the same pixel of this one, and apart from
  /// all others, so that it is read before it changes.
  private func keepsPlaces(of source: Layout) -> Bool {
    if gridView != nil || source.gridView != nil { return self == source && isWritable }
    guard bitOffset == source.bitOffset, rowBits == source.rowBits, pixelBits == source.pixelBits
    else { return false }
    var both = self
    both.fields = Array(Set(fields + source.fields))
    return both.isWritable
  }

  /// The directions with more than one pixel, the shorter step first.
  private var axes: [(count: Int, bits: Int)] {
    [(width, abs(pixelBits)), (height, abs(rowBits))]
      .filter { $0.0 > 1 }
      .sorted { $0.1 < $1.1 }
      .map { (count: $0.0, bits: $0.1) }
  }

  /// All bits, as rows that repeat; as columns in a turned image.
  private var rowComb: Comb {
    let reach = axes.first.map { ($0.count - 1) * $0.bits } ?? 0
    return comb(step: axes.count == 2 ? axes[1].bits : 0, reach: reach)
  }

  /// All bits, as pixels that repeat.
  private var pixelComb: Comb {
    comb(step: axes.reduce(0) { greatestCommonDivisor($0, $1.bits) }, reach: 0)
  }

  private func comb(step: Int, reach: Int) -> Comb {
    let low =
      bitOffset + min(0, (width - 1) * pixelBits) + min(0, (height - 1) * rowBits)
    return Comb(
      step: step,
      runs: fields.filter { !$0.isConstant }.map { field in
        let start = low + field.bitOffset
        return start..<start + reach + field.storedBitCount
      })
  }
}

/// Runs of bits that repeat at a distance, some times in both directions; 0 where they do not.
private struct Comb {
  let step: Int
  let runs: [Range<Int>]

  /// Whether the runs have no bit in common if both repeat for ever at a distance.
  func misses(_ other: Comb, step: Int) -> Bool {
    step > 0
      && runs.allSatisfy { run in other.runs.allSatisfy { run.misses($0, modulo: step) } }
  }
}

func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  b == 0 ? a : greatestCommonDivisor(b, a % b)
}

extension Range<Int> {
  fileprivate func misses(_ other: Range<Int>, modulo step: Int) -> Bool {
    let ahead = (other.lowerBound - lowerBound) % step
    let distance = ahead < 0 ? ahead + step : ahead
    return distance >= count && step - distance >= other.count
  }
}
