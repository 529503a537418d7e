import PixelMemory

/// Edits of pixels that share samples.
extension Image {
  /// Throws unless a rectangle can be edited: it lies inside of the image, and covers each sample that it
  /// touches whole.
  ///
  /// - Throws: ``ViewError/readOnly(_:)``, ``ViewError/outside(_:width:height:)``,
  ///   ``ViewError/sharedSamples(bands:across:down:whole:)``.
  package func checkEditable(_ rectangle: Rectangle) throws(ViewError) {
    if let readOnlyReason { throw .readOnly(readOnlyReason) }
    try check(inside: rectangle)
    let shares = layout.shares
    guard !shares.isEmpty else { return }
    let whole = layout.whole(rectangle)
    if whole == rectangle { return }
    let fits = whole?.isInside(width: width, height: height) == true
    throw .sharedSamples(
      bands: shares.map { mode.bands[$0.band] },
      across: shares.map(\.across).max() ?? 1, down: shares.map(\.down).max() ?? 1,
      whole: fits ? whole : nil)
  }

  /// Plain rows in which the pixels that share a sample have the mean of what they are to have, rounded
  /// to the nearest, halves up.
  ///
  /// - Precondition: the rectangle can be edited.
  /// - Complexity: O(pixels).
  func average(
    _ rectangle: Rectangle, _ plain: RawSpan, into means: inout Scratch
  ) throws(ViewError) {
    let byteCount = rectangle.width * rectangle.height * storedFormat.pixelByteCount
    try memory { () throws(MemoryError) in try means.ensure(byteCount: byteCount) }
    var rows = means.mutableBytes
    rows.copy(from: plain.extracting(first: byteCount))
    for share in layout.shares {
      let view = layout.selecting(bands: [share.band])
      let blocks = view.blocks(of: rectangle)
      let area = Averaging(
        rectangle: rectangle, blocks: blocks, band: share.band,
        bandCount: storedFormat.mode.bandCount)
      let isChanged =
        switch storedFormat.type {
        case .u8: rows.average(area, as: UInt8.self)
        case .u16: rows.average(area, as: UInt16.self)
        case .i32: rows.average(area, as: Int32.self)
        case .f32, .f64: false
        }
      guard isChanged, losses.wants("chroma", x: rectangle.x, y: rectangle.y) else { continue }
      losses.add(
        Loss(
          "chroma",
          description: "\(share.across * share.down) pixels share each sample of "
            + "\(mode.bands[share.band]), which is the mean of what they were to have"),
        x: rectangle.x, y: rectangle.y)
    }
  }
}

/// The blocks of a plain rectangle in which a band gets one value.
private struct Averaging {
  let rectangle: Rectangle
  let blocks: Tiling.Blocks
  let band, bandCount: Int

  /// The first and last column, or row, of each block.
  func ranges(_ length: Int, _ size: Int, lead: Int) -> [Range<Int>] {
    stride(from: -lead, to: length, by: size).map { max(0, $0)..<min(length, $0 + size) }
  }
}

extension MutableRawSpan {
  /// Gives all samples of a block their mean.
  ///
  /// - Returns: whether a sample has changed.
  fileprivate mutating func average<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ area: Averaging, as: Sample.Type
  ) -> Bool {
    let (width, height) = (area.rectangle.width, area.rectangle.height)
    let columns = area.ranges(width, area.blocks.across, lead: area.blocks.lead.x)
    var isChanged = false
    for rows in area.ranges(height, area.blocks.down, lead: area.blocks.lead.y) {
      for column in columns {
        var sum = 0
        var (low, high) = (Int.max, Int.min)
        for y in rows {
          for x in column {
            let sample: Sample = bytes.sample((y &* width &+ x) &* area.bandCount &+ area.band)
            sum &+= Int(sample)
            (low, high) = (Swift.min(low, Int(sample)), Swift.max(high, Int(sample)))
          }
        }
        if low == high { continue }
        isChanged = true
        let count = rows.count * column.count
        let mean = Sample((2 * sum + count) / (2 * count))
        for y in rows {
          for x in column {
            setSample((y &* width &+ x) &* area.bandCount &+ area.band, to: mean)
          }
        }
      }
    }
    return isChanged
  }
}

extension Image {
  /// Mirrors each band on its own, which mirrors the pixels where blocks that share a sample become such
  /// blocks again.
  func flipPlanes(_ axis: FlipAxis, threads: Int) throws(ViewError) {
    let blocks = layout.blocks(of: bounds)
    let isWhole =
      axis == .horizontal
      ? blocks.lead.x == 0 && width.isMultiple(of: blocks.across)
      : blocks.lead.y == 0 && height.isMultiple(of: blocks.down)
    guard isWhole else {
      throw .sharedSamples(
        bands: layout.shares.map { mode.bands[$0.band] }, across: blocks.across,
        down: blocks.down, whole: nil)
    }
    for band in mode.bands.indices { try self.band(band).flip(axis, threads: threads) }
  }
}
