import ImageFiles
import PixelMemory
import PixelViews

/// Frames that come through standard input, one after the other, raw or with headers: each is made a file
/// of its own.
struct PipedFrames: Sendable {
  private let path: String
  private let options: OpenOptions
  private let pipe: FramePipe
  private let cutter: FileFormat.Cutter
  /// Opens the file of a frame that was asked for at a time.
  private let open: @Sendable (Buffer, _ start: UInt64) throws(ToolError) -> Source

  /// What comes through standard input.
  enum Found {
    case frames(FrameSequence)
    /// A file of a format that is read to its end first.
    case whole(Buffer)
  }

  /// Frames that a layout describes.
  ///
  /// - Throws: ``ToolError`` for a layout that takes a whole file to be known.
  static func raw(_ path: String, _ options: OpenOptions) throws(ToolError) -> FrameSequence {
    try options.checkPipe()
    if case .rows = options.layout.size {
      throw ToolError("standard input is a pipe, whose length is not known; give --size WxH")
    }
    // In its own memory a frame begins at byte 0.
    var frame = try options.layout.ofFrame.resolve(name: path, byteCount: .max / 2)
    guard frame.frameSpan > 0, frame.frameStep >= frame.frameSpan,
      let moved = frame.layout.moved(by: -frame.options.offset)
    else {
      throw ToolError(
        "standard input is a pipe, whose frames must follow each other; this layout needs a file")
    }
    frame.layout = moved
    let notes = frame.notes
    frame.notes = []
    let palette = try options.loadPalette(for: frame.format.mode)
    let frames = PipedFrames(path, options, FramePipe(options), .raw(frame)) {
      [frame] file, start throws(ToolError) in
      var source = try Source(path, viewing: file, frame, options, palette: palette)
      source.frameCount = 1
      source.nanoseconds = Syscalls.monotonicNanoseconds() - start
      return source
    }
    return try frames.sequence(notes: notes)
  }

  /// Frames of a file that describes itself.
  ///
  /// - Throws: ``ToolError`` where the stream does not begin as its format does.
  static func describing(_ path: String, _ options: OpenOptions) throws(ToolError) -> Found {
    try options.checkPipe()
    let pipe = FramePipe(options)
    let cutter: FileFormat.Cutter?
    do throws(FormatError) {
      cutter = try pipe.begin { pipe throws(FormatError) in try FileFormat.cutter(&pipe) }
    } catch { throw ToolError(error, name: path) }
    if let cutter {
      var choices = options
      choices.layout = options.layout.ofFrame
      let frames = PipedFrames(path, options, pipe, cutter) {
        [choices] file, start throws(ToolError) in
        let header = try Source.header(path, choices, in: file)
        return try Source.decoding(header, path, choices, in: file, since: start)
      }
      return .frames(try frames.sequence(notes: []))
    }
    do throws(MemoryError) {
      return .whole(try pipe.begin { pipe throws(MemoryError) in try pipe.rest() })
    } catch { throw ToolError(error, name: path) }
  }

  private init(
    _ path: String, _ options: OpenOptions, _ pipe: FramePipe, _ cutter: FileFormat.Cutter,
    open: @escaping @Sendable (Buffer, UInt64) throws(ToolError) -> Source
  ) {
    self.path = path
    self.options = options
    self.pipe = pipe
    self.cutter = cutter
    self.open = open
  }

  private func sequence(notes: [String]) throws(ToolError) -> FrameSequence {
    try FrameSequence(
      path, options.layout.frames, count: nil, frameByteCount: cutter.byteCount, notes: notes,
      stopReading: { pipe.stop() },
      open: { number throws(ToolError) in try source(number) })
  }

  private func source(_ number: Int) throws(ToolError) -> Source? {
    let begin = Syscalls.monotonicNanoseconds()
    let cutter = cutter
    let found: (file: Buffer, headByteCount: Int)?
    do throws(FormatError) {
      found = try pipe.read(number) { pipe throws(FormatError) in
        try cutter.piece(number, &pipe)
      }
    } catch { throw ToolError(error, name: path) }
    guard let (file, headByteCount) = found else { return nil }
    let byteCount = file.byteCount - headByteCount
    guard byteCount == cutter.byteCount else {
      if options.trailing == .ok { return nil }
      throw ToolError(
        "standard input ends after \(byteCount.bytes) of a frame that needs \(cutter.byteCount); "
          + "--trailing ok drops the incomplete frame")
    }
    return try open(file, begin)
  }
}

extension FramePipe {
  fileprivate convenience init(_ options: OpenOptions) {
    self.init(0, name: "standard input", first: options.layout.frames?.first ?? 0)
  }
}

extension LayoutOptions {
  /// The layout of the one frame that its own file has.
  fileprivate var ofFrame: LayoutOptions {
    var layout = self
    (layout.frame, layout.frames) = (.index(0), nil)
    return layout
  }
}

extension OpenOptions {
  /// Refuses what needs a file.
  fileprivate func checkPipe() throws(ToolError) {
    if locks {
      throw ToolError("standard input is a pipe, which --lock cannot lock; leave --lock out")
    }
    if access == .readWrite {
      throw ToolError("standard input is a pipe; --access rw needs a file that edits can reach")
    }
  }
}

extension FileFormat {
  /// How a stream is cut, if its format can be.
  fileprivate static func cutter(_ pipe: inout PipeReader) throws(FormatError) -> Cutter? {
    let start: [UInt8]
    do throws(MemoryError) { start = try pipe.peek(10) } catch { throw .memory(error) }
    let format = all.first { $0.cut != nil && $0.recognize?(start) == true }
    return try format?.cut?(&pipe)
  }
}

extension FileFormat.Cutter {
  /// Frames of a layout, with what stands before the first one and between them left out.
  fileprivate static func raw(_ frame: ResolvedLayout) -> FileFormat.Cutter {
    let (offset, step) = (frame.options.offset, frame.frameStep)
    return FileFormat.Cutter(byteCount: frame.frameSpan) { pipe throws(FormatError) in
      do throws(MemoryError) {
        guard let start = step.multiplied(by: pipe.pieceCount)?.added(to: offset),
          try pipe.skip(start - pipe.position), try !pipe.isAtEnd()
        else { return nil }
        return []
      } catch { throw .memory(error) }
    }
  }

  /// The file of a frame, in its turn, and the bytes of it that are not samples; `nil` after the last.
  fileprivate func piece(
    _ number: Int, _ pipe: inout PipeReader
  ) throws(FormatError) -> (file: Buffer, headByteCount: Int)? {
    while let head = try head(&pipe) {
      do throws(MemoryError) {
        defer { pipe.pieceCount += 1 }
        if pipe.pieceCount < number {
          guard try pipe.skip(byteCount) else { return nil }
        } else {
          return (try pipe.buffer(byteCount: byteCount, behind: head), head.count)
        }
      } catch { throw .memory(error) }
    }
    return nil
  }
}
