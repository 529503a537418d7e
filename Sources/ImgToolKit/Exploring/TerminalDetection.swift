import PixelMemory

/// Finds out what a terminal can draw while it is used already: with what its environment says, until its
/// own answer comes.
struct TerminalDetection {
  private let environment: TerminalKind.Environment
  private let forced: Drawing?
  private var answer: [UInt8] = []
  /// Whether an answer may still come.
  private(set) var isWaiting: Bool

  init(_ descriptor: Int32, forced: Drawing?) {
    environment = TerminalKind.Environment(of: descriptor)
    self.forced = forced
    isWaiting = forced == nil && environment.drawing == nil
  }

  /// What to draw with for now.
  var drawing: Drawing { forced ?? environment.drawing(answer: nil) }

  /// Whether the locale has the signs of strips and arrows.
  var hasBlocks: Bool { environment.hasBlocks && drawing != .ascii }

  /// What the terminal is to be asked: one question that some answer, and then one that all do.
  var question: String? { isWaiting ? Kitty.question + "\u{1B}[c" : nil }

  /// What to draw with when the terminal has answered; `nil` before.
  mutating func hear(_ report: [UInt8]) -> Drawing? {
    guard isWaiting else { return nil }
    answer += report
    guard report.last == UInt8(ascii: "c") else { return nil }
    isWaiting = false
    return environment.drawing(answer: answer)
  }
}
