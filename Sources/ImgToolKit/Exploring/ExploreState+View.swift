import PixelViews

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
      throw ToolError(
        "all rows are on the screen; + enlarges the picture, z shows it in its own pixels")
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
