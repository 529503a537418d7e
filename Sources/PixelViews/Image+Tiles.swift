import PixelMemory

/// Work on all pixels, tile by tile, on several threads.
extension Image {
  /// The tiles of a rectangle of the image.
  func tiling(_ rectangle: Rectangle) -> Tiling {
    Tiling(
      width: rectangle.width, height: rectangle.height,
      pixelByteCount: max(format.pixelByteCount, storedFormat.pixelByteCount),
      blocks: layout.blocks(of: rectangle))
  }

  /// Calls `body` with each tile of a rectangle and its plain rows, in no order.
  ///
  /// - Throws: ``ViewError/outside(_:width:height:)``, what reading throws, and what `body` throws; the
  ///   first error ends the work.
  /// - Complexity: O(pixels); private memory of a tile for each thread.
  public func forEachTile(
    in rectangle: Rectangle? = nil, threads: Int,
    _ body: @Sendable (_ index: Int, _ tile: Rectangle, _ plain: RawSpan) throws(ViewError) -> Void
  ) throws(ViewError) {
    let area = rectangle ?? bounds
    try check(inside: area)
    let tiling = tiling(area)
    let pool = TilePool()
    try explaining(threads: threads) { () throws(ViewError) in
      try Parallel.forEach(count: tiling.count, threads: threads) { index throws(ViewError) in
        let tile = tiling[index].moved(by: area)
        try pool.lend { memory throws(ViewError) in
          try memory.read(tile, of: self)
          try body(index, tile, memory.rows.bytes)
        }
        forget(tile)
      }
    }
  }

  /// Reads each tile of a rectangle, lets `body` change its plain rows, and writes them back.
  ///
  /// - Throws: ``ViewError/readOnly(_:)`` before anything is touched; what reading, writing and
  ///   `body` throw.
  /// - Complexity: O(pixels); private memory of a tile for each thread.
  func editTiles(
    in rectangle: Rectangle? = nil, threads: Int, reading: Bool = true, notesRounding: Bool = true,
    _ body: @Sendable (_ tile: Rectangle, _ plain: inout MutableRawSpan) throws(ViewError) -> Void
  ) throws(ViewError) {
    let area = rectangle ?? bounds
    try checkEditable(area)
    let tiling = tiling(area)
    let pool = TilePool()
    try withSpace(for: area) { () throws(ViewError) in
      try Parallel.forEach(
        count: tiling.count, threads: writers(threads)
      ) { index throws(ViewError) in
        let tile = tiling[index].moved(by: area)
        try pool.lend { memory throws(ViewError) in
          if reading {
            try memory.read(tile, of: self)
          } else {
            try memory.ensure(tile, of: self)
          }
          do {
            var plain = memory.rows.mutableBytes
            try body(tile, &plain)
          }
          try memory.store(tile, of: self, notesRounding: notesRounding)
        }
      }
    }
  }

  /// The threads that may write tiles at once: bytes that two tiles share are one thread's.
  func writers(_ threads: Int) -> Int {
    layout.hasWholeByteSteps ? threads : 1
  }

  /// Reads each tile of the image, for the errors.
  ///
  /// - Throws: what reading throws.
  /// - Complexity: O(pixels).
  func checkReadable(threads: Int) throws(ViewError) {
    try forEachTile(threads: threads) { _, _, _ in }
  }

  /// The plain rows of all pixels in private memory. Each thread reads tiles to where they belong.
  ///
  /// - Throws: what reading throws; ``ViewError/memory(_:)`` when there is not enough memory.
  /// - Precondition: an `Int` holds the count of the bytes.
  func plainRows(threads: Int) throws(ViewError) -> Scratch {
    var rows = try makeScratch(bounds)
    let tiling = tiling(bounds)
    let pixelByteCount = format.pixelByteCount
    var bytes = rows.mutableBytes
    try unsafe bytes.withUnsafeMutableBytes { memory throws(ViewError) in
      // Tiles are apart, so each byte is one thread's.
      nonisolated(unsafe) let memory = unsafe memory
      try Parallel.forEach(count: tiling.count, threads: threads) { index throws(ViewError) in
        let tile = tiling[index]
        // Whole rows, or a piece of one: the bytes stand together.
        let start = (tile.y * width + tile.x) * pixelByteCount
        let end = start + tile.width * tile.height * pixelByteCount
        var part = unsafe MutableRawSpan(
          _unsafeBytes: UnsafeMutableRawBufferPointer(rebasing: memory[start..<end]))
        var workspace = Workspace()
        try read(tile, into: &part, workspace: &workspace)
      }
    }
    return rows
  }

  /// The plain rows of a tile in private memory.
  func plainRows(
    of tile: Rectangle, _ workspace: inout Workspace
  ) throws(ViewError) -> Scratch {
    var scratch = try makeScratch(tile)
    do throws(ViewError) {
      var plain = scratch.mutableBytes
      try read(tile, into: &plain, workspace: &workspace)
    } catch { throw explained(error, threads: 1) }
    return scratch
  }

  /// Private memory for the plain rows of a tile.
  func makeScratch(_ tile: Rectangle) throws(ViewError) -> Scratch {
    let byteCount = tile.width * tile.height * format.pixelByteCount
    return try memory { () throws(MemoryError) in try Scratch(byteCount: byteCount) }
  }

  /// Lets go of pages that were read, where rows stand in order, from either end.
  package func forget(_ tile: Rectangle) {
    guard abs(layout.rowBits) >= abs(layout.pixelBits), tile.width == width else {
      return
    }
    let view = layout.cropped(to: tile)
    // The rows of a grid's planes lie apart.
    for view in view.grid == nil ? [view] : view.fields.indices.map({ view.selecting(bands: [$0]) })
    {
      if let range = try? view.byteRange() { buffer.forget(range) }
    }
  }
}

extension Rectangle {
  /// The rectangle with its origin counted from another's.
  func moved(by other: Rectangle) -> Rectangle {
    Rectangle(x: x + other.x, y: y + other.y, width: width, height: height)
  }
}
