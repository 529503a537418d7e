import PixelMemory

/// Text of the help, line by line, none of which is longer than the terminal is wide.
struct HelpText {
  private let width: Int
  private let style: TextStyle
  private(set) var lines: [String] = []

  /// Longer lines are hard to read, however wide a terminal is.
  private static let widest = 100
  private static let narrowest = 24

  /// - Parameter width: the columns of the terminal.
  init(width: Int = TextTable.terminalWidth ?? 80, style: TextStyle = .plain) {
    self.width = min(max(width, Self.narrowest), Self.widest)
    self.style = style
  }

  var text: String { lines.joined(separator: "\n") }

  /// A line above a section, with an empty one before it.
  mutating func heading(_ text: String) {
    blank()
    title(text)
  }

  /// A line above a section that follows closely.
  mutating func title(_ text: String) {
    lines += wrapped(text + ":", indent: 0).map(style.heading)
  }

  mutating func blank() {
    if lines.last?.isEmpty == false { lines.append("") }
  }

  mutating func paragraph(_ text: String, indent: Int = 0) {
    lines += wrapped(text, indent: indent)
  }

  /// Terms with what they mean beside them, in a column where there is room for it.
  ///
  /// - Parameter termWidth: what the column is at least wide.
  mutating func rows(_ rows: [(term: String, text: String)], termWidth: Int = 0) {
    let gap = 2
    let longest = max(termWidth, rows.map(\.term.count).max() ?? 0)
    let column = min(longest, max(12, width * 2 / 5 - 2 * gap)) + 2 * gap
    for row in rows {
      let texts = wrapped(row.text, indent: column)
      let terms = wrapped(row.term, indent: gap, hanging: 2 * gap)
      guard terms.count == 1, row.term.count + 2 * gap <= column, let first = texts.first else {
        lines += terms.map { named($0) } + texts
        continue
      }
      lines.append(named(terms[0]) + first.dropFirst(terms[0].count))
      lines += texts.dropFirst()
    }
  }

  /// A term, and what it means below it.
  mutating func entry(_ term: String, _ text: String) {
    lines += wrapped(term, indent: 2, hanging: 6).map { named($0) }
    lines += wrapped(text, indent: 6)
  }

  /// A command line as a shell takes it, and what it does.
  mutating func example(_ example: Example) {
    command(example.line)
    lines += wrapped(example.meaning, indent: 6)
  }

  /// A command line, with a backslash at the end of each line of it but the last.
  mutating func command(_ line: String) {
    let indent = 2
    guard indent + line.count > width else { return lines.append("  " + line) }
    let parts = wrapped(line, indent: indent, hanging: 3 * indent, end: 2)
    lines += parts.dropLast().map { $0 + " \\" } + parts.suffix(1)
  }

  /// A line with a name in it, the spaces before which are left as they are.
  private func named(_ line: String) -> String {
    let spaces = line.prefix { $0 == " " }
    return spaces + style.name(String(line.dropFirst(spaces.count)))
  }

  /// Lines of whole words; a word that is longer than a line is broken.
  ///
  /// - Parameters:
  ///   - hanging: the indent of all lines but the first.
  ///   - end: the columns that stay free at the end of a line.
  private func wrapped(
    _ text: String, indent: Int, hanging: Int? = nil, end: Int = 0
  ) -> [String] {
    let hanging = hanging ?? indent
    var result: [String] = []
    var line = String(repeating: " ", count: indent)
    var isEmpty = true
    func close() {
      result.append(line)
      line = String(repeating: " ", count: hanging)
      isEmpty = true
    }
    for word in text.split(separator: " ") {
      var word = word
      if !isEmpty, line.count + 1 + word.count > width - end { close() }
      while line.count + word.count > width - end {
        let head = word.prefix(breakingPoint(of: word, room: width - end - line.count))
        line += head
        word = word.dropFirst(head.count)
        close()
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    if !isEmpty || result.isEmpty { close() }
    return result
  }

  /// How many characters of a long word stand on its first line: up to a `|`, if there is one.
  private func breakingPoint(of word: Substring, room: Int) -> Int {
    let head = word.prefix(max(1, room))
    guard let bar = head.lastIndex(of: "|") else { return head.count }
    return head.distance(from: head.startIndex, to: bar) + 1
  }
}
