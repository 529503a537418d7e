import PixelViews

/// What is on the screen when a key is pressed, as far as the key has to know it.
struct ExploreScene: Sendable {
  let facts: LayoutFacts
  /// The part of the picture that was drawn last.
  var frame: PictureFrame
  /// The samples that were drawn as black and white.
  var window: ClosedRange<Double>
  /// The mode of the picture, and whether its samples are whole numbers.
  var format: PixelFormat

  var file: ExploredFile { facts.file }
}

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
    if rest["--stride"] != nil, let here = try? facts(of: file), let there = try? packed.facts(of: file),
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
            + Suggestion.hint(text, as: .rawmode, in: Rawmode.all.flatMap { [$0.name] + $0.aliases }))
      }
      return try state.storing(
        rawmode, as: Mosaic(rawmode: text) == nil ? nil : text, file)
    case .picture, .layout: break
    }
    return try .first(of: [state], for: file)
  }
}

/// How pixels are stored.
extension ExploreState {
  /// Options that are for some ways to store pixels alone.
  private static let dependent = [
    "--justify", "--palette", "--matrix", "--range", "--chroma", "--siting", "--order",
    "--chroma-stride", "--plane-rows", "--plane-offset", "--plane-stride", "--interleave", "--scale",
    "--bias", "--bayer",
  ]

  /// The same with pixels that are stored in another way. Options that have no meaning for that are left
  /// out, and then those that say how long rows are.
  ///
  /// - Parameter alias: a name of the rawmode that tells a mosaic.
  func storing(
    _ rawmode: Rawmode, as alias: String? = nil, _ file: ExploredFile
  ) throws(ToolError) -> ExploreState {
    var state = self
    state.rest.name(rawmode, as: alias)
    state.view.band = nil
    state.view.window = .natural
    var few = state
    few.rest = state.rest.without(ExploreState.dependent)
    var fewer = few
    fewer.rest = few.rest.without(["--stride", "--row-bits", "--align"])
    return try .first(of: [state, few, fewer], for: file)
  }

  private func rawmode(_ scene: ExploreScene) throws(ToolError) -> Rawmode {
    guard let rawmode = scene.facts.rawmode else {
      throw ToolError("the layout file says how pixels are stored")
    }
    return rawmode
  }

  /// A variant of the rawmode, with the same mosaic where it has a name for that.
  func variant(
    _ what: String, _ scene: ExploreScene, _ change: (Rawmode) -> Rawmode?
  ) throws(ToolError) -> ExploreState {
    let rawmode = try rawmode(scene)
    guard let found = change(rawmode) else {
      throw ToolError("there is no \(what) of \(rawmode.name)")
    }
    let alias = scene.facts.mosaic.flatMap { found.mosaicNames[$0.name] }
    return try storing(found, as: alias, scene.file)
  }

  /// The next rawmode of the same family.
  func format(by step: Int, _ scene: ExploreScene) throws(ToolError) -> ExploreState {
    let place = FormatFamily.place(of: try rawmode(scene))
    let formats = FormatFamily.all[place.family].rawmodes
    return try tried(formats.count, scene) { turn in
      let index = (place.format ?? (step > 0 ? -1 : 0)) + step * turn
      return formats[((index % formats.count) + formats.count) % formats.count]
    }
  }

  /// The first rawmode of the next family.
  func family(_ scene: ExploreScene) throws(ToolError) -> ExploreState {
    let place = FormatFamily.place(of: try rawmode(scene))
    let count = FormatFamily.all.count
    return try tried(count, scene) { FormatFamily.all[(place.family + $0) % count].rawmodes[0] }
  }

  /// The first of several rawmodes that the file takes.
  private func tried(
    _ count: Int, _ scene: ExploreScene, _ rawmode: (_ turn: Int) -> Rawmode
  ) throws(ToolError) -> ExploreState {
    var failure: ToolError?
    for turn in 1...count {
      do throws(ToolError) { return try storing(rawmode(turn), scene.file) } catch {
        failure = failure ?? error
      }
    }
    throw failure ?? ToolError("there is no other format")
  }

  /// The next of the four mosaics, and none after the last.
  func nextMosaic(_ scene: ExploreScene) throws(ToolError) -> ExploreState {
    let rawmode = try rawmode(scene)
    let names = rawmode.mosaicNames
    let known = Mosaic.names.filter { names[$0] != nil }
    guard !known.isEmpty else {
      throw ToolError("\(rawmode.name) has no name for a mosaic; gray of 8 to 16 bits has")
    }
    var state = self
    state.rest["--bayer"] = nil
    let index = scene.facts.mosaic.flatMap { known.firstIndex(of: $0.name) }.map { $0 + 1 } ?? 0
    return try state.storing(
      rawmode, as: index < known.count ? names[known[index]] : nil, scene.file)
  }

  /// Whether bits stand at the other end of their words.
  func justified(_ scene: ExploreScene) throws(ToolError) -> ExploreState {
    var state = self
    state.rest["--justify"] = scene.facts.options.layout.options.justifiedToTop ? nil : "msb"
    return try .first(of: [state], for: scene.file)
  }

