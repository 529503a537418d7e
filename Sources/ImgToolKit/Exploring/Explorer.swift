import ImageFiles
import PixelMemory
import PixelViews

/// Shows a file under one layout after the other, as keys ask for, until the user has found one.
struct Explorer: ~Copyable {
  var file: ExploredFile
  var state: ExploreState
  var undone: [ExploreState] = []
  /// `nil` before they are needed.
  var guesses: [Guessed]?
  /// The guess that is shown, or was last.
  var guess: Int?

  private(set) var terminal: TerminalSession
  var screen: ExploreScreen
  private var decoder = KeyDecoder()
  private let detection: TerminalDetection
  let threads: Int

  var picture: ExplorePicture?
  var facts: LayoutFacts
  var likeness: RowLikeness?
  /// What the file was when the likeness was measured.
  var status: FileStatus?
  /// What is to be said once, and what is wrong as long as it is.
  var message = ""
  var problem: String?
  var news = ""
  var prompt: Prompt?
  var helpPage: Int?
  var showsBytes = false
  /// Whether the key before was of the zoom, so that signs are its own.
  var isZooming = false
  /// Where the mouse was when it dragged last.
  var grip: PixelPlace?

  /// How many states are kept for undoing.
  static let mostUndone = 1000
  /// Between two looks at the file, in milliseconds; more where a look takes long.
  private static let interval: Int32 = 250

  /// - Throws: ``ToolError`` where there is no terminal, and for a file that no layout fits.
  init(_ invocation: Invocation) throws(ToolError) {
    let terminal = try TerminalSession.open()
    let path = invocation.operands[0]
    let buffer = try Source.map(path, access: .readOnly)
    let file = ExploredFile(path: path, byteCount: buffer.byteCount)
    let start = try ExploreStart(invocation, buffer, file)
    let found = try start.state.facts(of: file)
    (state, guesses, guess, message) = (start.state, start.guesses, start.guess, start.message)
    self.file = file
    facts = found
    threads = invocation.opening.threadCount
    detection = TerminalDetection(terminal.descriptor, forced: invocation.showing.forced)
    screen = ExploreScreen(
      TerminalKind(drawing: detection.drawing, size: terminal.size),
      isPlain: !detection.hasBlocks, width: invocation.showing.width)
    self.terminal = terminal
  }

  /// Shows and listens until the user is done.
  ///
  /// - Returns: the arguments on one line, and whether they can be used without quotes; `nil` where the
  ///   user found none.
  mutating func run() throws(ToolError) -> (line: String, survivesSplitting: Bool)? {
    terminal.begin()
    var detection = detection
    if let question = detection.question { terminal.write(question) }
    look()
    draw()
    var pause = Explorer.interval
    while true {
      let event = terminal.wait(milliseconds: decoder.isWaiting ? KeyDecoder.patience : pause)
      var keys: [Key] = []
      switch event {
      case .input(let bytes): keys = decoder.keys(bytes)
      case .nothing where decoder.isWaiting: keys = decoder.giveUp()
      case .nothing:
        let start = Syscalls.monotonicNanoseconds()
        look()
        drawIfChanged()
        let milliseconds = Int32(
          truncatingIfNeeded: (Syscalls.monotonicNanoseconds() - start) / 1_000_000)
        pause = max(Explorer.interval, min(10_000, milliseconds * 20))
        continue
      case .screen:
        screen.kind = TerminalKind(drawing: screen.kind.drawing, size: terminal.size)
        screen.forget()
        draw()
        continue
      case .hangUp:
        terminal.leave()
        throw ToolError("the terminal is gone")
      }
      for key in keys {
        if case .report(let bytes) = key {
          if let drawing = detection.hear(bytes) { use(drawing) }
          continue
        }
        switch press(key) {
        case .goOn: break
        case .cancel:
          finish(&detection)
          return nil
        case .accept(let line, let survivesSplitting):
          finish(&detection)
          return (line, survivesSplitting)
        }
      }
      if !keys.isEmpty { draw() }
    }
  }

  /// Leaves the screen, and takes along what the terminal still answers: the next program would take it
  /// for keys.
  private mutating func finish(_ detection: inout TerminalDetection) {
    let deadline = Syscalls.monotonicNanoseconds() + 200_000_000
    while detection.isWaiting, Syscalls.monotonicNanoseconds() < deadline {
      guard case .input(let bytes) = terminal.wait(milliseconds: 50) else { continue }
      for case .report(let report) in decoder.keys(bytes) { _ = detection.hear(report) }
    }
    terminal.leave()
  }

  private mutating func use(_ drawing: Drawing) {
    screen.kind.drawing = drawing
    screen.forget()
  }
}
