import PixelMemory

extension Image {
  /// Copies all pixels of another image over a rectangle of this one, in the buffer.
  ///
  /// The two may lie in the same buffer; overlapping rectangles are then read tile by tile, in
  /// order.
  /// - Throws: ``ViewError/outside(_:width:height:)`` when it does not fit, ``ViewError/readOnly(_:)``,
  ///   what reading and writing throw.
  /// - Precondition: both have the same format.
  /// - Complexity: O(pixels of `other`).
  public func paste(_ other: Image, x: Int, y: Int, threads: Int) throws(ViewError) {
    precondition(other.format == format)
    let target = Rectangle(x: x, y: y, width: other.width, height: other.height)
    guard target.isInside(width: width, height: height) else {
      throw .outside(target, width: width, height: height)
    }
    try editTiles(
      in: target, threads: other.buffer === buffer ? 1 : threads, reading: false
    ) { tile, plain throws(ViewError) in
      var workspace = Workspace()
      let source = Rectangle(x: tile.x - x, y: tile.y - y, width: tile.width, height: tile.height)
      try other.read(source, into: &plain, workspace: &workspace)
    }
  }

  /// Copies the pixels into fresh private memory, in the packed natural layout: Pillow's
  /// `im.copy()`. The copy is no longer tied to the buffer.
  ///
  /// - Throws: ``ViewError/memory(_:)`` when there is not enough memory.
  /// - Complexity: O(pixels), in time and memory.
  public func copied(threads: Int) throws(ViewError) -> Image {
    let layout = try Rawmode.natural(format).layout(width: width, height: height)
    let byteCount = try layout.byteRange().upperBound
    let buffer = try memory { () throws(MemoryError) in try Buffer(allocating: byteCount) }
    let copy = try Image(buffer: buffer, layout: layout, format: format, palette: palette)
    try copy.paste(self, x: 0, y: 0, threads: threads)
    return copy
  }
}
