import PixelMemory
import PixelViews

extension LayoutOptions {
  /// What `--layout` takes for the words of the file's own name.
  static let automatic = "auto"

  /// The layout in the words that `--layout` names; `nil` where it names numbers.
  ///
  /// - Throws: ``ToolError`` where the words do not say enough, or the file's length contradicts them.
  func resolveSaid(name: String, byteCount: Int) throws(ToolError) -> ResolvedLayout? {
    guard let file else { return nil }
    guard file != LayoutOptions.automatic else {
      return try resolve(
        SaidLayout(LayoutWords(name: name)), from: "the file's name", name: name,
        byteCount: byteCount)
    }
    guard let streams = SaidLayout.printed(try LayoutFile.contents(file)), !streams.isEmpty else {
      return nil
    }
    // Of several streams the file is the one that its length allows.
    for said in streams.dropLast() {
      if let found = try? resolve(said, from: file, name: name, byteCount: byteCount) {
        return found
      }
    }
    return try resolve(streams[streams.count - 1], from: file, name: name, byteCount: byteCount)
  }

  private func resolve(
    _ said: SaidLayout, from origin: String, name: String, byteCount: Int
  ) throws(ToolError) -> ResolvedLayout {
    var filled = self
    filled.file = nil
    if size == nil {
      guard let size = said.size else {
        throw ToolError(
          "\(name): \(origin) says no size (WxH, 720p, w4096_h3072 ...); give --size WxH, or try "
            + "`imgtool guess`")
      }
      filled.size = .exact(width: size.width, height: size.height)
      filled.options.stride = options.stride ?? said.stride
    }
    if let mode, rawmode == nil {
      // One rawmode can be shown in several modes; another mode that was typed has a storage of its own.
      filled.rawmode = said.rawmode.flatMap { Rawmode.named($0.name, mode: mode)?.name }
    } else if rawmode == nil {
      guard let rawmode = said.rawmode else {
        throw ToolError(
          "\(name): \(origin) says "
            + (said.unknownFormat.map { "\(Values.quoted($0)), which is not a rawmode" }
              ?? "no pixel format (nv12, gray10le, rgb ...)")
            + "; give --rawmode, or try `imgtool guess`")
      }
      (filled.rawmode, filled.mode) = (rawmode.name, rawmode.mode)
    }
    var resolved = try filled.resolve(name: name, byteCount: byteCount)
    let frame = resolved.asked?.byteCount ?? 0
    let step = said.frameByteCount ?? frame
    let storage = filled.options.stride.map { "rows \($0) bytes apart, " } ?? ""
    let words =
      "\(resolved.layout.width)x\(resolved.layout.height) \(resolved.storage), \(storage)which is "
      + "\(frame.bytes) a frame"
    guard step >= frame else {
      throw ToolError(
        "\(name): \(origin) says \(words), but frames are \(step.bytes) by its own count; give the "
          + "right ones with --size, --rawmode and --stride")
    }
    let held = byteCount - options.offset
    let choosesFrames = choosesFrame || frameStride != nil || frameHeader != nil
    guard choosesFrames || held > 0 && (held.isMultiple(of: step) || held == frame) else {
      throw ToolError(
        "\(name): \(origin) says \(words)"
          + (step > frame ? " and \(step.bytes) to the next one" : "")
          + "; the file holds \(held.bytes), \(held / step) frames and \((held % step).bytes); give "
          + "what is right with --size, --rawmode and --stride, or try `imgtool guess`")
    }
    if step > frame, frameStride == nil, held >= step {
      filled.frameStride = step
      resolved = try filled.resolve(name: name, byteCount: byteCount)
    }
    if mode == nil, rawmode == nil { resolved.mosaic = said.mosaic }
    let typed = filled.options.stride.map { " --stride \($0)" } ?? ""
    resolved.notes.append(
      "\(name): --layout \(file ?? "") is --size \(resolved.layout.width)x\(resolved.layout.height) "
        + "--rawmode \(ShellWord.quoted(resolved.storage))\(typed), from \(origin)")
    return resolved
  }
}
