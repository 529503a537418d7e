import PixelMemory
import PixelViews

/// Raw frames that come through standard input, one after the other.
final class RawPipe: Sendable {
  private let path: String
  private let options: OpenOptions
  /// The layout of a frame in its own memory, where the header comes first.
  private let resolved: ResolvedLayout
  private let palette: Palette?
  private let pipe: FramePipe

  /// - Throws: ``ToolError`` for a layout that takes a whole file to be known.
  static func sequence(
    _ path: String, _ options: OpenOptions
  ) throws(ToolError) -> FrameSequence {
    let pipe = try RawPipe(path, options)
    return try FrameSequence(
      path, options.layout.frames, count: nil,
      frameByteCount: pipe.resolved.frameSpan, notes: pipe.resolved.notes,
      stopReading: { pipe.pipe.stop() },
      open: { number throws(ToolError) in try pipe.source(number) })
  }

  private init(_ path: String, _ options: OpenOptions) throws(ToolError) {
    try options.checkPipe()
    if case .rows = options.layout.size {
      throw ToolError("standard input is a pipe, whose length is not known; give --size WxH")
    }
    var layout = options.layout
    (layout.frame, layout.frames) = (.index(0), nil)
    var resolved = try layout.resolve(name: path, byteCount: .max / 2)
    guard resolved.frameSpan > 0, resolved.frameStep >= resolved.frameSpan,
      let moved = resolved.layout.moved(by: -resolved.options.offset)
    else {
      throw ToolError(
        "standard input is a pipe, whose frames must follow each other; this layout needs a file")
    }
    resolved.layout = moved
    palette = try options.loadPalette(for: resolved.format.mode)
    self.path = path
    self.options = options
    self.resolved = resolved
    pipe = FramePipe(0, name: "standard input", first: options.layout.frames?.first ?? 0)
  }

  private func source(_ number: Int) throws(ToolError) -> Source? {
    let begin = Syscalls.monotonicNanoseconds()
    let resolved = resolved
    let buffer: Buffer?
    do throws(MemoryError) {
      buffer = try pipe.read(number) { pipe throws(MemoryError) in
        guard
          let start = resolved.frameStep.multiplied(by: number)?
            .added(to: resolved.options.offset), try pipe.skip(start - pipe.position)
        else { return nil }
        return try pipe.buffer(byteCount: resolved.frameSpan)
      }
    } catch { throw ToolError(error, name: path) }
    guard let buffer, buffer.byteCount > 0 else { return nil }
    guard buffer.byteCount == resolved.frameSpan else {
      if options.trailing == .ok { return nil }
      throw ToolError.cutShort(buffer.byteCount, of: resolved.frameSpan)
    }
    var frame = resolved
    frame.notes = []
    var source = try Source(path, viewing: buffer, frame, options, palette: palette)
    source.frameCount = 1
    source.nanoseconds = Syscalls.monotonicNanoseconds() - begin
    return source
  }
}

extension ToolError {
  /// The end of a pipe within a frame.
  static func cutShort(_ found: Int, of byteCount: Int) -> ToolError {
    ToolError(
      "standard input ends after \(found.bytes) of a frame that needs \(byteCount); "
        + "--trailing ok drops the incomplete frame")
  }
}

extension OpenOptions {
  /// Refuses what needs a file.
  func checkPipe() throws(ToolError) {
    if locks {
      throw ToolError("standard input is a pipe, which --lock cannot lock; leave --lock out")
    }
    if access == .readWrite {
      throw ToolError("standard input is a pipe; --access rw needs a file that edits can reach")
    }
  }
}
