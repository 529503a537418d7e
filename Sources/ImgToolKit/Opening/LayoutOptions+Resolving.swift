import PixelMemory
import PixelViews

extension LayoutOptions {
  /// Makes all choices for a buffer of `byteCount` bytes.
  func resolve(name: String, byteCount: Int) throws(ToolError) -> ResolvedLayout {
    if let said = try resolveSaid(name: name, byteCount: byteCount) { return said }
    if let file {
      try checkNumbersStandAlone()
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
    try checkRowSteps(name: name)
    try checkPlanes(rawmode, name: name)
    var notes: [String] = []
    let size = try resolveSize(
      name: name, rawmode: rawmode, options: options, byteCount: byteCount, notes: &notes)
    var layout: Layout
    do throws(ViewError) {
      if isTight { try options.setTight(rawmode, width: size.width) }
      layout = try rawmode.layout(width: size.width, height: size.height, options: options)
    } catch { throw ToolError(error, name: name) }
    try check(layout, rawmode, options, name: name)
    var resolved = ResolvedLayout(
      layout: layout, format: rawmode.storedFormat,
      shownMode: rawmode.isDerived ? rawmode.mode : nil, videoColor: rawmode.videoColor,
      storage: mosaic ?? rawmode.name,
      stride: abs(layout.stride), padding: 0,
      planeCount: options.interleave == .plane || rawmode.hasPlanes ? rawmode.planeCount : 1,
      options: options,
      notes: notes)
    do throws(ViewError) {
      resolved.frameByteCount = try rawmode.frame(
        width: size.width, height: size.height, options: options)?.byteCount
      try resolved.measurePadding()
      resolved.asked = LengthHint.Asked(
        width: layout.width, height: layout.height, rawmode: rawmode, options: options,
        byteCount: try layout.byteRange().upperBound - options.offset + resolved.padding,
        typed: settled)
    } catch { throw ToolError(error, name: name) }
    if frame != nil || frames != nil || frameStride != nil || frameHeader != nil {
      try placeFrame(&layout, &resolved, byteCount: byteCount, name: name)
    }
    resolved.layout = layout
    return resolved
  }

  /// The options that a hint about the file's length must leave alone.
  private var settled: LengthHint.Typed {
    var typed: LengthHint.Typed = []
    if mode != nil { typed.insert(.mode) }
    if rawmode != nil { typed.insert(.rawmode) }
    if options.stride != nil || options.rowBits != nil || options.planeStride != nil || isTight {
      typed.insert(.stride)
    }
    if frame != nil || frames != nil || frameStride != nil || frameHeader != nil {
      typed.insert(.frame)
    }
    return typed
  }

  /// The rawmode as it was typed if that names a mosaic of colors, which is more than how it is stored.
  private var mosaic: String? { rawmode?.hasPrefix("bayer-") == true ? rawmode : nil }

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
          + (Suggestion.meant(rawmode, as: .rawmode) ?? "")
          + "; it is stored as \(Suggestion.few(rawmode, of: ofMode))")
    }
    throw ToolError(
      "--rawmode is \(Values.quoted(rawmode)), which is not a rawmode"
        + Suggestion.hint(rawmode, as: .rawmode, in: Rawmode.all.flatMap { [$0.name] + $0.aliases })
        + "; `\(Suggestion.rawmodeList(rawmode))` lists them")
  }

  private func checkFrameChoice() throws(ToolError) {
    guard let frames, let frame else { return }
    let one = if case .index(let index) = frame { "\(index)" } else { "last" }
    throw ToolError(
      "--frames \(frames.text) and --frame \(one) contradict each other; "
        + "give one of them")
  }

  /// Refuses options that would have no effect, or let pixels share bytes.
  private func check(
    _ layout: Layout, _ rawmode: Rawmode, _ options: Rawmode.Options, name: String
  ) throws(ToolError) {
    let stride = abs(layout.stride)
    if !options.planeOffsets.isEmpty, !layout.isWritable {
      let sizes = try? rawmode.planeByteCounts(
        width: layout.width, height: layout.height, options: options)
      throw ToolError(
        "\(name): with --plane-offset \(options.planeOffsets.map(String.init).joined(separator: ",")) "
          + "planes overlap; they are \((sizes ?? []).map(String.init).joined(separator: ", ")) bytes"
      )
    }
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
    if options.justifiedToTop, !rawmode.hasPlanes {
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
}
