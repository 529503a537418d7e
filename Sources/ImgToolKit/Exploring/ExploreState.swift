import PixelViews

/// A place on the way to a layout: what would be typed for it, and how it is looked at.
///
/// It is a plain value. A key makes a new one of it, the parser and the opener of `frombuffer` judge
/// that, and undoing is going back to the one before.
struct ExploreState: Hashable, Sendable {
  /// `nil` for a layout file, which says its own size.
  var width: Int?
  /// The rows that were asked for, of which those are shown that the file holds; `nil` for all there
  /// are.
  var height: Int?
  /// All other options.
  var rest: TypedLayout
  var view = ExploreView()

  /// - Parameter layout: what was typed, or what a guess says.
  /// - Throws: ``ToolError`` as `frombuffer` refuses it.
  init(_ layout: TypedLayout, of file: ExploredFile) throws(ToolError) {
    let facts = try LayoutFacts(layout, of: file)
    rest = layout.without(["--size"])
    guard let size = layout["--size"] else { return }
    width = facts.width
    height = facts.frameHeight
    if size.hasSuffix("x") { height = nil }
    if height != nil, !facts.options.layout.choosesFrame {
      // A picture that goes to the end of the file goes there with other widths as well.
      var whole = self
      whole.height = nil
      if let found = try? whole.facts(of: file), found.frameHeight == height { height = nil }
    }
    guard let rawmode = facts.rawmode else { return }
    // A name that tells the mosaic serves every command; `--bayer` needs a step behind it.
    let alias = facts.mosaic.flatMap { rawmode.mosaicNames[$0.name] }
    if facts.options.bayer != nil, alias == nil { return }
    var named = self
    named.rest["--bayer"] = nil
    let isTold = layout["--rawmode"].flatMap { Mosaic(rawmode: $0) } != nil
    named.rest.name(rawmode, as: isTold ? layout["--rawmode"] : alias)
    let found = try? named.facts(of: file).resolved
    guard let found, found.layout == facts.resolved.layout, found.format == facts.resolved.format,
      found.shownMode == facts.resolved.shownMode
    else { return }
    rest = named.rest
  }

  /// What the layout is for a file.
  ///
  /// - Throws: ``ToolError`` as `frombuffer` refuses it.
  func facts(of file: ExploredFile) throws(ToolError) -> LayoutFacts {
    var layout = rest
    guard let width else { return try LayoutFacts(layout, of: file) }
    layout["--size"] = "\(width)x"
    guard let height else { return try LayoutFacts(layout, of: file) }
    var exact = layout
    exact["--size"] = "\(width)x\(height)"
    do throws(ToolError) { return try LayoutFacts(exact, of: file) } catch {
      guard let fewer = try? LayoutFacts(layout, of: file) else { throw error }
      return fewer
    }
  }

  /// The first of some states that the file takes.
  ///
  /// - Throws: ``ToolError`` of the first one when it takes none.
  static func first(
    of states: [ExploreState], for file: ExploredFile
  ) throws(ToolError) -> ExploreState {
    var failure: ToolError?
    for state in states {
      do throws(ToolError) {
        _ = try state.facts(of: file)
        return state
      } catch { failure = failure ?? error }
    }
    throw failure ?? ToolError("there is nothing to choose from")
  }
}

/// How the picture is looked at. It is no part of the layout.
struct ExploreView: Hashable, Sendable {
  enum Zoom: Hashable, Sendable {
    /// All of the picture.
    case whole
    /// All columns; rows follow below.
    case width
    /// Each pixel of the picture is 2^n of the screen.
    case power(Int)
  }

  enum Window: Hashable, Sendable {
    /// As `show` does: samples of 8 bits as they are, others from the smallest to the largest.
    case natural
    /// From the smallest to the largest.
    case automatic
    case fixed(Double, Double)
  }

  var zoom = Zoom.whole
  /// The pixel in the middle of the screen, where not all are on it.
  var center: PixelPlace?
  /// The pixel that is told of.
  var cursor = PixelPlace(x: 0, y: 0)
  var isCursorShown = false
  /// The band that is shown alone.
  var band: Int?
  var window = Window.natural
}

/// A pixel of the picture, from the top left.
struct PixelPlace: Hashable, Sendable {
  var x, y: Int
}
