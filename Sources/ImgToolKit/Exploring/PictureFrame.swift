import PixelViews

/// Which part of a picture is on the screen, and how large.
struct PictureFrame: Equatable, Sendable {
  /// The picture's size.
  let imageWidth, imageHeight: Int
  /// The pixels that are seen.
  let visible: Rectangle
  /// The pixels that they get on the screen.
  let width, height: Int
  /// Those of the screen in one of the picture.
  let scale: Double
  private let across, down: Int

  /// - Parameter room: the part of the screen for the picture.
  init(
    width imageWidth: Int, height imageHeight: Int, _ view: ExploreView, in room: Room,
    _ kind: TerminalKind
  ) {
    self.imageWidth = imageWidth
    self.imageHeight = imageHeight
    // As in `Display.size`: a character is two squares high, of which ASCII shows one.
    let isText = kind.drawing == .ascii
    (across, down) =
      kind.drawing.isGraphics ? (kind.cellWidth, kind.cellHeight) : (1, isText ? 1 : 2)
    let squares = isText ? 2.0 : 1.0
    let roomWidth = Double(room.columns * across)
    let roomHeight = Double(room.rows * down) * squares
    let (wide, high) = (Double(imageWidth), Double(imageHeight))
    scale =
      switch view.zoom {
      case .whole: min(1, roomWidth / wide, roomHeight / high)
      case .width: min(1, roomWidth / wide)
      case .power(let power): Double(sign: .plus, exponent: power, significand: 1)
      }
    let isWhole = view.zoom == .whole
    let columns =
      isWhole || view.zoom == .width ? imageWidth : Int(min(wide, max(1, roomWidth / scale)))
    let rows = isWhole ? imageHeight : Int(min(high, max(1, roomHeight / scale)))
    let center = view.center ?? PixelPlace(x: imageWidth / 2, y: 0)
    visible = Rectangle(
      x: max(0, min(imageWidth - columns, center.x - columns / 2)),
      y: max(0, min(imageHeight - rows, center.y - rows / 2)), width: columns, height: rows)
    width = max(1, min(Int(roomWidth), Int((Double(columns) * scale).rounded())))
    height = max(1, min(Int(roomHeight / squares), Int((Double(rows) * scale / squares).rounded())))
  }

  /// Whether nothing of the picture is beside the screen.
  var isWhole: Bool { visible.width == imageWidth && visible.height == imageHeight }

  /// The pixel that is seen in a cell; `nil` beside the picture.
  func place(column: Int, row: Int) -> PixelPlace? {
    guard column * across < width, row * down < height else { return nil }
    // That in the middle of the cell, of which the last may be covered in part.
    let x = min(column * across + across / 2, width - 1)
    let y = min(row * down + down / 2, height - 1)
    return PixelPlace(
      x: visible.x + share(x, of: width, in: visible.width),
      y: visible.y + share(y, of: height, in: visible.height))
  }

  /// The pixel of a picture that one of the screen is of.
  private func share(_ place: Int, of count: Int, in pixels: Int) -> Int {
    // Products of sides of any file need not fit.
    Int((Double(place) * Double(pixels) / Double(count)).rounded(.down))
  }

  /// The cell in which a pixel is seen; `nil` where it is not on the screen.
  func cell(of place: PixelPlace) -> (column: Int, row: Int)? {
    let (x, y) = (place.x - visible.x, place.y - visible.y)
    guard 0..<visible.width ~= x, 0..<visible.height ~= y else { return nil }
    func cell(_ place: Int, _ pixels: Int, _ count: Int) -> Int {
      Int((Double(place) + 0.5) / Double(pixels) * Double(count))
    }
    return (cell(x, visible.width, width) / across, cell(y, visible.height, height) / down)
  }

  /// The pixel in the middle.
  var center: PixelPlace {
    PixelPlace(x: visible.x + visible.width / 2, y: visible.y + visible.height / 2)
  }
}
