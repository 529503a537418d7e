import PixelMemory

/// Plain or encoded rows of one tile, and the workspace that made them.
package struct TileMemory: ~Copyable, Sendable {
  package var rows = Scratch()
  package var workspace = Workspace()

  package init() {}
}

/// The memory of the tiles that threads work on: one tile's for each thread, whatever the image's size.
package typealias TilePool = Pool<TileMemory>

extension Pool where Item == TileMemory {
  /// Lends the memory of a tile to the calling thread while `body` runs.
  package func lend<Result: ~Copyable, Failure: Error>(
    _ body: (inout TileMemory) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let memory = take { TileMemory() }
    defer { give(memory) }
    return try body(&memory.item)
  }
}

extension TileMemory {
  /// Makes room for the plain rows of a rectangle of an image.
  mutating func ensure(_ rectangle: Rectangle, of image: Image) throws(ViewError) {
    try rows.ensure(rectangle, of: image)
  }

  /// Reads the plain rows of a rectangle of an image.
  mutating func read(_ rectangle: Rectangle, of image: Image) throws(ViewError) {
    try image.read(rectangle, into: &rows, workspace: &workspace)
  }

  /// Stores the plain rows into a rectangle of an image.
  mutating func store(
    _ rectangle: Rectangle, of image: Image, notesRounding: Bool = true
  ) throws(ViewError) {
    try image.store(
      rectangle, from: rows, workspace: &workspace, notesRounding: notesRounding)
  }
}

// A span of the rows and the workspace beside them are borrowed apart only where they are arguments.
extension Image {
  fileprivate func read(
    _ rectangle: Rectangle, into rows: inout Scratch, workspace: inout Workspace
  ) throws(ViewError) {
    try rows.ensure(rectangle, of: self)
    var plain = rows.mutableBytes
    try read(rectangle, into: &plain, workspace: &workspace)
  }

  fileprivate func store(
    _ rectangle: Rectangle, from rows: borrowing Scratch, workspace: inout Workspace,
    notesRounding: Bool
  ) throws(ViewError) {
    try store(
      rectangle, from: rows.bytes, workspace: &workspace, notesRounding: notesRounding)
  }
}

extension Scratch {
  /// Makes room for the plain rows of a rectangle of an image.
  mutating func ensure(_ rectangle: Rectangle, of image: Image) throws(ViewError) {
    let byteCount = rectangle.width * rectangle.height * image.format.pixelByteCount
    do throws(MemoryError) { try ensure(byteCount: byteCount) } catch { throw .memory(error) }
  }
}
