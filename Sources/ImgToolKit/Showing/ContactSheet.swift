import PixelMemory

/// Thumbnails of several files side by side, with their names under them. A row is drawn when it is
/// full, so that no more than a row of pictures is held.
struct ContactSheet {
  /// The picture of a file, or why there is none.
  struct Entry {
    let name: String
    var picture: Thumbnail?
    var reason: String?

    /// - Parameters:
    ///   - path: the file, as the user named it.
    ///   - name: what is left of that where all names begin alike.
    init(_ path: String, name: String, _ result: Result<Thumbnail?, ToolError>) {
      self.name = ContactSheet.plain(name)
      switch result {
      case .success(let picture): self.picture = picture
      case .failure(let error):
        let subject = "\(path): "
        let message = error.message
        reason = ContactSheet.plain(
          message.hasPrefix(subject) ? String(message.dropFirst(subject.count)) : message)
      }
    }
  }

  private static func plain(_ text: String) -> String {
    FileName.readable(text).withoutControls()
  }

  let display: Display
  /// How many entries stand side by side.
  let count: Int
  /// The room of a picture.
  let cell: Room
  private var row: [Entry] = []

  /// The columns between two entries.
  private static let gap = 1
  /// The fewest columns of an entry, where the screen has them.
  private static let least = 16
  /// The most lines that say why there is no picture.
  private static let reasonLines = 4

  /// A sheet that shows as many entries as large as the screen allows, or goes beyond it with small
  /// ones.
  init(of total: Int, on display: Display) {
    self.display = display
    let width = display.choice.width ?? display.kind.columns
    let room = max(2, display.kind.rows - 1)
    let fitting = (width + ContactSheet.gap) / (ContactSheet.least + ContactSheet.gap)
    let most = max(1, min(total, fitting))
    func columns(_ count: Int) -> Int {
      max(1, (width - (count - 1) * ContactSheet.gap) / count)
    }
    // Cells are squares, for columns are half as wide as lines are high; below each stands a name.
    func lines(_ count: Int) -> Int { max(1, columns(count) / 2) }
    count =
      (1...most).first { (total + $0 - 1) / $0 * (lines($0) + 1) <= room } ?? most
    cell = Room(columns: columns(count), rows: min(lines(count), room - 1))
  }

  /// Takes an entry, and gives the text of a row where that is full.
  mutating func add(_ entry: Entry) -> String? {
    row.append(entry)
    return row.count == count ? takeRow() : nil
  }

  /// The text of the entries that no row was full of, and starts a new one.
  mutating func takeRow() -> String? {
    guard !row.isEmpty else { return nil }
    defer { row = [] }
    let lines = row.map(caption)
    let captions = (0..<(lines.map(\.count).max() ?? 0)).map { index in
      ContactSheet.line(lines.map { index < $0.count ? $0[index] : "" }, cell.columns)
    }
    let pictures = row.map(\.picture)
    guard pictures.contains(where: { $0 != nil }) else { return captions.joined(separator: "\n") }
    let across = display.kind.drawing.isGraphics ? display.kind.cellWidth : 1
    let strip = Thumbnail(
      pictures, each: cell.columns * across, apart: ContactSheet.gap * across)
    return ([display.encode(strip)] + captions).joined(separator: "\n")
  }

  /// The name, and the reason why there is no picture, in lines that fit.
  private func caption(_ entry: Entry) -> [String] {
    let mark: Character = display.kind.drawing == .ascii ? "~" : "…"
    guard let reason = entry.reason else {
      return [entry.name.cut(toColumns: cell.columns, mark: mark)]
    }
    var lines = TextTable.wrapped(reason, to: cell.columns)
    if lines.count > ContactSheet.reasonLines {
      lines = Array(lines.prefix(ContactSheet.reasonLines))
      lines[lines.count - 1] += "…"
    }
    return ([entry.name] + lines).map { $0.cut(toColumns: cell.columns, mark: mark) }
  }

  /// Texts in columns of a width, without the spaces after the last.
  private static func line(_ texts: [String], _ width: Int) -> String {
    var line = ""
    var column = 0
    for (index, text) in texts.enumerated() where !text.isEmpty {
      let start = index * (width + gap)
      line += String(repeating: " ", count: max(0, start - column)) + text
      column = start + text.columns
    }
    return line
  }

  /// Names without the directories that all of them are in.
  static func names(_ paths: [String]) -> [String] {
    var parts = paths.map { $0.split(separator: "/", omittingEmptySubsequences: false)[...] }
    while let first = parts.first?.first,
      parts.allSatisfy({ $0.count > 1 && $0.first == first })
    {
      for index in parts.indices { parts[index].removeFirst() }
    }
    return parts.map { $0.joined(separator: "/") }
  }
}
