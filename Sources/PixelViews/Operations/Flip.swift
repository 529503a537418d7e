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
  /// - Throws: ``ViewError/readOnly(_:)`` and what reading and writing throw.
  /// - Complexity: O(pixels); private memory of two tiles for each thread.
  public func flip(_ axis: FlipAxis, threads: Int) throws(ViewError) {
    if let readOnlyReason { throw .readOnly(readOnlyReason) }
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
    // Bytes that two tiles share are written by one thread at a time.
    let sharesBytes = !layout.hasWholeByteSteps
    let pool = TilePool()
    let area = Rectangle(x: 0, y: 0, width: half.width, height: half.height)
    try withSpace(for: area, with: mirrored) { () throws(ViewError) in
      try Parallel.forEach(
        count: tiling.count, threads: sharesBytes ? 1 : threads
      ) { index throws(ViewError) in
        try exchange(tiling[index], with: mirrored, pool)
      }
    }
  }

  /// Exchanges the pixels of a tile with those of the same tile of a mirrored view.
  private func exchange(
    _ tile: Rectangle, with mirrored: Image, _ pool: TilePool
  ) throws(ViewError) {
    let (one, other) = (pool.take(), pool.take())
    defer {
      pool.give(one)
      pool.give(other)
    }
    try one.lend { near, workspace throws(ViewError) in
      try near.ensure(tile, of: self)
      var nearRows = near.mutableBytes
      try read(tile, into: &nearRows, workspace: &workspace)
      try other.lend { far, farWorkspace throws(ViewError) in
        try far.ensure(tile, of: self)
        do {
          var farRows = far.mutableBytes
          try mirrored.read(tile, into: &farRows, workspace: &farWorkspace)
        }
        try store(tile, from: far.bytes, workspace: &workspace)
      }
      try mirrored.store(tile, from: near.bytes, workspace: &workspace)
    }
  }
}
