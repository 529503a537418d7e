import PixelMemory

/// The user's terminal, taken over for a full screen: without echo, on the alternate screen, with the
/// mouse. Whatever ends it or the process, a signal as well, puts it back as it was.
///
/// The terminal is `/dev/tty`, so that standard input and output are free for others.
struct TerminalSession: ~Copyable {
  /// What there is to do after a wait.
  enum Event: Equatable {
    /// Keys wait to be read.
    case input([UInt8])
    /// The screen has another size, or has to be drawn again.
    case screen
    /// Nothing came in time.
    case nothing
    /// The terminal is gone.
    case hangUp
  }

  private let file: FileDescriptor
  private let signals: Syscalls.Pipe
  private var cleanup: TerminalCleanup?
  private var isTaken = false

  var descriptor: Int32 { file.number }

  /// The alternate screen without wrapping at its edge, no cursor, the mouse with its drags in SGR form.
  private static let opening =
    "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[?1002;1006h\u{1B}[2J"
  /// All of it undone; the first two characters end whatever string a signal cut in two.
  private static let closing =
    "\u{1B}\\\u{1B}[?2026l\u{1B}[?1002;1006l\u{1B}[?7h\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l"

  /// Opens the terminal, which is taken over by ``begin()``.
  ///
  /// - Throws: ``ToolError`` where there is none, or one that has lines and no screen.
  static func open() throws(ToolError) -> TerminalSession {
    let name = Syscalls.environment("TERM") ?? ""
    if name.isEmpty || name == "dumb" {
      throw ToolError(
        "explore needs a terminal with a screen, and TERM is \(Values.quoted(name)); `imgtool guess` "
          + "prints the layouts that fit")
    }
    do throws(SystemError) { return try TerminalSession() } catch {
      throw ToolError(
        "explore needs a terminal, and there is none (/dev/tty: \(error.message)); `imgtool guess` "
          + "prints the layouts that fit")
    }
  }

  private init() throws(SystemError) {
    let file = try Syscalls.open("/dev/tty", .readWrite)
    let signals = try Syscalls.pipe()
    try Syscalls.beginScreenSignals(signals.writing.number)
    self.file = file
    self.signals = signals
  }

  /// Takes the terminal over.
  mutating func begin() { enter() }

  deinit {
    Syscalls.makeCooked()
    Syscalls.endScreenSignals()
  }

  private mutating func enter() {
    // In the background of its shell it waits until it is in front. Where no shell is left to bring it
    // there, it cannot be stopped either.
    for _ in 0..<100 where !Syscalls.makeRaw(file.number) && Syscalls.isTerminal(file.number) {
      Syscalls.stop()
    }
    if !isTaken { cleanup = TerminalCleanup(file.number, TerminalSession.closing) }
    isTaken = true
    _ = try? Syscalls.write(file.number, TerminalSession.opening)
  }

  /// Puts the terminal back.
  mutating func leave() {
    cleanup = nil
    isTaken = false
    Syscalls.makeCooked()
  }

  /// Writes to the screen. A terminal that is gone is told of by ``wait(milliseconds:)``.
  func write(_ text: String) { _ = try? Syscalls.write(file.number, text) }

  var size: Syscalls.TerminalSize {
    Syscalls.terminalSize(file.number) ?? Syscalls.TerminalSize(columns: 80, rows: 24)
  }

  /// Waits for keys, all of which that are there are read, for another size of the screen, and for the
  /// user to come back after a stop; -1 for no end.
  mutating func wait(milliseconds: Int32) -> Event {
    guard
      let (hasKeys, hasSignals) = try? Syscalls.waitUntilReadable(
        file.number, signals.reading.number, milliseconds: milliseconds)
    else { return .hangUp }
    if hasSignals {
      let heard = read(signals.reading.number).compactMap(Syscalls.ScreenSignal.init)
      if heard.contains(.stopping) {
        leave()
        Syscalls.stop()
        enter()
      } else if heard.contains(.goingOn) {
        enter()
      }
      return .screen
    }
    guard hasKeys else { return .nothing }
    let bytes = read(file.number)
    return bytes.isEmpty ? .hangUp : .input(bytes)
  }

  private func read(_ descriptor: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count: Int
    do {
      var span = bytes.mutableSpan
      var all = unsafe span.mutableBytes
      count = (try? Syscalls.read(descriptor, into: &all)) ?? 0
    }
    return Array(bytes.prefix(count))
  }
}
