import ImageFiles
import PixelMemory

/// Frames of a file that describes itself and comes through standard input, one after the other: each
/// is made a file of its own.
final class DescribedPipe: Sendable {
  private let path: String
  private let options: OpenOptions
  private let pipe: FramePipe
  private let cutter: FileFormat.Cutter

  /// What comes through standard input.
  enum Found {
    case frames(FrameSequence)
    /// A file of a format that is read to its end first.
    case whole(Buffer)
  }

  /// - Throws: ``ToolError`` where the stream does not begin as its format does.
  static func open(_ path: String, _ options: OpenOptions) throws(ToolError) -> Found {
    try options.checkPipe()
    let pipe = FramePipe(0, name: "standard input", first: options.layout.frames?.first ?? 0)
    let cutter: FileFormat.Cutter?
    do throws(FormatError) {
      cutter = try pipe.begin { pipe throws(FormatError) in try FileFormat.cutter(&pipe) }
    } catch { throw ToolError(error, name: path) }
    if let cutter {
      let frames = DescribedPipe(path, options, pipe, cutter)
      return .frames(
        try FrameSequence(
          path, options.layout.frames, count: nil, frameByteCount: cutter.byteCount,
          stopReading: { pipe.stop() },
          open: { number throws(ToolError) in try frames.source(number) }))
    }
    do throws(MemoryError) {
      return .whole(try pipe.begin { pipe throws(MemoryError) in try pipe.rest() })
    } catch { throw ToolError(error, name: path) }
  }

  private init(
    _ path: String, _ options: OpenOptions, _ pipe: FramePipe, _ cutter: FileFormat.Cutter
  ) {
    self.path = path
    self.pipe = pipe
    self.cutter = cutter
    var options = options
    (options.layout.frame, options.layout.frames) = (.index(0), nil)
    self.options = options
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
      throw ToolError.cutShort(byteCount, of: cutter.byteCount)
    }
    let header = try Source.header(path, options, in: file)
    return try Source.decoding(header, path, options, in: file, since: begin)
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
  /// The file of a frame, in its turn, and the bytes of it that are no samples; `nil` behind the last.
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
