import PixelMemory

/// Turns rows of an image into rows as a file stores them.
///
/// Where the buffer already holds the very bytes, they pass one door and nothing else; otherwise
/// the plain rows are encoded. Unused bits and bytes of the target are zero.
package struct RowEncoder: Sendable {
  package let image: Image
  /// The bytes from one target row to the next.
  package let rowByteCount: Int
  private let target: RowCodec
  private let isDirect: Bool
  private let storedByteCount: Int
  private let hasUnusedBits: Bool
  private let isPadded: Bool
  /// The colors that each index must have; `nil` where indices are not looked at.
  private let colorCount: Int?
  private let transposer: BitTransposer?

  /// - Parameters:
  ///   - image: what is encoded.
  ///   - format: the mode and the sample type.
  ///   - layout: how the file stores its rows. The fields of a pixel must lie in one row.
  ///   - keepsColors: whether the palette is stored as well, so that an index beyond it is an error.
  /// - Precondition: the layout has no grid, and the image's width and bands, and `format` is the image's.
  package init(image: Image, layout: Layout, format: PixelFormat, keepsColors: Bool = false) {
    precondition(layout.width == image.width && format == image.format)
    self.image = image
    // What the file has no bytes for is left out; its format has told the user.
    let stored = layout.fields.indices.filter { !layout.fields[$0].isConstant }
    target = RowCodec(
      fields: stored.map { layout.fields[$0] }, pixelBits: layout.pixelBits, bands: stored,
      bandCount: format.mode.bandCount, type: format.type)
    rowByteCount = abs(layout.stride)
    let count = keepsColors && image.mode.isIndexed ? image.palette?.count ?? 256 : 256
    colorCount = count < 256 ? count : nil
    let source = image.layout
    storedByteCount = layout.rowByteCount
    isDirect =
      colorCount == nil && !image.isDerived && source.grid == nil && source.fields == layout.fields
      && (source.pixelBits == layout.pixelBits || layout.width == 1)
      && source.bitOffset.isWholeBytes && source.rowBits.isWholeBytes
      && layout.fields.contains { $0.bitOffset == 0 && !$0.isConstant }
      && layout.pixelBits > 0
      // Many bytes mean the same sample; only one of them is to be written.
      && !layout.fields.contains { $0.scaling == .nonzero }
    let coveredBits = layout.fields.reduce(0) { $0 + ($1.isConstant ? 0 : $1.bitCount) }
    isPadded = layout.width * coveredBits != rowByteCount.inBits
    hasUnusedBits = isPadded && coveredBits != layout.pixelBits
    transposer =
      !image.isDerived && target.kernel == .bilevel
      ? BitTransposer(source, to: target.fields[0]) : nil
  }

  /// Whether every row of the target stands in the buffer, side by side and in order, so that all of
  /// them are one run of bytes.
  package var isContiguous: Bool {
    isDirect && !isPadded && (image.layout.rowBits == rowByteCount.inBits || image.height == 1)
  }

  /// The rows that are best encoded at once, of images whose columns stand bit by bit.
  package var preferredRowCount: Int { transposer == nil ? 1 : BitTransposer.rowCount }

  /// Encodes rows, packed one after the other at ``rowByteCount``, and lets go of their pages.
  ///
  /// - Throws: what reading throws; ``ViewError/cannotStore(value:x:y:bitCount:)``;
  ///   ``ViewError/noColor(index:x:y:colors:)``.
  /// - Complexity: O(pixels).
  package func encode(
    rows: Range<Int>, into bytes: inout MutableRawSpan, workspace: inout Workspace
  ) throws(ViewError) {
    let source = image.layout
    let rectangle = Rectangle(
      x: 0, y: rows.lowerBound, width: image.width, height: rows.count)
    defer { image.forget(rectangle) }
    if isDirect && storedByteCount == rowByteCount && !hasUnusedBits {
      let block = Block(
        offset: source.offset + rows.lowerBound * source.stride,
        rowByteCount: rowByteCount, rowCount: rows.count,
        stride: rows.count == 1 ? rowByteCount : source.stride)
      do throws(MemoryError) { try image.buffer.copyOut(block, to: &bytes) } catch {
        throw .memory(error)
      }
      clearUnusedBits(rows.count, &bytes)
      return
    }
    if isPadded { bytes.zero(rows.count * rowByteCount) }
    if let transposer {
      return try memory { () throws(MemoryError) in
        try transposer.encode(
          rows, of: image.buffer, rowByteCount: rowByteCount, into: &bytes,
          scratch: &workspace.stored)
      }
    }
    if target.isIdentity && !isPadded && colorCount == nil {
      return try image.read(rectangle, into: &bytes, workspace: &workspace)
    }
    var plain = Scratch()
    swap(&plain, &workspace.plain)
    defer { swap(&plain, &workspace.plain) }
    try plain.ensure(rectangle, of: image)
    do {
      var span = plain.mutableBytes
      try image.read(rectangle, into: &span, workspace: &workspace)
    }
    try checkIndices(plain.bytes, rectangle)
    let plainByteCount = image.plainRowByteCount
    for row in 0..<rows.count {
      let samples = plain.bytes.slice(row * plainByteCount, plainByteCount)
      let failure = target.encode(
        count: image.width, from: samples, to: &bytes, startBit: (row * rowByteCount).inBits)
      if let failure {
        throw misfit(samples, x: failure, y: rows.lowerBound + row)
      }
    }
  }

  /// The error for the pixel of a plain row that the target cannot hold.
  private func misfit(_ row: RawSpan, x: Int, y: Int) -> ViewError {
    let values = row.values(at: x, format: image.format)
    let index =
      target.fields.indices.first {
        !target.fields[$0].range(as: target.type).contains(values[target.bands[$0]])
      } ?? 0
    return .cannotStore(
      value: values[target.bands[index]], x: x, y: y, bitCount: target.fields[index].bitCount)
  }

  /// Throws for an index that the palette has no color for.
  private func checkIndices(_ plain: RawSpan, _ rectangle: Rectangle) throws(ViewError) {
    guard let colorCount else { return }
    let limits = Conversion.Limits(range: 0...Double(colorCount - 1))
    let found = plain.firstSample(
      outside: limits, count: rectangle.width * rectangle.height, format: image.format)
    guard let found else { return }
    let (row, x) = found.pixel.quotientAndRemainder(dividingBy: rectangle.width)
    throw .noColor(
      index: Int(plain.values(at: found.pixel, format: image.format)[0]), x: x,
      y: rectangle.y + row,
      colors: colorCount)
  }

  /// Zeroes the bits after the last pixel of rows that came straight from the buffer.
  private func clearUnusedBits(_ rowCount: Int, _ bytes: inout MutableRawSpan) {
    let usedBits = (image.width * target.pixelBits).bitInByte
    guard target.pixelBits < 8, usedBits > 0, case .bits(let order) = target.fields[0].storage
    else { return }
    let high = UInt8(truncatingIfNeeded: 0xFF00 >> usedBits)
    let low = UInt8(truncatingIfNeeded: (1 << usedBits) - 1)
    let mask = order == .mostSignificantFirst ? high : low
    for row in 0..<rowCount {
      let last = (row + 1) * rowByteCount - 1
      let byte: UInt8 = bytes.sample(last)
      bytes.setSample(last, to: byte & mask)
    }
  }
}
