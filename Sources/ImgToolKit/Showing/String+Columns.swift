/// The columns that terminals give to texts.
extension String {
  /// How many columns wide the text is.
  var columns: Int { reduce(0) { $0 + $1.columns } }

  /// The text, or as much of its end as fits so many columns after a mark for what was cut.
  func cut(toColumns width: Int, mark: Character = "…") -> String {
    guard columns > width else { return self }
    var (end, room) = (endIndex, width - mark.columns)
    while end > startIndex, case let before = index(before: end), self[before].columns <= room {
      room -= self[before].columns
      end = before
    }
    return width < mark.columns ? "" : String(mark) + self[end...]
  }

  /// The text, or as much of its start as fits so many columns before a mark for what was cut.
  func begin(toColumns width: Int, mark: Character = "…") -> String {
    guard columns > width else { return self }
    var (end, room) = (startIndex, width - mark.columns)
    while end < endIndex, self[end].columns <= room {
      room -= self[end].columns
      end = index(after: end)
    }
    return width < mark.columns ? "" : self[..<end] + String(mark)
  }
}

extension Character {
  /// 2 for what East Asian fonts and those of emoji draw wide, 0 for marks without a letter.
  fileprivate var columns: Int {
    guard let first = unicodeScalars.first, first.value >= 0x300 else { return 1 }
    let properties = first.properties
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    let isEmoji = properties.isEmojiPresentation || unicodeScalars.contains("\u{FE0F}")
    return isEmoji || Character.wide.contains { $0.contains(first.value) } ? 2 : 1
  }

  /// Blocks whose characters are wide or full-width (Unicode Standard Annex 11).
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
    0x17000...0x18CFF, 0x1B000...0x1B2FF, 0x20000...0x3FFFD,
  ]
}
