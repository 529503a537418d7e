import PixelMemory

extension Difference {
  /// The pixel that fails of which a sample that differs has the least number, as `place` counts them; the
  /// first of several in reading order, and `nil` where none fails.
  ///
  /// - Parameters: as for ``between(_:_:region:tolerance:threads:)``, and
  ///   - lowest: a number that no sample of a rectangle is below; rows that cannot have the first are
  ///     passed over.
  /// - Throws: as that.
  /// - Complexity: O(pixels).
  package static func first(
    of a: Image, _ b: Image, region: Rectangle?, tolerance: Double, threads: Int,
    by place: @Sendable (_ x: Int, _ y: Int, _ band: Int) -> Int,
    lowest: @Sendable (Rectangle) -> Int
  ) throws(ViewError) -> Spot? {
    let area = try commonArea(a, b, region)
    let format = a.format
    let tiling = Tiling(
      width: area.width, height: area.height,
      pixelByteCount: max(
        format.pixelByteCount, a.storedFormat.pixelByteCount, b.storedFormat.pixelByteCount))
    let pool = TilePool()
    var first: (spot: Spot, place: Int)?
    // What is known of the tiles before.
    let known = Locked(Int.max)
    try Parallel.ordered(
      count: tiling.count, threads: threads, window: threads.multiplied(by: 4) ?? threads
    ) { index throws(ViewError) in
      let tile = tiling[index].moved(by: area)
      var least: (spot: Spot, place: Int)?
      let bound = known.withLock { $0 }
      if bound < .max, lowest(tile) >= bound { return least }
      try readPair(a, b, tile, pool) { one, other in
        if one.hasSameBytes(as: other) { return }
        for y in 0..<tile.height {
          let row = Rectangle(x: tile.x, y: tile.y + y, width: tile.width, height: 1)
          let bound = min(bound, least?.place ?? .max)
          if bound < .max, lowest(row) >= bound { continue }
          for x in 0..<tile.width {
            let pixel = y * tile.width + x
            guard exceeds(tolerance, one, other, pixel, format) else { continue }
            let bands = differingBands(one, other, pixel, format)
            let number = bands.map { place(tile.x + x, row.y, $0) }.min() ?? .max
            guard number < least?.place ?? .max else { continue }
            least = (
              Spot(
                x: tile.x + x, y: row.y, bands: bands,
                a: Pixel(one.values(at: pixel, format: format)),
                b: Pixel(other.values(at: pixel, format: format))), number
            )
          }
        }
      }
      return least
    } consume: { (_, least: (spot: Spot, place: Int)?) throws(ViewError) in
      guard let least, least.place < first?.place ?? .max else { return }
      first = least
      known.withLock { $0 = least.place }
    }
    return first?.spot
  }
}

extension Layout {
  /// Whether pixels stand in reading order, none among the samples of another, so that what is first of
  /// the image is first of the bytes.
  package var isInReadingOrder: Bool {
    if gridView != nil { return false }
    let stored = fields.filter { !$0.isConstant }
    let low = stored.map(\.bitOffset).min() ?? 0
    let high = stored.map { $0.bitOffset + $0.storedBitCount }.max() ?? 0
    return (width == 1 || pixelBits >= high - low)
      && (height == 1 || rowBits >= (width - 1) * pixelBits + high - low)
  }
}
