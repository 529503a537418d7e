import PixelMemory

/// Rows of cells in columns as wide as their longest cell. Where that is wider than the terminal, the
/// widest columns are narrowed and their cells wrapped between words.
struct TextTable {
  /// The first one is the heading.
  let rows: [[String]]

  /// The columns of the terminal that answers go to; `nil` where they go elsewhere, a line for a row.
  static var terminalWidth: Int? {
    Syscalls.isTerminal(1) ? Syscalls.terminalSize(1)?.columns ?? 80 : nil
  }

  func text(width: Int? = terminalWidth) -> String {
    guard let first = rows.first else { return "" }
    let columns = first.indices
    var widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
    if let width { narrow(&widths, to: width) }
    return rows.map { row in
      let cells = columns.map { TextTable.wrapped(row[$0], to: widths[$0]) }
      let height = cells.map(\.count).max() ?? 1
      return (0..<height).map { line in
        let parts = columns.map { column in
          let part = line < cells[column].count ? cells[column][line] : ""
          return part + String(repeating: " ", count: max(0, widths[column] - part.count))
        }
        return parts.joined(separator: TextTable.gap).trimmingSpaces
      }.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private static let gap = "  "

  /// Takes from the widest column what is too much, as long as the words in it still fit.
  private func narrow(_ widths: inout [Int], to width: Int) {
    let least = widths.indices.map { column in
      rows.flatMap { $0[column].split(separator: " ") }.map(\.count).max() ?? 0
    }
    let gaps = TextTable.gap.count * (widths.count - 1)
    while widths.reduce(gaps, +) > width {
      let shrinkable = widths.indices.filter { widths[$0] > least[$0] }
      guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { return }
      widths[widest] -= 1
    }
  }

  private static func wrapped(_ text: String, to width: Int) -> [String] {
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
