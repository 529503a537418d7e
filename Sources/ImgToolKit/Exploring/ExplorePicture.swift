import PixelMemory
import PixelViews

/// The picture of a state on a screen.
struct ExplorePicture: Sendable {
  let thumbnail: Thumbnail
  let frame: PictureFrame
  /// The samples that are black and white.
  let window: ClosedRange<Double>?
  /// What the pixels are before they are shown.
  let format: PixelFormat

  /// The pixels that are read for a picture, nearly, unless the screen shows more: of a larger one every
  /// few columns and rows are, so that a key takes as long for any file.
  private static let fewPixels = 1 << 18

  /// The image with what the view makes of it, its window aside.
  ///
  /// - Throws: ``ToolError`` for a band that is not there.
  static func image(_ source: Source, _ view: ExploreView) throws(ToolError) -> Image {
    do throws(ViewError) {
      let image = source.image.unnoted
      if let band = view.band { return try image.band(band) }
      let isMosaic = image.mosaic != nil && image.width > 1 && image.height > 1
      return isMosaic ? try image.demosaiced(.bilinear) : image
    } catch { throw ToolError(error, name: source.name) }
  }

  /// Refuses a view that cannot be shown.
  static func check(_ source: Source, _ view: ExploreView) throws(ToolError) {
    let image = try image(source, view)
    let window: ClosedRange<Double>? =
      if case .fixed(let low, let high) = view.window { low...high } else { nil }
    guard view.window != .natural else { return }
    do throws(ViewError) { _ = try Rendition(image, window: window ?? 0...1, threads: 1) } catch {
      throw ToolError(error, name: source.name)
    }
  }

  /// - Parameter room: the part of the screen for the picture.
  /// - Throws: ``ToolError`` where the file cannot be read any more.
  init(
    _ source: Source, _ view: ExploreView, in room: Room, _ kind: TerminalKind, threads: Int
  ) throws(ToolError) {
    let image = try ExplorePicture.image(source, view)
    let frame = PictureFrame(
      width: image.width, height: image.height, view, in: room, kind)
    self.frame = frame
    format = image.format
    do throws(ViewError) {
      let seen = try ExplorePicture.thinned(
        frame.isWhole ? image : try image.cropped(to: frame.visible), for: frame)
      let window = try ExplorePicture.window(view.window, of: image, seen, frame, threads)
      let rendition = try Rendition(seen, window: window, threads: threads)
      let side = kind.drawing.isGraphics ? 8 : 2
      thumbnail = try Thumbnail(
        of: rendition, width: frame.width, height: frame.height,
        over: kind.drawing == .ascii ? .black : .checkerboard(side), threads: threads)
      self.window = rendition.window
    } catch { throw ToolError(error, name: source.name) }
  }

  /// The window that is given to the part that is seen; `nil` where its own samples say it.
  private static func window(
    _ window: ExploreView.Window, of image: Image, _ seen: Image, _ frame: PictureFrame,
    _ threads: Int
  ) throws(ViewError) -> ClosedRange<Double>? {
    switch window {
    case .fixed(let low, let high): return low...high
    case .natural where frame.isWhole: return nil
    case .natural, .automatic:
      // That of all rows, so that the picture stays as bright while it moves.
      let whole = try Rendition(try thinned(image, for: frame), threads: threads)
      guard window == .automatic, whole.window == nil else { return whole.window }
      return try whole.image.automaticWindow(threads: threads)
    }
  }

  /// A part of the pixels where they are many more than the screen has.
  private static func thinned(
    _ image: Image, for frame: PictureFrame
  ) throws(ViewError) -> Image {
    let few = max(fewPixels, frame.width * frame.height)
    let excess = Double(image.width) * Double(image.height) / Double(few)
    guard excess > 1 else { return image }
    let step = Int(excess.squareRoot().rounded(.up))
    let columns = max(1, min(step, image.width / frame.width))
    let rows = max(
      1, min(Int((excess / Double(columns)).rounded(.up)), image.height / frame.height))
    return try image.every(columns: columns, rows: rows)
  }
}
