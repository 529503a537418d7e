import PixelViews

/// How pixels are stored.
extension ExploreState {
  /// Options that are for some ways to store pixels alone.
  private static let dependent = [
    "--justify", "--palette", "--matrix", "--range", "--chroma", "--siting", "--order",
    "--chroma-stride", "--plane-rows", "--plane-offset", "--plane-stride", "--interleave",
    "--scale",
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
