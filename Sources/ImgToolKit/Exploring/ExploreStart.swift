import PixelMemory
import PixelViews

/// A layout that may be right, and why.
struct Guessed: Sendable {
  let layout: TypedLayout
  let reason: String

  private init(_ guess: Guess) {
    layout = TypedLayout(guess.layoutOptions)
    reason = guess.reasons.joined(separator: "; ")
  }

  /// The most guesses that Tab goes through.
  private static let most = 40

  /// What fits a file, or might, best first; none for a file of a known kind.
  ///
  /// - Throws: ``ToolError`` for a file that cannot be read.
  static func all(_ path: String) throws(ToolError) -> [Guessed] {
    let buffer = try Source.map(path, access: .readOnly)
    switch try GuessReport(buffer, path: path, limit: most).answer {
    case .known: return []
    case .guesses(let found), .nothing(_, let found): return found.prefix(most).map(Guessed.init)
    }
  }
}

/// Where the exploration of a file begins: at what was typed, or else at the best guess.
struct ExploreStart {
  /// `nil` where they were not needed.
  private(set) var guesses: [Guessed]?
  private(set) var guess: Int?
  let state: ExploreState
  private(set) var message = ""

  /// - Throws: ``ToolError`` for a file of a known kind, and for a layout that the file does not hold.
  init(_ invocation: Invocation, _ buffer: Buffer, _ file: ExploredFile) throws(ToolError) {
    var typed = TypedLayout(invocation.typedLayout)
    if invocation.opening.layout.isGiven {
      state = try ExploreState(typed, of: file)
      return
    }
    try invocation.opening.layout.checkIsRaw(buffer, name: file.path)
    let guesses = try Guessed.all(file.path)
    self.guesses = guesses
    if invocation.typedLayout.isEmpty {
      for (index, found) in guesses.enumerated() {
        guard let state = try? ExploreState(found.layout, of: file) else { continue }
        self.state = state
        guess = index
        message = "guess \(index + 1) of \(guesses.count): \(found.reason)"
        return
      }
      typed["--mode"] = "L"
      message = "no layout fits by itself; this is a start"
    }
    // The width of a guess that has the rest as well, or else a square.
    for found in guesses {
      var both = typed
      both["--size"] = found.layout["--size"]
      if let state = try? ExploreState(both, of: file) {
        self.state = state
        return
      }
    }
    let pixels = Double(file.byteCount) / Double(max(1, ExploreStart.bits(invocation))) * 8
    typed["--size"] = "\(max(1, Int(pixels.squareRoot())))x"
    state = try ExploreState(typed, of: file)
  }

  private static func bits(_ invocation: Invocation) -> Int {
    let layout = invocation.opening.layout
    let rawmode = layout.rawmode.flatMap { Rawmode.named($0, mode: layout.mode) }
    return (rawmode ?? Rawmode.natural(layout.mode ?? .gray)).bitsPerPixel
  }
}
