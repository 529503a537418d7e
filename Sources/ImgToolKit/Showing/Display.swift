import PixelMemory
import PixelViews

/// What was asked for about pictures on the screen.
struct ShowOptions: Sendable {
  /// `--protocol`; `nil` for what the terminal can do.
  var drawing: Drawing?
  /// Whether `--color never` leaves letters alone.
  var isColorless = false
  /// `--width`, in cells.
  var width: Int?
  /// Whether each picture takes the place of the one before.
  var isLive = false
  /// The terminal, where it is known already.
  var terminal: TerminalKind?
  /// The room of one of several pictures, which is not drawn by itself.
  var cell: Room?

  /// What is drawn with, whatever the terminal can do.
  var forced: Drawing? { drawing ?? (isColorless ? .ascii : nil) }

  /// `--width` at most.
  static let widest = 1000
}

/// A part of a screen, in cells.
struct Room: Equatable, Sendable {
  var columns, rows: Int
}

/// A picture as a terminal takes it.
struct Shown: Sendable {
  /// What draws it; nothing for one of several.
  var text: String
  /// The picture itself, unless the terminal reads the file.
  var picture: Thumbnail?
  /// The pixels that were computed; those of the image where the terminal reads the file itself.
  let width, height: Int
  var window: ClosedRange<Double>?
  var notes: [String] = []
  /// The file that the terminal is told to read.
  var file: String?
}

/// Draws images for one terminal.
struct Display {
  let kind: TerminalKind
  let choice: ShowOptions
  let threads: Int

  /// - Throws: what reading the image throws.
  func draw(_ image: Image) throws(ViewError) -> Shown {
    if choice.cell == nil, kind.drawing == .kitty, kind.isLocal,
      let part = Kitty.FilePart(image), canRead(part)
    {
      return show(part, of: image)
    }
    let rendition = try Rendition(image, threads: threads)
    let size = size(of: image)
    let isText = kind.drawing == .ascii
    let side = kind.drawing.isGraphics ? 8 : 2
    let picture = try Thumbnail(
      of: rendition, width: size.width, height: size.height,
      over: isText ? .black : .checkerboard(side), threads: threads)
    let isAlone = choice.cell == nil
    return Shown(
      text: isAlone ? encode(picture) : "", picture: picture, width: size.width,
      height: size.height, window: rendition.window,
      notes: rendition.notes + (isAlone ? [rendition.windowNote].compactMap(\.self) : []))
  }

  /// What draws a picture.
  func encode(_ picture: Thumbnail) -> String {
    switch kind.drawing {
    case .kitty: Kitty.encode(picture, placement(nil))
    case .sixel: Sixel.encode(picture)
    case .blocks: Blocks.halfBlocks(picture, .direct)
    case .indexed: Blocks.halfBlocks(picture, .indexed)
    case .ascii: Blocks.characters(picture)
    }
  }

  /// Shows the file's own bytes, in the size of the room for them.
  private func show(_ part: Kitty.FilePart, of image: Image) -> Shown {
    let size = size(of: image)
    let isScaled = size != (part.width, part.height)
    let cells = (
      columns: max(1, (size.width + kind.cellWidth - 1) / kind.cellWidth),
      rows: max(1, (size.height + kind.cellHeight - 1) / kind.cellHeight)
    )
    return Shown(
      text: Kitty.encode(part, placement(isScaled ? cells : nil)), width: part.width,
      height: part.height, file: part.path)
  }

  private func placement(_ cells: (columns: Int, rows: Int)?) -> Kitty.Placement {
    Kitty.Placement(cells: cells, identifier: choice.isLive ? 1 : nil)
  }

  /// Whether the terminal says that it can open the file; one that is not asked is believed.
  private func canRead(_ part: Kitty.FilePart) -> Bool {
    guard choice.drawing == nil else { return true }
    guard let answer = TerminalKind.ask(1, Kitty.question(part)), !answer.isEmpty else {
      return true
    }
    return Kitty.isYes(answer)
  }

  /// The pixels that an image gets: those that fit its cell, or else the screen with a line left for
  /// the prompt. It is not enlarged, unless a width is asked for.
  func size(of image: Image) -> (width: Int, height: Int) {
    let (width, height) = (Double(image.width), Double(image.height))
    // A character is two squares high; half blocks have a pixel in each, ASCII one in both.
    let (across, down) =
      kind.drawing.isGraphics ? (kind.cellWidth, kind.cellHeight) : (1, 2)
    let room =
      choice.cell
      ?? Room(
        columns: choice.width ?? kind.columns,
        rows: max(1, choice.width == nil ? kind.rows - 1 : Display.longest))
    let wide = Double(room.columns * across) / width
    let high = Double(room.rows * down) / height
    var scale = min(wide, high)
    if choice.width == nil { scale = min(1, scale) }
    let squares = kind.drawing == .ascii ? 2.0 : 1.0
    return (
      max(1, Int((width * scale).rounded())),
      max(1, Int((height * scale / squares).rounded()))
    )
  }

  /// The most lines of a picture whose width was asked for.
  private static let longest = 1000
}
