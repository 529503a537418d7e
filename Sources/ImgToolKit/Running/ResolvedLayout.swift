import ImageFiles
import PixelMemory
import PixelViews

/// A layout with all choices made, and what went into it.
struct ResolvedLayout: Sendable {
  var layout: Layout
  var format: PixelFormat
  /// The mode that the stored pixels are converted to when they are read, for rawmodes like that.
  var shownMode: Mode?
  /// What `YCbCr` means in the rawmode; `nil` where it is JPEG's.
  var videoColor: VideoColor?
  /// The mosaic in the words of a file's name or of another program, where the layout is from there.
  var mosaic: Mosaic?
  /// The rawmode's name; a layout file has none.
  var storage: String
  /// Bytes from one row to the next.
  var stride: Int
  /// The bytes after the last sample that belong to the image: they pad its last row, or planes.
  var padding: Int
  /// The planes that a row is apart in; 1 unless planes are.
  var planeCount = 1
  var options: Rawmode.Options
  /// The bytes of a frame whose planes have steps of their own; `nil` for others.
  var frameByteCount: Int?
  var frameCount = 1
  /// The frames that the layout shows, one below the other.
  var shownFrameCount = 1
  /// The bytes from one frame to the next, and those of one with its header; 0 where frames were not
  /// asked for.
  var frameStep = 0
  var frameSpan = 0
  /// The bytes before the pixels of a frame.
  var frameHeader = 0
  /// Whether the layout shows one of several frames, so that bytes after it are the next ones.
  var isOneFrame = false
  var notes: [String] = []
  /// What the file's length is compared with; `nil` for a layout file.
  var asked: LengthHint.Asked?

  /// How many frames there are, whether they were asked for or not; `nil` for a layout that does not say
  /// where one ends.
  func frames(in byteCount: Int) -> FrameCount? {
    var (step, span, count) = (frameStep, frameSpan, frameCount)
    if step == 0 {
      guard storage != ResolvedLayout.fileStorage, let end = try? layout.byteRange().upperBound
      else { return nil }
      span = end - options.offset
      step = span + padding
      count = (byteCount - end) / step + 1
    }
    guard count > 0, let frames = step.multiplied(by: count),
      let end = frames.added(to: options.offset)
    else { return nil }
    return FrameCount(
      count: count, step: step, header: frameHeader, gap: max(0, step - span),
      remainder: max(0, byteCount - end))
  }

  /// The bytes after the last row and its padding.
  func trailingByteCount(in byteCount: Int) -> Int {
    guard !isOneFrame, let end = try? layout.byteRange().upperBound else { return 0 }
    return byteCount - end <= padding ? 0 : byteCount - end - padding
  }

  /// The rows that a longer image of the layout would show of the bytes after the last row; 0 where
  /// more rows would move what is there.
  func moreRows(in byteCount: Int) -> Int {
    if frameByteCount != nil { return 0 }
    guard planeCount > 1 else {
      return max(0, layout.fittingRows(byteCount: byteCount) - layout.height)
    }
    guard options.planeStride == nil, !options.bottomUp,
      let row = stride.multiplied(by: planeCount), row > 0
    else { return 0 }
    return max(0, (byteCount - options.offset) / row - layout.height)
  }

  /// What the bytes after the last row may be; `nil` when there are none.
  ///
  /// - Parameter kind: what the file is by its first bytes, and what to do then.
  func trailingFinding(in byteCount: Int, kind: String? = nil) -> String? {
    let trailing = trailingByteCount(in: byteCount)
    guard trailing > 0 else { return nil }
    let text = "\(trailing) byte\(trailing == 1 ? "" : "s") after the last row"
    let rows = moreRows(in: byteCount)
    let more = rows > 0 ? " (\(rows) more row\(rows == 1 ? "" : "s") would fit)" : ""
    if let kind { return "\(text)\(more); \(kind)" }
    guard let asked, let hint = LengthHint.of(byteCount, asked) else {
      let isHeader = options.offset == 0 && storage != ResolvedLayout.fileStorage
      return text + more
        + (isHeader
          ? trailing < 16
            ? "; --trailing ok accepts them, --offset \(trailing) skips a header of that length"
            : "; --offset \(trailing) skips a header of that length, --trailing ok accepts them"
          : "")
    }
    if case .frames = hint { return "\(text)\(more); \(hint.text(asked))" }
    return "\(text); \(hint.text(asked))"
  }

