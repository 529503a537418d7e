import PixelMemory
import PixelViews

/// Stretches of a file, spread over it, in private memory: all of one up to 16 MiB, 3 MiB of a larger one.
struct FileExcerpts: ~Copyable {
  /// One stretch.
  struct Window {
    /// Where it stands in the file.
    let offset: Int
    /// Where its copy stands in ``bytes``.
    let start: Int
    let byteCount: Int

    /// The bytes in the file.
    var range: Range<Int> { offset..<offset + byteCount }
  }

  static let windowByteCount = 1 << 18
  private static let windowCount = 12
  /// A file up to this size is copied as a whole.
  private static let wholeByteCount = 1 << 24

  let windows: [Window]
  /// The file's size.
  let fileByteCount: Int
  private let scratch: Scratch

  /// - Throws: ``MemoryError`` of the buffer.
  /// - Complexity: O(1): the bytes read are bounded.
  init(_ buffer: Buffer) throws(MemoryError) {
    let size = FileExcerpts.windowByteCount
    let count = FileExcerpts.windowCount
    fileByteCount = buffer.byteCount
    guard buffer.byteCount > FileExcerpts.wholeByteCount else {
      windows = [Window(offset: 0, start: 0, byteCount: buffer.byteCount)]
      scratch = try FileExcerpts.copy(windows, of: buffer)
      return
    }
    let last = buffer.byteCount - size
    windows = (0..<count).map { index in
      Window(offset: last / (count - 1) * index, start: size * index, byteCount: size)
    }
    scratch = try FileExcerpts.copy(windows, of: buffer)
  }

  private static func copy(
    _ windows: [Window], of buffer: Buffer
  ) throws(MemoryError) -> Scratch {
    var scratch = try Scratch(byteCount: windows.reduce(0) { $0 + $1.byteCount })
    for window in windows {
      var all = scratch.mutableBytes
      var part = all.slice(window.start, window.byteCount)
      try buffer.copyOut(Block(offset: window.offset, byteCount: window.byteCount), to: &part)
      buffer.forget(window.range)
    }
    return scratch
  }

  /// The copies of all windows, one after the other.
  var bytes: RawSpan {
    @_lifetime(borrow self)
    get { scratch.bytes }
  }

  /// About `count` places that are spread over the windows and have room on both sides.
  ///
  /// - Returns: for each place where it stands in the file, and in ``bytes``.
  func places(_ count: Int, before: Int, after: Int) -> [(file: Int, copy: Int)] {
    let each = max(1, count / windows.count)
    return windows.flatMap { window -> [(file: Int, copy: Int)] in
      let room = window.byteCount - before - after
      guard room >= 0 else { return [] }
      let steps = min(each, room + 1)
      return (0..<steps).map { step in
        let at = before + (steps == 1 ? room / 2 : room * step / (steps - 1))
        return (window.offset + at, window.start + at)
      }
    }
  }
}
