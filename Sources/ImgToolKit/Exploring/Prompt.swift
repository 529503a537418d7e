import PixelViews

/// A line that the user types.
struct Prompt: Equatable, Sendable {
  enum Kind: Sendable {
    case width, height, offset, format
    /// The names of files that are written.
    case picture, layout

    var question: String {
      switch self {
      case .width: "width in pixels: "
      case .height: "rows (none: all there are): "
      case .offset: "offset in bytes: "
      case .format: "rawmode: "
      case .picture: "save picture as: "
      case .layout: "save layout as: "
      }
    }
  }

  let kind: Kind
  var text = ""
  /// What Tab has completed, and which of the names it has put there.
  private var completed: (stem: String, turn: Int)?

  init(_ kind: Kind, text: String = "") {
    self.kind = kind
    self.text = text
  }

  /// Names that go on as the text does, then those that have it within.
  func candidates(for stem: String) -> [String] {
    guard kind == .format, !stem.isEmpty else { return [] }
    let typed = stem.lowercased()
    var seen: Set<String> = []
    let names = Rawmode.all.flatMap { [$0.name] + $0.aliases }.filter { seen.insert($0).inserted }
    return names.filter { $0.lowercased().hasPrefix(typed) }
      + names.filter {
        !$0.lowercased().hasPrefix(typed) && $0.lowercased().contains(typed)
      }
  }

  /// Names to choose from now.
  var candidates: [String] { candidates(for: completed?.stem ?? text) }

  /// What a key makes of the line; false for a key that ends it or means nothing in it.
  mutating func type(_ key: Key) -> Bool {
    switch key {
    case .character(let character): text.append(character)
    case .named(.backspace, _): if !text.isEmpty { text.removeLast() }
    case .control("u"): text = ""
    case .named(.tab, let isShifted):
      let names = candidates
      guard !names.isEmpty else { return true }
      let stem = completed?.stem ?? text
      let turn = completed.map { $0.turn + (isShifted ? -1 : 1) } ?? 0
      let index = ((turn % names.count) + names.count) % names.count
      text = names[index]
      completed = (stem, index)
      return true
    default: return false
    }
    completed = nil
    return true
  }

  static func == (one: Prompt, other: Prompt) -> Bool {
    one.kind == other.kind && one.text == other.text
  }
}
