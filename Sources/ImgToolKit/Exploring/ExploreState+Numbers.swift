import PixelViews

/// Sizes, places and steps.
extension ExploreState {
  /// The same with another number of pixels in a row.
  func wider(by count: Int, _ scene: ExploreScene) throws(ToolError) -> ExploreState {
    guard let width else {
      throw ToolError("the layout file says the size; start without --layout to change it")
    }
    var state = self
    // Where a stride says how long rows are, they are as long as before.
    state.width = width.added(to: count) ?? width
    return try .first(of: [state], for: scene.file)
  }

  /// The same with a number changed that an option says.
  func changing(
    _ option: String, from value: Int, by step: Int, _ scene: ExploreScene
  ) throws(ToolError) -> ExploreState {
    var state = self
    guard let sum = value.added(to: step) else { return self }
    state.rest[option] = "\(sum)"
    return try .first(of: [state.withoutDefaults(scene.file), state], for: scene.file)
  }

  /// The same without options that say what holds without them.
  private func withoutDefaults(_ file: ExploredFile) -> ExploreState {
    var state = self
    if rest["--offset"] == "0" { state.rest["--offset"] = nil }
    var packed = state
    packed.rest["--stride"] = nil
    if rest["--stride"] != nil, let here = try? facts(of: file),
      let there = try? packed.facts(of: file),
      here.resolved.stride == there.resolved.stride
    {
      state = packed
    }
    return state
  }

  /// The bytes from one row to the next.
  func stride(by step: Int, _ scene: ExploreScene) throws(ToolError) -> ExploreState {
    try changing("--stride", from: scene.facts.resolved.stride, by: step, scene)
  }

  func offset(by step: Int, _ scene: ExploreScene) throws(ToolError) -> ExploreState {
    try changing("--offset", from: scene.facts.options.layout.options.offset, by: step, scene)
  }

  /// The next or the last frame before.
  func frame(by step: Int, _ scene: ExploreScene) throws(ToolError) -> ExploreState {
    let index: Int
    switch scene.facts.options.layout.frame {
    case .index(let number): index = number
    case .last: index = max(0, scene.facts.resolved.frameCount - 1)
    case nil: index = 0
    }
    // Frames are counted by rows that do not change.
    var state = self
    if width != nil { state.height = scene.facts.frameHeight }
    state.rest["--frame"] = "\(index + step)"
    let facts = try state.facts(of: scene.file)
    guard facts.frameHeight == scene.facts.frameHeight || width == nil else {
      throw ToolError("the file holds one frame; h says how many rows a frame has")
    }
    return state
  }

  /// The size or the offset as it was typed.
  func saying(_ text: String, as question: Prompt.Kind, _ file: ExploredFile) throws(ToolError)
    -> ExploreState
  {
    var state = self
    switch question {
    case .width:
      state.width = try Values.width(text + "x", "the width")
    case .height:
      if text.isEmpty {
        state.height = nil
      } else {
        let rows = try Values.size("1x" + text, "the height").height
        state.height = rows
        guard let width else { break }
        state.rest["--size"] = "\(width)x\(rows)"
        _ = try LayoutFacts(state.rest, of: file)
        state.rest["--size"] = nil
      }
    case .offset:
      state.rest["--offset"] = text.isEmpty ? nil : text
    case .format:
      guard let rawmode = Rawmode.named(text, mode: nil) else {
        throw ToolError(
          "\(Values.quoted(text)) is not a rawmode"
            + Suggestion.hint(
              text, as: .rawmode, in: Rawmode.all.flatMap { [$0.name] + $0.aliases }))
      }
      return try state.storing(
        rawmode, as: Mosaic(rawmode: text) == nil ? nil : text, file)
    case .picture, .layout: break
    }
    return try .first(of: [state], for: file)
  }
}