  /// The next of the ways in which the samples of a pixel can stand apart.
  func interleaved(_ scene: ExploreScene) throws(ToolError) -> ExploreState {
    let all = Rawmode.Interleave.allCases
    let now = scene.facts.options.layout.interleave ?? .pixel
    let start = all.firstIndex(of: now) ?? 0
    let states = (1..<all.count).map { step in
      var state = self
      let next = all[(start + step) % all.count]
      state.rest = rest.without(["--order", "--plane-stride"])
      state.rest["--interleave"] = next == .pixel ? nil : next.rawValue
      return state
    }
    if try rawmode(scene).mode.bandCount == 1 {
      throw ToolError("a pixel is one sample, so that nothing can stand apart")
    }
    return try .first(of: states, for: scene.file)
  }

  func upsideDown(_ scene: ExploreScene) throws(ToolError) -> ExploreState {
    var state = self
    state.rest["--orientation"] = scene.facts.options.layout.options.bottomUp ? nil : "-1"
    return try .first(of: [state], for: scene.file)
  }
}

/// How the picture is looked at.
extension ExploreState {
  /// A part of the screen further, up or down.
  func scrolled(byScreens share: Double, _ scene: ExploreScene) throws(ToolError) -> ExploreState {
    let rows = max(1, Int((Double(scene.frame.visible.height) * abs(share)).rounded()))
    return try scrolled(to: scene.frame.center.y + (share < 0 ? -rows : rows), scene)
  }

  /// - Parameter row: the one in the middle.
  func scrolled(to row: Int, _ scene: ExploreScene) throws(ToolError) -> ExploreState {
    let frame = scene.frame
    guard frame.visible.height < frame.imageHeight else {
      throw ToolError("all rows are on the screen; + enlarges the picture, z shows it in its own pixels")
    }
    var state = self
    let margin = frame.visible.height / 2
    let last = frame.imageHeight - frame.visible.height + margin
    state.view.center = PixelPlace(
      x: (view.center ?? frame.center).x, y: max(margin, min(last, row)))
    return state
  }

  /// Twice as large, or half as large; a pixel stays where it is on the screen.
  func zoomed(
    in isIn: Bool, around place: PixelPlace? = nil, _ scene: ExploreScene
  ) throws(ToolError) -> ExploreState {
    let frame = scene.frame
    let exponent = Int(frame.scale.exponent)
    let isPower = frame.scale.significand == 1
    let power = isIn ? exponent + 1 : isPower ? exponent - 1 : exponent
    guard power <= ExploreState.largestPower else {
      throw ToolError("a pixel is \(1 << ExploreState.largestPower) of the screen already")
    }
    guard isIn || !frame.isWhole else { throw ToolError("all of the picture is on the screen") }
    var state = self
    state.view.zoom = .power(power)
    let place = place ?? (view.isCursorShown ? view.cursor : frame.center)
    let ratio = frame.scale / Double(sign: .plus, exponent: power, significand: 1)
    state.view.center = PixelPlace(
      x: place.x + Int((Double(frame.center.x - place.x) * ratio).rounded()),
      y: place.y + Int((Double(frame.center.y - place.y) * ratio).rounded()))
    return state
  }

  static let largestPower = 6

  /// All of the picture, all of its columns, or its own pixels.
  func withNextZoom(_ scene: ExploreScene) -> ExploreState {
    var state = self
    switch view.zoom {
    case .whole: state.view.zoom = .width
    case .width: state.view.zoom = .power(0)
    case .power: state.view.zoom = .whole
    }
    state.view.center = view.isCursorShown ? view.cursor : nil
    return state
  }

  /// The next band alone, and all after the last.
  func nextBand(_ scene: ExploreScene) throws(ToolError) -> ExploreState {
    let count = scene.format.mode.bandCount
    guard count > 1 else { throw ToolError("\(scene.format.mode.name) has one band") }
    var state = self
    let next = view.band.map { $0 + 1 } ?? 0
    state.view.band = next < count ? next : nil
    return state
  }

  /// A window of another width around the same middle.
  func windowed(times factor: Double, _ scene: ExploreScene) throws(ToolError) -> ExploreState {
    let window = scene.window
    let middle = (window.lowerBound + window.upperBound) / 2
    let half = (window.upperBound - window.lowerBound) / 2 * factor
    var (low, high) = (middle - half, middle + half)
    if !scene.format.type.isFloat {
      low = low.rounded()
      high = max(low + 1, high.rounded())
    }
    guard low < high, low.isFinite, high.isFinite, (high - low).isFinite else {
      throw ToolError("the window cannot be any \(factor < 1 ? "narrower" : "wider")")
    }
    var state = self
    state.view.window = .fixed(low, high)
    return state
  }

  func withAutomaticWindow() -> ExploreState {
    var state = self
    state.view.window = view.window == .automatic ? .natural : .automatic
    return state
  }
}
