import PixelMemory

/// The private memory of tiles, used again and again, so that a run over an image of any size takes
/// no more than one tile's for each thread and the system hands out no fresh pages.
package final class TilePool: Sendable {
  /// Plain or encoded rows of one tile, and the workspace that made them.
  package final class Tile: @unchecked Sendable {
    private var rows = Scratch()
    private var workspace = Workspace()

    /// Lends the memory to one thread at a time.
    package func lend<Result: ~Copyable, Failure: Error>(
      _ body: (inout Scratch, inout Workspace) throws(Failure) -> Result
    ) throws(Failure) -> Result {
      var lentRows = Scratch()
      var lentWorkspace = Workspace()
      swap(&lentRows, &rows)
      swap(&lentWorkspace, &workspace)
      defer {
        swap(&lentRows, &rows)
        swap(&lentWorkspace, &workspace)
      }
      return try body(&lentRows, &lentWorkspace)
    }
  }

  private let free = Locked<[Tile]>([])

  package init() {}

  /// A tile that nobody uses.
  package func take() -> Tile { free.withLock { $0.popLast() } ?? Tile() }

  /// Gives a tile back.
  package func give(_ tile: Tile) { free.withLock { $0.append(tile) } }
}

extension Scratch {
  /// Makes room for the plain rows of a rectangle of an image.
  mutating func ensure(_ rectangle: Rectangle, of image: Image) throws(ViewError) {
    let byteCount = rectangle.width * rectangle.height * image.format.pixelByteCount
    do throws(MemoryError) { try ensure(byteCount: byteCount) } catch { throw .memory(error) }
  }
}
