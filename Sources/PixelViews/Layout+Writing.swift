extension Layout {
  /// Whether no two samples share a bit, but for those that pixels have together, as far as strides alone can tell.
  ///
  /// Exact for layouts whose pixels or rows are the outer step, with the samples of a line anywhere in
  /// it; rarer interleavings are called overlapping, which only costs the right to write.
  package var isWritable: Bool {
    guard (try? byteRange()) != nil else { return false }
    if let gridView { return gridView.grid.isDisjoint }
    // The usual fields are what is stored, and need no array of their own.
    var stored =
      fields.allSatisfy(\.isOneRun) ? fields : fields.filter { !$0.isConstant }.flatMap(\.parts)
    guard !stored.isEmpty else { return false }
    if stored.mixBitOrders {
      guard [bitOffset, rowBits, pixelBits].allSatisfy(\.isWholeBytes) else { return false }
      stored = stored.map(\.roundedToBytes)
    }
    for index in stored.indices {
      for other in 0..<index where stored[index].sharesBits(with: stored[other]) { return false }
    }
    if stored.count == 1 || span(of: stored) <= outerSteps.smaller {
      return stepsAreDisjoint(span: span(of: stored))
    }
    // Planes: each plane is disjoint in itself, and whole planes or rows lie apart.
    return stored.allSatisfy { stepsAreDisjoint(span: $0.storedBitCount) }
      && (planesAreDisjoint(stored) || linesAreDisjoint(stored))
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

  /// Whether lines of pixels lie apart, and the fields of a line do, as those of a sensor's cells.
  private func linesAreDisjoint(_ stored: [SampleField]) -> Bool {
    let axes = [(count: width, step: pixelBits), (count: height, step: rowBits)]
      .filter { $0.count > 1 }
      .map { (reach: $0.count - 1, step: abs($0.step)) }
      .sorted { $0.step < $1.step }
    let line = axes.first ?? (reach: 0, step: 1)
    guard line.step > 0,
      let reach = line.reach.multiplied(by: line.step)?.added(to: span(of: stored)),
      axes.count < 2 || axes[1].step >= reach
    else { return false }
    return stored.indices.allSatisfy { index in
      stored[..<index].allSatisfy { other in
        // Moved by so many bits, and no fewer or more, the one meets the other.
        let distance = stored[index].bitOffset - other.bitOffset
        let least = distance - other.storedBitCount + 1
        let most = distance + stored[index].storedBitCount - 1
        let (whole, rest) = least.quotientAndRemainder(dividingBy: line.step)
        let pixels = max(-line.reach, rest > 0 ? whole + 1 : whole)
        return pixels > line.reach || pixels * line.step > most
      }
    }
  }
}

extension SampleField {
  /// Whether there are bits of the sample, and they stand together.
  fileprivate var isOneRun: Bool {
    switch storage {
    case .bitPlanes, .parts, .constant: false
    case .word, .bits: true
    }
  }

  /// A field for each run of bits of a sample whose bits lie apart; else the field itself.
  var parts: [SampleField] {
    switch storage {
    case .bitPlanes(let step):
      (0..<bitCount).map {
        SampleField(
          bitOffset: bitOffset + $0 * step, storage: .bits(.mostSignificantFirst), bitCount: 1)
      }
    case .parts(let parts):
      parts.map {
        SampleField(
          bitOffset: bitOffset + $0.bitOffset, storage: .bits(.leastSignificantFirst),
          bitCount: $0.bitCount)
      }
    case .word, .bits, .constant: [self]
    }
  }

  /// Whether the bits of a byte are counted from its highest; `nil` for whole bytes, which have no order.
  fileprivate var countsFromHighest: Bool? {
    switch storage {
    case .word, .constant: nil
    case .bits(.mostSignificantFirst), .bitPlanes: true
    case .bits, .parts: false
    }
  }

  /// All bits of the bytes that the sample is in.
  var roundedToBytes: SampleField {
    let bytes = (bitOffset..<bitOffset + storedBitCount).inBytes
    return SampleField(
      bitOffset: bytes.lowerBound.inBits, storage: .bits(.mostSignificantFirst),
      bitCount: bytes.count.inBits)
  }

  /// - Precondition: the bits of both are counted in one order; see ``Swift/Array/mixBitOrders``.
  func sharesBits(with other: SampleField) -> Bool {
    guard bitOffset == other.bitOffset, storage == other.storage else {
      return bitOffset < other.bitOffset + other.storedBitCount
        && other.bitOffset < bitOffset + storedBitCount
    }
    return shift < other.shift + other.bitCount && other.shift < shift + bitCount
  }
}

extension [SampleField] {
  /// Whether bits are counted from the highest of a byte in some fields, and from the lowest in others:
  /// then equal numbers are other bits, and only bytes can be told apart.
  var mixBitOrders: Bool { Set(compactMap(\.countsFromHighest)).count > 1 }
}
