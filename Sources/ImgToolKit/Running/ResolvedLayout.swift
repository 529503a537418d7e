import PixelMemory
import PixelViews

/// A layout with all choices made, and what went into it.
struct ResolvedLayout: Sendable {
  var layout: Layout
  var format: PixelFormat
  /// The mode that the stored pixels are converted to when they are read, for rawmodes like that.
  var shownMode: Mode?
  /// The rawmode's name; a layout file has none.
  var storage: String
  /// Bytes from one row to the next.
  var stride: Int
  /// The bytes behind the last sample that belong to the image: they pad its last row, or planes.
  var padding: Int
  /// The planes that a row is apart in; 1 unless planes are.
  var planeCount = 1
  var options: Rawmode.Options
  var frameCount = 1
  /// Whether the layout shows one of several frames, so that bytes after it are the next ones.
  var isOneFrame = false
  var notes: [String] = []

  /// The bytes after the last row and its padding.
  func trailingByteCount(in byteCount: Int) -> Int {
    guard !isOneFrame, let end = try? layout.byteRange().upperBound else { return 0 }
    return byteCount - end <= padding ? 0 : byteCount - end - padding
  }

  /// The rows that a longer image of the layout would show of the bytes after the last row; 0 where
  /// more rows would move what is there.
  func moreRows(in byteCount: Int) -> Int {
    guard planeCount > 1 else {
      return max(0, layout.fittingRows(byteCount: byteCount) - layout.height)
    }
    guard options.planeStride == nil, !options.bottomUp,
      let row = stride.multiplied(by: planeCount), row > 0
    else { return 0 }
    return max(0, (byteCount - options.offset) / row - layout.height)
  }

  /// A frame is as long as its planes, or as its rows where those of the planes lie between each
  /// other.
  fileprivate mutating func measurePadding() throws(ViewError) {
    let end = try layout.byteRange().upperBound
    guard let rows = stride.multiplied(by: layout.height),
      let planes = (options.planeStride ?? rows).multiplied(by: planeCount)
    else { throw .overflow(width: layout.width, height: layout.height, stride: stride) }
    padding = max(0, max(rows, planes) - (end - options.offset))
  }

