/// The bands of whole rows, or for very long rows the pieces of one row, in which an image is worked
/// on, so that private memory does not grow with the image.
package struct Tiling: Sendable {
  package let width: Int
  package let height: Int
  /// Pixels in a tile's row.
  package let tileWidth: Int
  /// Rows in a tile.
  package let tileHeight: Int

  /// The plain bytes that a tile aims at: a share of the second-level cache.
  package static let tileByteCount = 1 << 18
  /// Plain rows above this many bytes are cut.
  static let longestRow = 1 << 22

  /// - Parameters:
  ///   - width: pixels in a row of the image, at least 1.
  ///   - height: rows of the image, at least 1.
  ///   - pixelByteCount: the bytes of a plain pixel.
  ///   - byteCount: the plain bytes that a tile aims at.
  package init(
    width: Int, height: Int, pixelByteCount: Int, byteCount: Int = Tiling.tileByteCount
  ) {
    self.width = width
    self.height = height
    let rowByteCount = width.multiplied(by: pixelByteCount) ?? Int.max
    if rowByteCount > max(byteCount, Tiling.longestRow) {
      // Pieces of whole bytes, also where a pixel is one bit.
      tileWidth = max(64, byteCount / pixelByteCount & ~63)
      tileHeight = 1
    } else {
      tileWidth = width
      tileHeight = max(1, min(height, byteCount / max(1, rowByteCount)))
    }
  }

  private var columns: Int { (width - 1) / tileWidth + 1 }

  /// The number of tiles.
  package var count: Int { columns * ((height - 1) / tileHeight + 1) }

  /// Tile `index`, left to right and then top to bottom.
  package subscript(index: Int) -> Rectangle {
    let x = index % columns * tileWidth
    let y = index / columns * tileHeight
    return Rectangle(
      x: x, y: y, width: min(tileWidth, width - x), height: min(tileHeight, height - y))
  }
}
