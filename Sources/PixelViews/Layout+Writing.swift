extension Layout {
  /// Whether no two samples share a bit, as far as strides alone can tell.
  ///
  /// Exact for all but interleavings with thousands of rows or pixels between the samples of one
  /// pixel, which are called overlapping: that only costs the right to write.
  package var isWritable: Bool {
    // The usual fields are what is stored, and need no array of their own.
    let stored =
      fields.allSatisfy(\.isOneRun) ? fields : fields.filter { !$0.isConstant }.flatMap(\.planes)
    guard !stored.isEmpty else { return false }
    for index in stored.indices {
      for other in 0..<index where stored[index].sharesBits(with: stored[other]) { return false }
    }
    if stored.count == 1 || span(of: stored) <= outerSteps.smaller {
      return stepsAreDisjoint(span: span(of: stored))
    }
    // Planes: each plane is disjoint in itself, and whole planes or rows lie apart.
    return stored.allSatisfy { stepsAreDisjoint(span: $0.storedBitCount) }
      && (planesAreDisjoint(stored) || samplesAreDisjoint(stored))
  }

  private var outerSteps: (smaller: Int, larger: Int) {
    let pixel = width > 1 ? abs(pixelBits) : Int.max
    let row = height > 1 ? abs(rowBits) : Int.max
    return (min(pixel, row), max(pixel, row))
  }

  private func span(of fields: [SampleField]) -> Int {
    let low = fields.reduce(Int.max) { min($0, $1.bitOffset) }
    let high = fields.reduce(Int.min) { max($0, $1.bitOffset + $1.storedBitCount) }
    return high - low
  }

  private func stepsAreDisjoint(span: Int) -> Bool {
    let pixelsInner = outerSteps.smaller == (width > 1 ? abs(pixelBits) : Int.max)
    let (innerStep, innerCount) = pixelsInner ? (abs(pixelBits), width) : (abs(rowBits), height)
    let (outerStep, outerCount) = pixelsInner ? (abs(rowBits), height) : (abs(pixelBits), width)
    if innerCount > 1 && innerStep < span { return false }
    guard outerCount > 1 else { return true }
    guard let reach = (innerCount - 1).multiplied(by: innerStep)?.added(to: span) else {
      return false
    }
    return outerStep >= reach
  }

  private func planesAreDisjoint(_ stored: [SampleField]) -> Bool {
    let offsets = stored.map(\.bitOffset).sorted()
    let size = stored.reduce(0) { max($0, $1.storedBitCount) }
    let smallestGap = zip(offsets, offsets.dropFirst()).reduce(Int.max) { min($0, $1.1 - $1.0) }
    let row = (width - 1) * abs(pixelBits) + size
    let image = (height - 1) * abs(rowBits) + row
    if smallestGap >= image { return true }
    // Line interleave: the planes' rows lie between each other.
    let reach = offsets[offsets.count - 1] - offsets[0] + row
    return smallestGap >= row && (height == 1 || abs(rowBits) >= reach)
  }

  /// Whether no sample of one field stands where one of another field does, in any pixel.
  private func samplesAreDisjoint(_ stored: [SampleField]) -> Bool {
    stored.indices.allSatisfy { index in
      stored[..<index].allSatisfy { areDisjoint($0, stored[index]) }
    }
  }

  /// Looks for two pixels of which one has its first field where the other has its second.
  ///
  /// - Complexity: O(rows or columns that the distance of the fields spans), bounded.
  private func areDisjoint(_ first: SampleField, _ second: SampleField) -> Bool {
    let axes = [(count: width, step: pixelBits), (count: height, step: rowBits)]
      .filter { $0.count > 1 }
      .map { (reach: $0.count - 1, step: abs($0.step)) }
      .sorted { $0.step < $1.step }
    let farthest = 1 << 60
    guard
      let distance = second.bitOffset.added(to: -first.bitOffset), abs(distance) <= farthest,
      axes.allSatisfy({ $0.step > 0 && $0.reach <= farthest / $0.step })
    else { return false }
    // Moved so far and no less, the first field meets the second.
    let low = distance - first.storedBitCount + 1
    let high = distance + second.storedBitCount - 1
    guard let inner = axes.first else { return low > 0 || high < 0 }
    let outer = axes.count > 1 ? axes[1] : (reach: 0, step: 1)
    let steps = min(outer.reach, (max(abs(low), abs(high)) + inner.reach * inner.step) / outer.step)
    guard steps <= Layout.mostSteps else { return false }
    return (-steps...steps).allSatisfy { step in
      let (least, most) = (low - step * outer.step, high - step * outer.step)
      // The smallest multiple of the inner step that is not below `least`.
      let multiple =
        least > 0 ? (least - 1) / inner.step + 1 : -(-least / inner.step)
      return multiple > inner.reach || multiple * inner.step > most
        || most < -inner.reach * inner.step
    }
  }

  /// How many rows or columns apart two samples of a pixel may stand for all of them to be looked at.
  private static let mostSteps = 4096
}

extension SampleField {
  /// Whether there are bits of the sample, and they stand together.
  fileprivate var isOneRun: Bool {
    if case .bitPlanes = storage { return false }
    return !isConstant
  }

  /// A field for each bit of a sample whose bits lie in planes; else the field itself.
  fileprivate var planes: [SampleField] {
    guard case .bitPlanes(let step) = storage else { return [self] }
    return (0..<bitCount).map {
      SampleField(
        bitOffset: bitOffset + $0 * step, storage: .bits(.mostSignificantFirst), bitCount: 1)
    }
  }

  fileprivate func sharesBits(with other: SampleField) -> Bool {
    guard bitOffset == other.bitOffset, storage == other.storage else {
      return bitOffset < other.bitOffset + other.storedBitCount
        && other.bitOffset < bitOffset + storedBitCount
    }
    return shift < other.shift + other.bitCount && other.shift < shift + bitCount
  }
}
