/// The bands of whole rows, or for very long rows the pieces of one row, in which an image is worked
/// on, so that private memory does not grow with the image.
package struct Tiling: Sendable {
  package let width: Int
  package let height: Int
  /// Pixels in a tile's row.
  package let tileWidth: Int
  /// Rows in a tile.
  package let tileHeight: Int
  /// What the first tile of a row, and the first row of tiles, lack: pixels before the image.
  private let lead: (x: Int, y: Int)

  /// The plain bytes that a tile aims at: a share of the second-level cache.
  package static let tileByteCount = 1 << 18
  /// Plain rows above this many bytes are cut.
  static let longestRow = 1 << 22

  /// - Parameters:
  ///   - width: pixels in a row of the image, at least 1.
  ///   - height: rows of the image, at least 1.
  ///   - pixelByteCount: the bytes of a plain pixel.
  ///   - byteCount: the plain bytes that a tile aims at.
  ///   - blocks: blocks of pixels that stay together.
  package init(
    width: Int, height: Int, pixelByteCount: Int, byteCount: Int = Tiling.tileByteCount,
    blocks: Blocks = Blocks()
  ) {
    self.width = width
    self.height = height
    let rowByteCount = width.multiplied(by: pixelByteCount) ?? Int.max
    if rowByteCount > max(byteCount, Tiling.longestRow) {
      // Pieces of whole bytes, also where a pixel is one bit.
      tileWidth = blocks.across.commonMultiple(max(64, byteCount / pixelByteCount & ~63))
      tileHeight = blocks.down
      lead = blocks.lead
    } else {
      tileWidth = width
      let rows = max(1, min(height, byteCount / max(1, rowByteCount)))
      tileHeight = ((rows - 1) / blocks.down + 1) * blocks.down
      lead = (0, blocks.lead.y)
    }
  }

  /// Blocks of so many pixels across and down.
  package struct Blocks: Sendable {
    package var across = 1
    package var down = 1
    /// The columns and rows of the first block that lie before the image.
    package var lead = (x: 0, y: 0)

    package init() {}
  }

  private var columns: Int { (width + lead.x - 1) / tileWidth + 1 }

  /// The number of tiles.
  package var count: Int { columns * ((height + lead.y - 1) / tileHeight + 1) }

  /// Tile `index`, left to right and then top to bottom.
  package subscript(index: Int) -> Rectangle {
    let left = index % columns * tileWidth - lead.x
    let top = index / columns * tileHeight - lead.y
    let (x, y) = (max(0, left), max(0, top))
    return Rectangle(
      x: x, y: y, width: min(left + tileWidth, width) - x, height: min(top + tileHeight, height) - y
    )
  }
}
