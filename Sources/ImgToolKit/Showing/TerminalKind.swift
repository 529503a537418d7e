import PixelMemory

/// How a picture is put on a screen.
enum Drawing: String, CaseIterable, Sendable {
  case kitty, sixel, blocks
  /// Half blocks in the 256 colors of xterm.
  case indexed = "256"
  case ascii

  /// Whether the picture is made of pixels and not of characters.
  var isGraphics: Bool { self == .kitty || self == .sixel }
}

/// What is known of the terminal that a picture is for.
struct TerminalKind: Sendable {
  var drawing: Drawing
  /// In cells; 80x24 where it is not a terminal.
  var columns = 80
  var rows = 24
  /// The pixels of a cell. Terminals that do not tell have cells twice as high as wide.
  var cellWidth = 8
  var cellHeight = 16
  /// Whether the terminal runs on this machine and can open our files.
  var isLocal = true

  init(drawing: Drawing, size: Syscalls.TerminalSize? = nil) {
    self.drawing = drawing
    guard let size else { return }
    columns = size.columns
    rows = size.rows
    if size.width >= size.columns, size.height >= size.rows {
      cellWidth = size.width / size.columns
      cellHeight = size.height / size.rows
    }
  }
}

extension TerminalKind {
  /// The terminal behind a descriptor, by what its environment and it itself say.
  ///
  /// It is asked only where the environment is silent.
  static func detect(_ descriptor: Int32, forced: Drawing?) -> TerminalKind {
    let environment = Environment(of: descriptor)
    let drawing =
      forced ?? environment.drawing
      ?? environment.drawing(answer: ask(descriptor, Kitty.question))
    var kind = TerminalKind(drawing: drawing, size: Syscalls.terminalSize(descriptor))
    kind.isLocal = environment.isLocal
    return kind
  }

  /// Puts a question that only some terminals answer, and then one that every terminal does, within
  /// a third of a second: for the primary device attributes. The number 4 among them is sixel.
  static func ask(_ descriptor: Int32, _ question: String) -> [UInt8]? {
    Syscalls.askTerminal(
      question + "\u{1B}[c", input: 0, output: descriptor, until: UInt8(ascii: "c"),
      nanoseconds: 330_000_000)
  }

  /// What a terminal's environment says of it.
  struct Environment {
    var variable: (String) -> String?
    var isTerminal: Bool

    private func has(_ name: String) -> Bool { variable(name)?.isEmpty == false }

    /// Files that we name are files that the terminal can open.
    var isLocal: Bool { !has("SSH_CONNECTION") && !has("SSH_TTY") && !has("SSH_CLIENT") }

    /// What to draw with; `nil` where the terminal itself has to be asked.
    var drawing: Drawing? {
      let name = variable("TERM") ?? ""
      if !isTerminal || has("NO_COLOR") || name.isEmpty || name == "dumb" { return .ascii }
      // A multiplexer passes on no graphics that it does not know, whatever is around it.
      let isInside = has("TMUX") || has("STY") || name.hasPrefix("tmux") || name.hasPrefix("screen")
      if isInside { return nil }
      let graphics = Environment.known.lazy.filter { $0.matches(name) }.compactMap(\.graphics)
      if let first = graphics.first { return first }
      if has("KITTY_WINDOW_ID") { return .kitty }
      switch variable("TERM_PROGRAM")?.lowercased() {
      case "ghostty", "wezterm": return .kitty
      case "mintty", "iterm.app": return .sixel
      default: return nil
      }
    }

    /// What to draw with when the terminal has answered, or has not.
    func drawing(answer: [UInt8]?) -> Drawing {
      if let drawing { return drawing }
      if Kitty.isYes(answer ?? []) { return .kitty }
      let text = String(decoding: answer ?? [], as: UTF8.self)
      if let start = text.firstRange(of: "\u{1B}[?"), text.hasSuffix("c") {
        let numbers = text[start.upperBound...].dropLast().split(separator: ";").dropFirst()
        if numbers.contains("4") { return .sixel }
      }
      return characters
    }

    /// The finest of the ways to draw with characters.
    private var characters: Drawing {
      guard hasBlocks else { return .ascii }
      let name = variable("TERM") ?? ""
      let colors = variable("COLORTERM")?.lowercased() ?? ""
      if colors == "truecolor" || colors == "24bit" { return .blocks }
      return Environment.known.first { $0.matches(name) }?.characters ?? .ascii
    }

    /// Whether the locale has the block elements of Unicode. One that says nothing is believed to.
    var hasBlocks: Bool {
      let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first { !$0.isEmpty }
      guard let locale, locale != "C", locale != "POSIX" else { return locale == nil }
      let charset = locale.split(separator: ".").dropFirst().first?.lowercased() ?? ""
      return charset.isEmpty || charset.hasPrefix("utf")
    }

    /// Names in `TERM`, and what every terminal of the name has; the first that fits counts.
    private static let known: [KnownName] = [
      KnownName(end: "-direct", .blocks),
      KnownName("xterm-kitty", .blocks, .kitty), KnownName("kitty", .blocks, .kitty),
      KnownName("xterm-ghostty", .blocks, .kitty), KnownName("ghostty", .blocks, .kitty),
      KnownName("foot", .blocks, .sixel), KnownName("mlterm", .blocks, .sixel),
      KnownName("contour", .blocks, .sixel), KnownName("yaft", .indexed, .sixel),
      KnownName("alacritty", .blocks), KnownName("wezterm", .blocks), KnownName("rio", .blocks),
      KnownName("st-256color", .blocks),
      KnownName("xterm", .indexed), KnownName("tmux", .indexed), KnownName("screen", .indexed),
      // It has 16 colors and shows the nearest of them for each of the 256.
      KnownName("linux", .indexed),
      KnownName(end: "-256color", .indexed),
    ]

    /// A name with a variant after it, or an ending.
    private struct KnownName {
      let start: String
      let end: String
      /// The finest drawing with characters.
      let characters: Drawing
      /// `nil` for terminals that have to be asked.
      let graphics: Drawing?

      init(
        _ start: String = "", end: String = "", _ characters: Drawing, _ graphics: Drawing? = nil
      ) {
        (self.start, self.end) = (start, end)
        (self.characters, self.graphics) = (characters, graphics)
      }

      func matches(_ name: String) -> Bool {
        guard name.hasPrefix(start), name.hasSuffix(end) else { return false }
        guard !start.isEmpty else { return true }
        return name.dropFirst(start.count).first.map { "-.".contains($0) } ?? true
      }
    }
  }
}

extension TerminalKind.Environment {
  /// That of this process.
  init(of descriptor: Int32) {
    self.init(
      variable: { Syscalls.environment($0) }, isTerminal: Syscalls.isTerminal(descriptor))
  }
}
