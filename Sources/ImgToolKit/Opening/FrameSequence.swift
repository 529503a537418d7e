import ImageFiles
import PixelMemory
import PixelViews

/// The frames of a source, each of which is an image of its own.
///
/// Frames of a file are views of one mapping, in any order and on any thread. A pipe is read frame by
/// frame, into private memory that serves a later frame when an image ends; whoever asks for one waits
/// until the ones before it were read.
final class FrameSequence: Sendable {
  /// The source, as the user named it.
  let name: String
  /// The frames that the source holds; `nil` for a pipe, whose end is not known.
  let count: Int?
  /// The numbers of the frames that were asked for, from 0 on; those of a pipe may go on to `Int.max`.
  let numbers: Range<Int>
  /// The bytes of a frame's samples, about.
  let frameByteCount: Int
  /// What there is to say about the source beside its frames.
  let notes: [String]
  private let open: @Sendable (Int) throws(ToolError) -> Source?
  private let stopReading: @Sendable () -> Void

  /// - Parameters:
  ///   - open: opens a frame; `nil` where the source ends before it.
  ///   - stopReading: wakes who waits for a frame.
  /// - Throws: ``ToolError`` for a frame that was asked for and is not there.
  init(
    _ name: String, _ frames: LayoutOptions.Frames?, count: Int?, frameByteCount: Int,
    notes: [String] = [],
    stopReading: @escaping @Sendable () -> Void = {},
    open: @escaping @Sendable (Int) throws(ToolError) -> Source?
  ) throws(ToolError) {
    let last = (frames ?? .all).last(of: count ?? .max)
    if let count, last >= count { throw ToolError.noFrame(last, in: name, count: count) }
    self.name = name
    self.count = count
    numbers = (frames?.first ?? 0)..<(last == .max ? last : last + 1)
    self.frameByteCount = frameByteCount
    self.notes = notes
    self.open = open
    self.stopReading = stopReading
  }

  /// Whether the frames come one after the other, and their number is not known.
  var isStream: Bool { count == nil }

  /// Opens a frame.
  ///
  /// - Parameter number: one of ``numbers``; of a pipe, each of them once, if on several threads.
  /// - Returns: the frame's image; `nil` after the last frame of a pipe.
  /// - Throws: ``ToolError`` where the frame cannot be opened, or a pipe ends within it.
  /// - Complexity: O(1) where the file is mapped raw, as of the format's reader otherwise.
  func source(_ number: Int) throws(ToolError) -> Source? { try open(number) }

  /// What reports call a frame, as other tools call it on their command lines.
  static func label(_ name: String, _ number: Int) -> String { "\(name)[\(number)]" }

  /// Lets nobody wait for a frame of a pipe any longer; there is none then.
  func stop() { stopReading() }
}

extension ToolError {
  /// - Parameter count: how many frames there are.
  static func noFrame(_ number: Int, in name: String, count: Int) -> ToolError {
    ToolError(
      "\(name): there is no frame \(number); there \(count == 1 ? "is" : "are") \(count.asFrames)")
  }
}

extension FrameSequence {
  /// The frames of a source: raw where a layout is given, else by its own description.
  ///
  /// - Parameter isolatesEdits: whether each frame gets a mapping of its own, so that private edits end
  ///   with it.
  static func any(
    _ path: String, _ options: OpenOptions, isolatesEdits: Bool = false
  ) throws(ToolError) -> FrameSequence {
    if options.layout.frame != nil {
      throw ToolError("--frame shows one frame, and --each is for several; give one of them")
    }
    guard options.layout.isGiven else {
      return try describing(path, options, isolatesEdits: isolatesEdits)
    }
    return try raw(path, options, isolatesEdits: isolatesEdits)
  }