  /// What a file is that is read raw from its first byte on, as far as its first bytes are unmistakable.
  func content(of buffer: Buffer) -> FileContent? {
    options.offset == 0 ? (try? FileContent.of(buffer, isCertain: true)) ?? nil : nil
  }

  private func lengthHint(in byteCount: Int) -> String? {
    guard let asked else { return nil }
    return LengthHint.of(byteCount, asked)?.text(asked)
  }

  /// A frame is as long as its planes, or as its rows where those of the planes lie between each
  /// other.
  mutating func measurePadding() throws(ViewError) {
    let end = try layout.byteRange().upperBound
    if let frameByteCount {
      padding = max(0, frameByteCount - (end - options.offset))
      return
    }
    guard let bits = abs(layout.rowBits).multiplied(by: layout.height)?.checkedRoundedUpToByte,
      case let rows = bits.inWholeBytes,
      let planes = (options.planeStride ?? rows).multiplied(by: planeCount)
    else { throw .overflow(width: layout.width, height: layout.height, stride: stride) }
    padding = max(0, max(rows, planes) - (end - options.offset))
  }

  /// The error of a layout in the words of the options.
  ///
  /// - Parameter content: what the first bytes say that the file is.
  func explain(_ error: ViewError, name: String, content: FileContent? = nil) -> ToolError {
    guard case .tooShort(let short) = error else { return ToolError(error, name: name) }
    guard storage != ResolvedLayout.fileStorage else { return explain(short, name: name) }
    var first = layout
    if options.bottomUp { first = layout.reoriented(.vertical) }
    let rows =
      planeCount > 1 ? 0 : first.fittingRows(byteCount: short.available)
    let fitting = rows > 0 ? ["\(rows) row\(rows == 1 ? " fits" : "s fit")"] : []
    let size = isTurned(in: short.available) ? (layout.height, layout.width) : (layout.width, rows)
    let fewer = rows > 0 ? ["did you mean --size \(size.0)x\(size.1)?"] : []
    let isOther = content.map { [$0.hint(name)] }
    let clauses = isOther ?? fitting + (lengthHint(in: short.available).map { [$0] } ?? fewer)
    let hint = clauses.isEmpty ? "" : " (\(clauses.joined(separator: "; ")))"
    let mode = format.mode.name
    let what = storage == mode ? mode : "\(mode) (\(storage))"
    return ToolError(
      "\(name): \(layout.width)x\(layout.height) \(what) needs \((short.needed - options.offset).bytes) from offset "
        + "\(options.offset), the file has \(max(0, short.available - options.offset))"
        + (options.offset > 0 ? " from there on (\(short.available) in all)" : "") + hint)
  }

  /// Whether the file is as long as an image with width and height exchanged, in rows of the stride.
  private func isTurned(in byteCount: Int) -> Bool {
    guard let asked, layout.width != layout.height, options.stride != nil,
      let turned = try? asked.rawmode.layout(
        width: layout.height, height: layout.width, options: options),
      let end = try? turned.byteRange().upperBound
    else { return false }
    return (0..<stride).contains(byteCount - end)
  }

  /// What a layout file stands for among the names of rawmodes.
  static let fileStorage = "layout file"

  private func explain(_ short: ViewError.TooShort, name: String) -> ToolError {
    guard let range = try? layout.byteRange() else {
      return ToolError(.tooShort(short), name: name)
    }
    return ToolError(
      "\(name): the layout file's \(layout.width)x\(layout.height) \(format.mode.name) reaches from "
        + "byte \(range.lowerBound) to byte \(range.upperBound), the file has \(short.available)")
  }
}

/// The frames of a raw file, as far as its length tells.
struct FrameCount: Sendable {
  let count: Int
  /// The bytes from one to the next.
  let step: Int
  /// The bytes before the pixels of each.
  let header: Int
  /// The bytes between the pixels of one and what is next.
  let gap: Int
  /// The bytes after the last one and its gap.
  let remainder: Int

  /// A line about them.
  var text: String {
    let parts =
      (header > 0 ? ["a header of \(header.bytes) before each"] : [])
      + (gap > 0 ? ["\(gap.bytes) after each"] : [])
    return "frames: \(count), \(step.bytes) apart"
      + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
      + (remainder > 0 ? ", \(remainder.bytes) after the last" : "")
  }
}
