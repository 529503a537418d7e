import PixelMemory
import PixelViews

/// Runs work on views and gives its error this floor's type.
func viewing<Result: ~Copyable>(
  _ body: () throws(ViewError) -> Result
) throws(FormatError) -> Result {
  do throws(ViewError) { return try body() } catch { throw .view(error) }
}

// The two doors and what goes with them, with this floor's error.
extension Buffer {
  func read(_ block: Block, to scratch: inout MutableRawSpan) throws(FormatError) {
    do throws(MemoryError) { try copyOut(block, to: &scratch) } catch { throw .memory(error) }
  }

  func store(_ block: Block, from scratch: RawSpan) throws(FormatError) {
    do throws(MemoryError) { try copyIn(block, from: scratch) } catch { throw .memory(error) }
  }

  static func zeroed(byteCount: Int) throws(FormatError) -> Buffer {
    do throws(MemoryError) { return try Buffer(allocating: byteCount) } catch {
      throw .memory(error)
    }
  }
}

extension Scratch {
  /// Makes the memory `byteCount` long.
  mutating func resize(_ byteCount: Int) throws(FormatError) {
    do throws(MemoryError) { try ensure(byteCount: byteCount) } catch { throw .memory(error) }
  }

  /// Fills the memory with a block of a buffer.
  mutating func load(_ block: Block, from buffer: Buffer) throws(FormatError) {
    try resize(block.rowByteCount * block.rowCount)
    var bytes = mutableBytes
    try buffer.read(block, to: &bytes)
  }
}

extension Image {
  /// ``init(buffer:layout:format:palette:)`` with this floor's error.
  init(
    showing buffer: Buffer, _ layout: Layout, _ format: PixelFormat, palette: Palette? = nil
  ) throws(FormatError) {
    self = try viewing { () throws(ViewError) in
      try Image(buffer: buffer, reading: layout, as: format, palette: palette)
    }
  }
}