  private static func raw(
    _ path: String, _ options: OpenOptions, isolatesEdits: Bool
  ) throws(ToolError) -> FrameSequence {
    try options.layout.checkFileStandsAlone()
    try options.layout.checkNoTensor(path, "raw")
    if Source.isPipe(path) { return try PipedFrames.raw(path, options) }
    let file = try Source.map(path, options)
    try options.layout.checkIsRaw(file, name: path)
    let (layout, frames) = options.layout.firstFrame
    let first = try layout.resolve(name: path, byteCount: file.byteCount)
    let palette = try options.loadPalette(for: first.format.mode)
    let remainder = try options.remainderNote(path, first, byteCount: file.byteCount)
    let start = frames?.first ?? 0
    return try FrameSequence(
      path, frames, count: first.frameCount, frameByteCount: first.layout.spanByteCount,
      notes: first.notes + remainder
    ) { number throws(ToolError) in
      let begin = Syscalls.monotonicNanoseconds()
      var resolved = first
      resolved.notes = []
      guard let shift = first.frameStep.multiplied(by: number - start),
        let moved = first.layout.moved(by: shift)
      else { return nil }
      resolved.layout = moved
      let buffer = isolatesEdits ? try Source.map(path, options) : file
      var source = try Source(path, viewing: buffer, resolved, options, palette: palette)
      source.isFrameChosen = true
      source.nanoseconds = Syscalls.monotonicNanoseconds() - begin
      return source
    }
  }

  private static func describing(
    _ path: String, _ options: OpenOptions, isolatesEdits: Bool
  ) throws(ToolError) -> FrameSequence {
    let file: Buffer
    if Source.isPipe(path) {
      switch try PipedFrames.describing(path, options) {
      case .frames(let frames): return frames
      case .whole(let buffer): file = buffer
      }
    } else {
      file = try Source.map(path, options)
    }
    let (layout, frames) = options.layout.firstFrame
    var options = options
    options.layout = layout
    let index = FrameIndex()
    let first = try Source.header(path, options, in: file, index: index)
    let count = first.pixels.frameCount
    if let failure = first.pixels.frameFailure {
      let asked = frames ?? .all
      guard asked != .all, asked.last(of: count) < count else {
        throw ToolError(failure, name: path).with(
          advice: "--frames 0..\(count - 1) takes what was found before that")
      }
    }
    let start = frames?.first ?? 0
    let choices = options
    let canOpenAgain = isolatesEdits && !Source.isPipe(path)
    return try FrameSequence(
      path, frames, count: count, frameByteCount: first.pixels.layout.spanByteCount
    ) {
      number throws(ToolError) in
      let begin = Syscalls.monotonicNanoseconds()
      var choices = choices
      choices.layout.frame = .index(number)
      // Of all frames together, which is told once.
      if number != start { choices.trailing = .ok }
      let buffer = canOpenAgain ? try Source.map(path, choices) : file
      let header = try Source.header(path, choices, in: buffer, index: index)
      return try Source.decoding(header, path, choices, in: buffer, since: begin)
    }
  }
}

extension LayoutOptions {
  /// The layout of the first frame that was asked for, and the frames.
  var firstFrame: (layout: LayoutOptions, frames: Frames?) {
    var layout = self
    layout.frame = .index(frames?.first ?? 0)
    layout.frames = nil
    return (layout, frames)
  }
}

extension OpenOptions {
  /// What there is to say about bytes after the last whole frame.
  func remainderNote(
    _ name: String, _ resolved: ResolvedLayout, byteCount: Int
  ) throws(ToolError) -> [String] {
    let rest = resolved.frames(in: byteCount)?.remainder ?? 0
    guard rest > 0, trailing != .ok else { return [] }
    let count = resolved.frameCount
    let text =
      "\(name): \(rest.bytes) after the last of \(count) frame\(count == 1 ? "" : "s")"
    if trailing == .error { throw ToolError(text + "; --trailing ok accepts them") }
    return [text]
  }
}

extension Layout {
  /// The bytes from the first sample to the last.
  fileprivate var spanByteCount: Int { (try? byteRange().count) ?? .max }
}

extension Source {
  /// Lets go of the pages of a frame, and of those before it that the kernel mapped along with them, so
  /// that a file of many frames does not fill the memory.
  func forget() {
    if isDecoded { return }
    let range = image.byteRange
    file.forget(max(0, range.lowerBound - 1 << 17)..<range.upperBound)
  }

  /// Whether a path is that of standard input, and that is not a file.
  static func isPipe(_ path: String) -> Bool {
    path == "-" && (try? Syscalls.status(of: 0).kind) != .regular
  }
}
