/// What a key does while a layout is explored. The same records feed the keyboard, the page behind `?`, the
/// help, the man page and the documentation.
struct ExploreKey: Sendable {
  enum Deed: Sendable {
    /// Another layout, or another look at it.
    case change(@Sendable (ExploreState, ExploreScene) throws(ToolError) -> ExploreState)
    /// So many guesses further.
    case guess(Int)
    case ask(Prompt.Kind)
    case undo, bytes, help, redraw
    /// The end, with or without an answer.
    case accept, cancel
  }

  /// As the help names them.
  let label: String
  let summary: String
  let deeds: [Key: Deed]

  init(_ label: String, _ summary: String, _ deeds: [Key: Deed]) {
    self.label = label
    self.summary = summary
    self.deeds = deeds
  }

  /// What each key does.
  static let deeds: [Key: Deed] = Dictionary(all.flatMap(\.deeds).map { ($0.key, $0.value) }) {
    first, _ in first
  }
}
