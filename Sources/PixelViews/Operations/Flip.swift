import PixelMemory

/// The two mirrors that can be done in place.
public enum FlipAxis: String, Sendable, CaseIterable {
  /// Left and right change places.
  case horizontal = "h"
  /// Top and bottom change places.
  case vertical = "v"
}

extension Image {
  /// Mirrors the pixels in the buffer.
  ///
  /// - Throws: ``ViewError/readOnly(_:)``; ``ViewError/sharedSamples(bands:across:down:whole:)`` where
  ///   mirrored pixels would not share the samples that they do; and what reading and writing throw.
  /// - Complexity: O(pixels); private memory of two tiles for each thread.
  public func flip(_ axis: FlipAxis, threads: Int) throws(ViewError) {
    try checkEditable(bounds)
    if !layout.shares.isEmpty { return try flipPlanes(axis, threads: threads) }
    let mirrored: Image
    let half: (width: Int, height: Int)
    switch axis {
    case .horizontal:
      mirrored = reoriented(.horizontal)
      half = (width / 2, height)
    case .vertical:
      mirrored = reoriented(.vertical)
      half = (width, height / 2)
    }
    guard half.width > 0, half.height > 0 else { return }
    let tiling = Tiling(
      width: half.width, height: half.height, pixelByteCount: format.pixelByteCount)
    let pool = TilePool()
    let area = Rectangle(x: 0, y: 0, width: half.width, height: half.height)
    // Left and right halves are whole rows: half by half, each row would be asked for twice.
    let isAcross = axis == .horizontal
    try withSpace(
      for: isAcross ? bounds : area, with: isAcross ? nil : mirrored
    ) { () throws(ViewError) in
      try Parallel.forEach(
        count: tiling.count, threads: writers(threads)
      ) { index throws(ViewError) in
        try exchange(tiling[index], with: mirrored, pool)
      }
    }
  }

  /// Exchanges the pixels of a tile with those of the same tile of a mirrored view.
  private func exchange(
    _ tile: Rectangle, with mirrored: Image, _ pool: TilePool
  ) throws(ViewError) {
    try pool.lend { near throws(ViewError) in
      try near.read(tile, of: self)
      try pool.lend { far throws(ViewError) in
        try far.read(tile, of: mirrored)
        try far.store(tile, of: self)
      }
      try near.store(tile, of: mirrored)
    }
  }
}
