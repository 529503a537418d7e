import PixelMemory
import PixelViews

/// What is drawn around the picture, as lines of text, and how all of it is put on a screen.
struct ExploreScreen {
  var kind: TerminalKind
  /// Whether the screen has no more than ASCII.
  let isPlain: Bool
  /// The most columns of the picture; `nil` for all there are.
  let width: Int?
  /// The picture that is on the screen; `nil` where something else may be.
  private var drawn: Thumbnail?

  init(_ kind: TerminalKind, isPlain: Bool, width: Int?) {
    self.kind = kind
    self.isPlain = isPlain
    self.width = width
  }

  /// What is told below the picture.
  struct Lines {
    var strip: LikenessStrip?
    var numbers = ""
    var pixel = ""
    var command = ""
    /// The last line: a message, a question, or what to do.
    var message = ""
    /// Whether the message is a line that is being typed.
    var isTyping = false
  }

  /// The lines below the picture: fewer on a low screen.
  var lineCount: Int {
    switch kind.rows {
    case 12...: 5
    case 9...: 4
    case 7...: 3
    default: max(1, min(2, kind.rows - 1))
    }
  }

  /// The part of the screen for the picture.
  var room: Room {
    Room(columns: max(1, min(kind.columns, width ?? .max)), rows: max(1, kind.rows - lineCount))
  }

  /// Forgets what is on the screen.
  mutating func forget() { drawn = nil }

  /// The columns of the strip.
  var stripWidth: Int { max(1, kind.columns) }

  /// What makes the screen show this, to be written at once.
  ///
  /// - Parameter cursor: the cell of the pixel that is told of.
  mutating func text(
    _ picture: Thumbnail?, _ lines: Lines, cursor: (column: Int, row: Int)?
  ) -> String {
    var text = "\u{1B}[?2026h\u{1B}[?25l"
    if let picture, drawn != picture {
      text += draw(picture)
      drawn = picture
    }
    let shown = chosen(lines)
    for (index, line) in shown.enumerated() {
      text += at(room.rows + index) + line + "\u{1B}[0m\u{1B}[K"
    }
    if lines.isTyping {
      let column = min(kind.columns - 1, lines.message.columns)
      text += at(room.rows + shown.count - 1, column) + "\u{1B}[?25h"
    } else if let cursor {
      text += at(cursor.row, cursor.column) + "\u{1B}[?25h"
    }
    return text + "\u{1B}[?2026l"
  }

  private func at(_ row: Int, _ column: Int = 0) -> String { "\u{1B}[\(row + 1);\(column + 1)H" }

  private func draw(_ picture: Thumbnail) -> String {
    var choice = ShowOptions()
    choice.isLive = true
    let encoded = Display(kind: kind, choice: choice, threads: 1).encode(picture)
    let rows = kind.drawing.isGraphics ? [] : encoded.split(separator: "\n").map(String.init)
    var text = ""
    for row in 0..<room.rows {
      text += at(row) + (row < rows.count ? rows[row] : "") + "\u{1B}[0m\u{1B}[K"
    }
    return kind.drawing.isGraphics ? text + at(0) + encoded : text
  }

  /// The lines that there is room for.
  private func chosen(_ lines: Lines) -> [String] {
    let strip = lines.strip?.text(isPlain) ?? ""
    let message = cut(lines.message)
    switch lineCount {
    case 5: return [strip, cut(lines.numbers), cut(lines.pixel), cut(lines.command), message]
    case 4: return [strip, cut(lines.numbers), cut(lines.command), message]
    case 3: return [cut(lines.numbers), cut(lines.command), message]
    case 2: return [cut(lines.numbers), message]
    default: return [message]
    }
  }

  private func cut(_ text: String) -> String {
    let text = isPlain ? ExploreScreen.plain(text) : text
    return text.begin(toColumns: kind.columns, mark: isPlain ? "~" : "…")
  }

  /// The text with letters in place of signs that a plain screen has not.
  private static func plain(_ text: String) -> String {
    let words: [Character: String] = [
      "←": "Left", "→": "Right", "↑": "Up", "↓": "Down", "·": "|", "…": "...", "²": "2",
    ]
    return text.map { words[$0] ?? ($0.isASCII ? String($0) : "?") }.joined()
  }

  /// How many pages the keys take.
  var helpPageCount: Int {
    let rows = max(1, kind.rows - 1)
    return (ExploreKey.all.count + rows - 1) / rows
  }

  private var helpLines: [String] {
    let lines = ExploreKey.all.map { key in
      (label: isPlain ? ExploreScreen.plain(key.label) : key.label, key.summary)
    }
    let width = (lines.map(\.label.count).max() ?? 0) + 2
    return lines.map { label, summary in
      label + String(repeating: " ", count: width - label.count) + summary
    }
  }

  /// A page of the keys.
  mutating func help(page: Int) -> String {
    drawn = nil
    let rows = max(1, kind.rows - 1)
    let lines = helpLines.dropFirst(page * rows).prefix(rows)
    let isLast = page + 1 >= helpPageCount
    var text = "\u{1B}[?2026h\u{1B}[?25l" + (kind.drawing == .kitty ? Kitty.removal : "")
    text += at(0) + "\u{1B}[J"
    for (row, line) in lines.enumerated() { text += at(row) + cut(line) }
    text +=
      at(kind.rows - 1) + cut(isLast ? "any key goes back" : "any key shows more, q goes back")
    return text + "\u{1B}[?2026l"
  }
}