  /// The error of a layout in the words of the options.
  func explain(_ error: ViewError, name: String) -> ToolError {
    guard case .tooShort(let short) = error else { return ToolError(error, name: name) }
    guard storage != ResolvedLayout.fileStorage else { return explain(short, name: name) }
    var first = layout
    if options.bottomUp { first = layout.reoriented(.vertical) }
    let rows =
      planeCount > 1 ? 0 : first.fittingRows(byteCount: short.available)
    let hint =
      rows > 0
      ? " (\(rows) row\(rows == 1 ? "" : "s") fit\(rows == 1 ? "s" : ""); did you mean --size \(layout.width)x\(rows)?)"
      : ""
    let mode = format.mode.name
    let what = storage == mode ? mode : "\(mode) (\(storage))"
    return ToolError(
      "\(name): \(layout.width)x\(layout.height) \(what) needs \((short.needed - options.offset).bytes) from offset "
        + "\(options.offset), the file has \(max(0, short.available - options.offset))"
        + (options.offset > 0 ? " from there on (\(short.available) in all)" : "") + hint)
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

extension LayoutOptions {
  /// Makes all choices for a buffer of `byteCount` bytes.
  func resolve(name: String, byteCount: Int) throws(ToolError) -> ResolvedLayout {
    if let file {
      let (layout, format) = try LayoutFile.read(file)
      return ResolvedLayout(
        layout: layout, format: format, storage: ResolvedLayout.fileStorage,
        stride: abs(layout.stride),
        padding: max(0, abs(layout.stride) - layout.rowByteCount), options: options)
    }
    let rawmode = try resolveRawmode()
    try checkFrameChoice()
    var options = options
    options.interleave = try resolveInterleave(rawmode, name: name)
    var notes: [String] = []
    let size = try resolveSize(
      name: name, rawmode: rawmode, options: options, byteCount: byteCount, notes: &notes)
    var layout: Layout
    do throws(ViewError) {
      layout = try rawmode.layout(width: size.width, height: size.height, options: options)
    } catch { throw ToolError(error, name: name) }
    try check(layout, rawmode, options, name: name)
    var resolved = ResolvedLayout(
      layout: layout, format: rawmode.storedFormat,
      shownMode: rawmode.isDerived ? rawmode.mode : nil, storage: rawmode.name,
      stride: abs(layout.stride), padding: 0,
      planeCount: options.interleave == .plane ? rawmode.planeCount : 1, options: options,
      notes: notes)
    do throws(ViewError) { try resolved.measurePadding() } catch {
      throw ToolError(error, name: name)
    }
    if frame != nil || frames != nil || frameStride != nil || frameHeader != nil {
      try placeFrame(&layout, &resolved, byteCount: byteCount, name: name)
    }
    resolved.layout = layout
    return resolved
  }

  private func resolveRawmode() throws(ToolError) -> Rawmode {
    guard let rawmode else { return Rawmode.natural(mode ?? .gray) }
    if let found = Rawmode.named(rawmode, mode: mode) { return found }
    if let mode {
      let ofMode = Rawmode.all.filter { $0.mode == mode && !$0.isDerived }.map(\.name)
      let others = Rawmode.all.filter { $0.name == rawmode || $0.aliases.contains(rawmode) }
        .map(\.mode.name)
      guard others.isEmpty else {
        throw ToolError(
          "rawmode \(rawmode) does not store mode \(mode.name); it stores "
            + "\(others.joined(separator: ", ")), and \(mode.name) is stored as "
            + Suggestion.few(rawmode, of: ofMode))
      }
      throw ToolError(
        "--rawmode is \(Values.quoted(rawmode)), which is not a rawmode of \(mode.name)"
          + "; it is stored as \(Suggestion.few(rawmode, of: ofMode))")
    }
    throw ToolError(
      "--rawmode is \(Values.quoted(rawmode)), which is not a rawmode"
        + Suggestion.hint(rawmode, in: Rawmode.all.flatMap { [$0.name] + $0.aliases })
        + "; `imgtool rawmodes` lists them")
  }

  private func checkFrameChoice() throws(ToolError) {
    guard let frames, let frame else { return }
    let one = if case .index(let index) = frame { "\(index)" } else { "last" }
    throw ToolError(
      "--frames \(frames.lowerBound)..\(frames.upperBound) and --frame \(one) contradict each other; "
        + "give one of them")
  }

  /// Refuses options that would have no effect, or let pixels share bytes.
  private func check(
    _ layout: Layout, _ rawmode: Rawmode, _ options: Rawmode.Options, name: String
  ) throws(ToolError) {
    let stride = abs(layout.stride)
    if options.stride != nil, options.alignment > 1 {
      var packed = options
      packed.stride = nil
      let aligned = try? rawmode.layout(width: layout.width, height: 1, options: packed)
      guard let found = aligned.map({ abs($0.stride) }), found == stride else {
        throw ToolError(
          "\(name): --stride \(stride) contradicts --align \(options.alignment)"
            + (aligned.map { ", which makes it \(abs($0.stride))" } ?? "")
            + "; give one of them")
      }
    }
    if options.justifiedToTop {
      var low = options
      low.justifiedToTop = false
      guard
        let other = try? rawmode.layout(width: layout.width, height: layout.height, options: low),
        other != layout
      else {
        throw ToolError(
          "\(name): --justify msb has no meaning for rawmode \(rawmode.name), whose samples fill "
            + "their words; leave it out")
      }
    }
    if let planeStride = options.planeStride, !layout.isWritable,
      let row = rawmode.rowByteCount(width: layout.width, interleave: .plane),
      let plane = stride.multiplied(by: layout.height - 1)?.added(to: row), planeStride < plane
    {
      throw ToolError(
        "\(name): --plane-stride \(planeStride) is smaller than a plane of \(plane) bytes; at least "
          + "\(plane) is expected")
    }
  }

  private func resolveInterleave(
    _ rawmode: Rawmode, name: String
  ) throws(ToolError) -> Rawmode.Interleave {
    var chosen = interleave ?? .pixel
    if let order {
      let meant: Rawmode.Interleave = order == "chw" ? .plane : .pixel
      guard interleave == nil || interleave == meant else {
        throw ToolError("--order \(order) contradicts --interleave \(chosen.rawValue)")
      }
      chosen = meant
    }
    let found: Rawmode.Interleave
    do throws(ViewError) { found = try rawmode.checked(chosen) } catch {
      throw ToolError(error, name: name)
    }
    guard options.planeStride == nil || chosen == .plane else {
      throw ToolError("--plane-stride needs --interleave plane")
    }
    return found
  }

  private func resolveSize(
    name: String, rawmode: Rawmode, options: Rawmode.Options, byteCount: Int, notes: inout [String]
  ) throws(ToolError) -> (width: Int, height: Int) {
    switch size {
    case .exact(let width, let height): return (width, height)
    case .rows(let width):
      let rows = try rowsThatFit(width, rawmode, options, byteCount: byteCount, name: name)
      notes.append("\(name): --size \(width)x is \(width)x\(rows)")
      return (width, rows)
    case .automatic:
      guard let found = FileNameHints(name).size else {
        throw ToolError(
          "\(name): --size auto found no WxH in the file's name; give --size WxH, or try "
            + "`imgtool guess`")
      }
      notes.append("\(name): --size auto is \(found.width)x\(found.height), from the file's name")
      return found
    case nil:
      throw ToolError("\(name): --size WxH is needed; `imgtool guess \(name)` finds sizes that fit")
    }
  }

  private func rowsThatFit(
    _ width: Int, _ rawmode: Rawmode, _ options: Rawmode.Options, byteCount: Int, name: String
  ) throws(ToolError) -> Int {
    var single = options
    single.bottomUp = false
    do throws(ViewError) {
      let first = try rawmode.layout(width: width, height: 1, options: single)
      let rows =
        options.interleave == .plane
        ? rowsOfPlanes(first, rawmode, options, byteCount: byteCount)
        : first.fittingRows(byteCount: byteCount)
      if rows > 0 { return rows }
      try first.check(byteCount: byteCount)
    } catch { throw ToolError(error, name: name) }
    throw ToolError("\(name): not one row of \(width) pixels fits")
  }

  /// The rows that planes have room for; the last row of the last plane needs no padding.
  private func rowsOfPlanes(
    _ first: Layout, _ rawmode: Rawmode, _ options: Rawmode.Options, byteCount: Int
  ) -> Int {
    let stride = first.stride
    guard let row = rawmode.rowByteCount(width: first.width, interleave: .plane) else { return 0 }
    guard let planeStride = options.planeStride else {
      guard let rows = stride.multiplied(by: rawmode.planeCount),
        let room = (byteCount - options.offset).added(to: stride - row), rows > 0
      else { return 0 }
      return room / rows
    }
    let rows = first.fittingRows(byteCount: byteCount)
    return planeStride < stride ? rows : min(rows, (planeStride - row) / stride + 1)
  }

  /// Moves the layout to the frame that was asked for.
  private func placeFrame(
    _ layout: inout Layout, _ resolved: inout ResolvedLayout, byteCount: Int, name: String
  ) throws(ToolError) {
    let header = frameHeader ?? 0
    let end: Int
    do throws(ViewError) { end = try layout.byteRange().upperBound } catch {
      throw ToolError(error, name: name)
    }
    let imageBytes = (end - options.offset).added(to: resolved.padding)
    guard let step = frameStride ?? imageBytes?.added(to: header), step > 0,
      let span = (end - options.offset).added(to: header)
    else { throw ToolError("\(name): --frame-stride must be at least 1 byte") }
    let room = byteCount - options.offset - span
    resolved.frameCount = room < 0 ? 0 : room / step + 1
    // Rows of frames may also lie between each other, as those of the two fields of a video do.
    let isWoven =
      header == 0 && step >= layout.rowByteCount
      && step.multiplied(by: resolved.frameCount).map { $0 <= resolved.stride } == true
    guard frameStride == nil || step >= span || isWoven else {
      throw ToolError(
        "\(name): --frame-stride \(step) is smaller than a frame of \(span) bytes"
          + (header > 0 ? ", its header counted" : "") + "; at least \(span) is expected")
    }
    let index: Int
    switch frame {
    case .index(let wanted): index = wanted
    case .last: index = max(0, resolved.frameCount - 1)
    case nil: index = frames?.lowerBound ?? 0
    }
    guard let shift = step.multiplied(by: index)?.added(to: header),
      let moved = layout.moved(by: shift)
    else { throw ToolError("\(name): frame \(index) is further than 64 bits can count") }
    let wanted = frames?.upperBound ?? index
    guard wanted < resolved.frameCount else {
      throw ToolError(
        "\(name): there is no frame \(wanted); the file holds \(resolved.frameCount) of \(step) bytes"
          + " from offset \(options.offset), counted from 0")
    }
    layout = moved
    resolved.isOneFrame = true
    guard let frames, frames.count > 1 else { return }
    guard resolved.planeCount == 1 else {
      throw ToolError(
        "\(name): planar frames cannot be joined; use --frame N for one after another")
    }
    guard !options.bottomUp, let height = layout.height.multiplied(by: frames.count),
      let rows = resolved.stride.multiplied(by: layout.height), step == rows
    else {
      throw ToolError(
        "\(name): --frames can only join frames whose rows follow each other from the top, each "
          + "\(resolved.stride) bytes after the one before; use --frame N for one after another")
    }
    layout.height = height
  }
}
