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
    switch axis {
    case .horizontal:
      // Columns of a turned view are rows, so that one exchange serves both axes.
      try exchangeHalves(reoriented(.quarter), threads: threads)
    case .vertical: try exchangeHalves(self, threads: threads)
    }
  }

  /// Exchanges the upper half of a view with the mirrored lower half.
  private func exchangeHalves(_ view: Image, threads: Int) throws(ViewError) {
    let half = view.height / 2
    guard half > 0 else { return }
    let tiling = Tiling(
      width: view.width, height: half, pixelByteCount: view.format.pixelByteCount)
    let mirrored = view.reoriented(.vertical)
    let sharesBytes = !layout.pixelBits.isMultiple(of: 8) || !layout.rowBits.isMultiple(of: 8)
    try Parallel.forEach(
      count: tiling.count, threads: sharesBytes ? 1 : threads
    ) { index throws(ViewError) in
      let tile = tiling[index]
      var workspace = Workspace()
      var upper = try makeScratch(tile)
      var lower = try makeScratch(tile)
      do {
        var plain = upper.mutableBytes
        try view.read(tile, into: &plain, workspace: &workspace)
      }
      do {
        var plain = lower.mutableBytes
        try mirrored.read(tile, into: &plain, workspace: &workspace)
      }
      try view.write(tile, from: lower.bytes, workspace: &workspace)
      try mirrored.write(tile, from: upper.bytes, workspace: &workspace)
    }
  }
}
