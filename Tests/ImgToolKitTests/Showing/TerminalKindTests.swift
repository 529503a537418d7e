import Testing

@testable import ImgToolKit

@Suite struct TerminalKindTests {
  typealias Environment = TerminalKind.Environment

  private func environment(
    _ variables: [String: String], isTerminal: Bool = true
  ) -> Environment {
    Environment(variable: { variables[$0] }, isTerminal: isTerminal)
  }

  @Test(
    "A terminal that says what it is is believed without a question",
    arguments: [
      (["TERM": "xterm-kitty"], .kitty), (["TERM": "xterm-ghostty"], .kitty),
      (["TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"], .kitty),
      (["TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"], .kitty),
      (["TERM": "foot"], .sixel), (["TERM": "foot-extra"], .sixel),
      (["TERM": "foot-direct"], .sixel), (["TERM": "xterm-kitty-direct"], .kitty),
      (["TERM": "mlterm-256color"], .sixel),
      (["TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"], .sixel),
      (["TERM": "dumb"], .ascii), ([:], .ascii), (["TERM": ""], .ascii),
      (["TERM": "xterm-kitty", "NO_COLOR": "1"], .ascii),
    ] as [([String: String], Drawing)])
  func told(_ variables: [String: String], _ expected: Drawing) {
    #expect(environment(variables).drawing == expected)
  }

  @Test(
    "What is around a multiplexer, or unknown, is asked",
    arguments: [
      ["TERM": "xterm-kitty", "TMUX": "/tmp/tmux-0/default,1,0"],
      ["TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"],
      ["TERM": "screen", "TERM_PROGRAM": "WezTerm"], ["TERM": "xterm-256color"],
      ["TERM": "xterm-256color", "NO_COLOR": ""],
    ])
  func unknown(_ variables: [String: String]) {
    #expect(environment(variables).drawing == nil)
  }

  @Test("What is no terminal gets characters, whatever the environment says")
  func noTerminal() {
    #expect(environment(["TERM": "xterm-kitty"], isTerminal: false).drawing == .ascii)
  }

  @Test(
    "An answer decides between graphics and characters",
    arguments: [
      ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;c", .kitty),
      ("\u{1B}_Gi=31;EINVAL:no\u{1B}\\\u{1B}[?62;4c", .sixel),
      ("\u{1B}[?62;4;22c", .sixel), ("\u{1B}[?63;1;2;4c", .sixel),
      ("\u{1B}[?4;6c", .indexed), ("\u{1B}[?1;2c", .indexed), ("\u{1B}[?62;4;2", .indexed),
      ("\u{1B}[?64;14;24c", .indexed), ("", .indexed), (nil, .indexed),
    ] as [(String?, Drawing)])
  func answers(_ answer: String?, _ expected: Drawing) {
    let bytes = answer.map { Array($0.utf8) }
    #expect(environment(["TERM": "xterm-256color"]).drawing(answer: bytes) == expected)
  }

  @Test(
    "Colors and characters are those that the terminal and the locale have",
    arguments: [
      (["TERM": "xterm-256color", "COLORTERM": "truecolor"], .blocks),
      (["TERM": "xterm", "COLORTERM": "24bit"], .blocks), (["TERM": "xterm-direct"], .blocks),
      (["TERM": "xterm"], .indexed), (["TERM": "linux"], .indexed), (["TERM": "vt100"], .ascii),
      (["TERM": "xterm", "LANG": "de_DE.ISO-8859-1"], .ascii),
      (["TERM": "xterm", "LANG": "de_DE.ISO-8859-1", "LC_ALL": "C.UTF-8"], .indexed),
      (["TERM": "xterm", "LC_ALL": "", "LANG": "en_US.utf8"], .indexed),
      (["TERM": "xterm", "LANG": "en_US"], .indexed),
      (["TERM": "xterm", "LANG": "C"], .ascii), (["TERM": "xterm", "LC_ALL": "POSIX"], .ascii),
      (["TERM": "foot", "TMUX": "x"], .blocks), (["TERM": "foot-extra", "STY": "x"], .blocks),
      (["TERM": "alacritty"], .blocks), (["TERM": "alacritty-direct"], .blocks),
      (["TERM": "wezterm"], .blocks), (["TERM": "mlterm", "TMUX": "x"], .blocks),
      (["TERM": "rio"], .blocks),
      (["TERM": "st-256color"], .blocks), (["TERM": "rxvt-256color"], .indexed),
      (["TERM": "stterm-256color"], .indexed), (["TERM": "riot"], .ascii),
      (["TERM": "tmux-256color"], .indexed), (["TERM": "screen.xterm"], .indexed),
    ] as [([String: String], Drawing)])
  func characters(_ variables: [String: String], _ expected: Drawing) {
    #expect(environment(variables).drawing(answer: nil) == expected)
  }

  @Test(
    "Over SSH the files are not the terminal's",
    arguments: ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"])
  func local(_ name: String) {
    #expect(environment([:]).isLocal)
    #expect(environment([name: ""]).isLocal)
    #expect(!environment([name: "x"]).isLocal)
  }

  @Test("A cell's size comes from the window's, where that is told")
  func cells() {
    let told = TerminalKind(
      drawing: .sixel, size: .init(columns: 100, rows: 50, width: 1000, height: 1000))
    #expect((told.columns, told.rows, told.cellWidth, told.cellHeight) == (100, 50, 10, 20))
    let silent = TerminalKind(drawing: .sixel, size: .init(columns: 100, rows: 50))
    #expect((silent.cellWidth, silent.cellHeight) == (8, 16))
    let none = TerminalKind(drawing: .ascii)
    #expect((none.columns, none.rows) == (80, 24))
  }
}
