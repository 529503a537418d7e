import PixelMemory

/// What is said about one of several images that are worked on at once, until it is its turn.
final class Transcript: Sendable {
  enum Line: Sendable {
    /// Text of an answer, its line end counted.
    case answer(String)
    case note(String)
  }

  private let said = Locked<[Line]>([])

  var lines: [Line] { said.withLock { $0 } }

  func add(_ line: Line) { said.withLock { $0.append(line) } }
}
