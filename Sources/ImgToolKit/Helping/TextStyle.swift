import PixelMemory

/// How text is marked up: not at all, or by the colors of a terminal (ECMA-48, SGR).
struct TextStyle: Sendable {
  private let isColored: Bool

  static let plain = TextStyle(isColored: false)
  static let colored = TextStyle(isColored: true)

  /// When text is colored, as `--color` has it.
  enum Choice: String, CaseIterable, Sendable { case auto, always, never }

  /// The style for standard output.
  static func output(_ choice: Choice) -> TextStyle {
    switch choice {
    case .always: .colored
    case .never: .plain
    case .auto:
      Syscalls.isTerminal(1) && !isSet("NO_COLOR")
        && Syscalls.environment("TERM") != "dumb" ? .colored : .plain
    }
  }

  func heading(_ text: String) -> String { marked(text, "1") }

  func name(_ text: String) -> String { marked(text, "36") }

  private func marked(_ text: String, _ attribute: String) -> String {
    isColored && !text.isEmpty ? "\u{1B}[\(attribute)m\(text)\u{1B}[0m" : text
  }

  private static func isSet(_ name: String) -> Bool {
    Syscalls.environment(name).map { !$0.isEmpty } ?? false
  }
}
