/// Where in a buffer each sample of each pixel stands: plain numbers, no bytes.
///
/// Sample `b` of pixel (`x`, `y`) starts at bit
/// `bitOffset + y * rowBits + x * pixelBits + fields[b].bitOffset`, counted from the first byte of
/// the buffer. Strides may be negative. Because the description is affine, every crop, mirror,
/// quarter turn and subsampling of a layout is a layout again.
public struct Layout: Hashable, Sendable {
  /// Pixels in a row.
  public var width: Int
  /// Rows.
  public var height: Int
  /// Bits from the start of the buffer to the origin of the top-left pixel.
  public var bitOffset: Int
  /// Bits from a pixel to the one below it.
  public var rowBits: Int
  /// Bits from a pixel to its right neighbor.
  public var pixelBits: Int
  /// One field a band, in the order of the mode.
  public var fields: [SampleField]

  public init(
    width: Int, height: Int, bitOffset: Int = 0, rowBits: Int, pixelBits: Int,
    fields: [SampleField]
  ) {
    self.width = width
    self.height = height
    self.bitOffset = bitOffset
    self.rowBits = rowBits
    self.pixelBits = pixelBits
    self.fields = fields
  }

  /// The byte that holds the first bit of sample `band` of pixel (`x`, `y`).
  public func byteOffset(x: Int, y: Int, band: Int = 0) -> Int {
    (bitOffset + y * rowBits + x * pixelBits + fields[band].bitOffset).byteIndex
  }

  /// The bytes of the buffer between the first and the last bit of any sample.
  ///
  /// - Throws: ``ViewError/overflow(width:height:stride:)`` when an address does not fit 64 bits.
  /// - Complexity: O(bands).
  public func byteRange() throws(ViewError) -> Range<Int> {
    var low = Int.max
    var high = Int.min
    guard
      let rowSpan = (height - 1).multiplied(by: rowBits),
      let pixelSpan = (width - 1).multiplied(by: pixelBits),
      let below = min(0, rowSpan).added(to: min(0, pixelSpan)),
      let above = max(0, rowSpan).added(to: max(0, pixelSpan))
    else { throw overflow }
    for field in fields where !field.isConstant {
      guard let start = bitOffset.added(to: field.bitOffset), let lowest = start.added(to: below),
        let highest = start.added(to: above)
      else { throw overflow }
      guard let end = highest.added(to: field.storedBitCount), end.added(to: 7) != nil
      else { throw overflow }
      low = min(low, lowest)
      high = max(high, end)
    }
    guard low <= high else { return 0..<0 }
    return (low..<high).inBytes
  }

  private var overflow: ViewError { .overflow(width: width, height: height, stride: stride) }

  /// Whether the buffer holds every sample.
  ///
  /// - Throws: ``ViewError`` with the arithmetic, or when a size is below one pixel.
  public func check(byteCount: Int) throws(ViewError) {
    guard width > 0, height > 0 else { throw .emptySize(width: width, height: height) }
    let range = try byteRange()
    guard range.lowerBound >= 0, range.upperBound <= byteCount else {
      throw .tooShort(
        ViewError.TooShort(
          needed: range.upperBound, available: byteCount, offset: offset, stride: stride,
          rowByteCount: rowByteCount, width: width, height: height,
          fittingRows: fittingRows(byteCount: byteCount)))
    }
  }

  /// The whole rows that a buffer of `byteCount` bytes holds, for layouts that go top-down.
  package func fittingRows(byteCount: Int) -> Int {
    guard height > 0, rowBits > 0 else { return 0 }
    var first = self
    first.height = 1
    guard let range = try? first.byteRange(), range.lowerBound >= 0, range.upperBound <= byteCount
    else { return 0 }
    return 1 + (byteCount - range.upperBound) / max(1, stride)
  }

  /// The bytes between the first and the last bit of one row.
  public var rowByteCount: Int {
    var row = self
    row.height = 1
    return (try? row.byteRange().count) ?? 0
  }

  /// Whether no two samples share a bit, as far as strides alone can tell.
  ///
  /// Exact for layouts whose pixels or rows are the outer step; rarer interleavings are called
  /// overlapping, which only costs the right to write.
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
      && planesAreDisjoint(stored)
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

extension Int {
  /// The sum, or `nil` when it does not fit.
  package func added(to other: Int) -> Int? {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? nil : sum
  }

  /// The product, or `nil` when it does not fit.
  package func multiplied(by other: Int) -> Int? {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? nil : product
  }
}
