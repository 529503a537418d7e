import PixelMemory

/// Rows of cells in columns as wide as their longest cell. Where that is wider than the terminal, the
/// widest columns are narrowed and their cells wrapped between words; where words are too wide for
/// that, the last columns stand below their rows.
struct TextTable {
  /// The first one is the heading.
  let rows: [[String]]

  /// The columns of the terminal that answers go to, from `COLUMNS` where it does not tell them; `nil`
  /// where answers go elsewhere, a line for a row.
  static var terminalWidth: Int? {
    guard Syscalls.isTerminal(1) else { return nil }
    let told = Syscalls.environment("COLUMNS").flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil }
    return Syscalls.terminalSize(1)?.columns ?? told ?? 80
  }

  func text(width: Int? = terminalWidth) -> String {
    guard let first = rows.first else { return "" }
    var columns = first.indices
    let natural = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var widths = natural
    if let width {
      let counts = columns.map { $0 + 1 }.reversed()
      let count = counts.first { narrowed(natural.prefix($0), to: width).total <= width }
      columns = 0..<(count ?? columns.count)
      widths = narrowed(natural.prefix(columns.count), to: width).widths
    }
    return rows.enumerated().map { index, row in
      let cells = columns.map { TextTable.wrapped(row[$0], to: widths[$0]) }
      let height = cells.map(\.count).max() ?? 1
      var lines = (0..<height).map { line in
        let parts = columns.map { column in
          let part = line < cells[column].count ? cells[column][line] : ""
          return part + String(repeating: " ", count: max(0, widths[column] - part.count))
        }
        return parts.joined(separator: TextTable.gap).trimmingSpaces
      }
      if index > 0, let width {
        for column in columns.upperBound..<row.count where row[column] != "-" {
          lines += TextTable.wrapped(first[column] + ": " + row[column], to: width - 4).map {
            "    " + $0
          }
        }
      }
      return lines.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private static let gap = "  "

  /// The first columns with what is too much taken from the widest ones, as long as their words
  /// still fit, and how wide all of them are then.
  private func narrowed(
    _ natural: ArraySlice<Int>, to width: Int
  ) -> (widths: [Int], total: Int) {
    var widths = Array(natural)
    let least = widths.indices.map { column in
      rows.flatMap { $0[column].split(separator: " ") }.map(\.count).max() ?? 0
    }
    let gaps = TextTable.gap.count * (widths.count - 1)
    while widths.reduce(gaps, +) > width {
      let shrinkable = widths.indices.filter { widths[$0] > least[$0] }
      guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
    }
    return (widths, widths.reduce(gaps, +))
  }

  /// Lines of whole words; a word that is longer has one for itself.
  static func wrapped(_ text: String, to width: Int) -> [String] {
    guard text.count > width else { return [text] }
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
  }
}
