import PixelMemory

extension Image {
  /// Makes something of each tile of a rectangle on several threads, and merges it in the order of
  /// the tiles, so that the result is the same for every number of threads.
  ///
  /// - Throws: what reading throws, and what `make` throws.
  /// - Complexity: O(pixels); private memory of a tile for each thread.
  func mergeTiles<Product: Sendable>(
    in rectangle: Rectangle? = nil, threads: Int,
    make: @Sendable (_ tile: Rectangle, _ plain: RawSpan) throws(ViewError) -> Product,
    merge: (Product) -> Void
  ) throws(ViewError) {
    let area = rectangle ?? bounds
    let tiling = tiling(area)
    let pool = TilePool()
    try explaining(threads: threads) { () throws(ViewError) in
      try Parallel.ordered(
        count: tiling.count, threads: threads, window: threads.multiplied(by: 4) ?? threads
      ) { index throws(ViewError) in
        let tile = tiling[index].moved(by: area)
        let product = try pool.lend { memory throws(ViewError) in
          try memory.read(tile, of: self)
          return try make(tile, memory.rows.bytes)
        }
        forget(tile)
        return product
      } consume: { (_, product: Product) throws(ViewError) in
        merge(product)
      }
    }
  }
}
