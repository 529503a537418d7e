/// Where in a buffer each sample of each pixel stands: plain numbers, no bytes.
///
/// Sample `b` of pixel (`x`, `y`) starts at bit
/// `bitOffset + y * rowBits + x * pixelBits + fields[b].bitOffset`, counted from the first byte of
/// the buffer. Strides may be negative. Where samples do not each stand in their pixel's own place, a
/// ``grid`` says where they do, and a ``lens`` which of its pixels are shown. Because either description
/// is affine, every crop, mirror, quarter turn and subsampling of a layout is a layout again.
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
  /// Where samples do not each stand in their pixel's own place. The numbers above are then those of the
  /// first plane, for tables; what they say of places is not meant.
  var gridView: GridView?

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

  /// The most bits that a stored sample has.
  package var bitDepth: Int { fields.map(\.bitCount).max() ?? 0 }

  /// The byte that holds the first bit of sample `band` of pixel (`x`, `y`).
  public func byteOffset(x: Int, y: Int, band: Int = 0) -> Int {
    sample(x: x, y: y, band: band).bitOffset.byteIndex
  }

  /// The bytes of the buffer between the first and the last bit of any sample.
  ///
  /// - Throws: ``ViewError/overflow(width:height:stride:)`` when an address does not fit 64 bits.
  /// - Complexity: O(bands).
  public func byteRange() throws(ViewError) -> Range<Int> {
    if let gridView {
      guard let range = gridView.bitRange(width: width, height: height) else { throw overflow }
      return range.inBytes
    }
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
    guard height > 0, rowBits > 0, gridView == nil else { return 0 }
    var first = self
    first.height = 1
    guard let range = try? first.byteRange(), range.lowerBound >= 0, range.upperBound <= byteCount
    else { return 0 }
    guard !rowBits.isWholeBytes else { return 1 + (byteCount - range.upperBound) / stride }
    // Where rows share bytes, the last one may need one byte more than bits alone say.
    first.height = ((byteCount - range.lowerBound).checkedInBits ?? 0) / rowBits + 1
    while let end = try? first.byteRange().upperBound, end > byteCount { first.height -= 1 }
    return first.height
  }

  /// The bytes between the first and the last bit of one row.
  public var rowByteCount: Int {
    var row = self
    row.height = 1
    return (try? row.byteRange().count) ?? 0
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
