import PixelMemory

/// A line on a terminal's standard error about work that lasts longer than a second. It is erased
/// when the work ends, when something else is written, and when a signal ends the process.
final class Progress: Sendable {
  /// There is one standard error.
  static let shared = Progress()

  private static let patience: UInt64 = 1_000_000_000
  private static let period: UInt64 = 100_000_000

  private struct Work {
    let label: String
    let start = Syscalls.monotonicNanoseconds()
    let before = WorkMeter.rounds

    /// What the line says; a share where the work is counted, else the time.
    func text(_ now: UInt64) -> String {
      let rounds = WorkMeter.rounds
      let all = rounds.started - before.started
      let done = rounds.finished - before.finished
      guard all > 1 else { return "\(label): \((now - start) / 1_000_000_000) s" }
      return "\(label): \(min(99, max(0, done) * 100 / all)) %"
    }
  }

  /// A line that is on the screen; its end is what erases it.
  private final class Line {
    private let cleanup = TerminalCleanup(2, "\r\u{1B}[K")
  }

  private struct State {
    /// What is being done, the innermost last; `nil` for work that nothing is to be said of.
    var works: [Work?] = []
    var line: Line?
    var isTicking = false
  }

  private let state = Locked(State())
  private let isPossible: Bool

  private init() {
    let name = Syscalls.environment("TERM") ?? ""
    isPossible = Syscalls.isTerminal(2) && !name.isEmpty && name != "dumb"
  }

  /// Runs work that is worth a line when it lasts; none for a label of `nil`, whatever is around it.
  func during<Result, Failure: Error>(
    _ label: String?, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard isPossible else { return try body() }
    begin(label)
    defer { end() }
    return try body()
  }

  /// Writes something else to the terminal: the line is erased before it and comes back after it.
  func interrupted<Failure: Error>(by write: () throws(Failure) -> Void) throws(Failure) {
    guard isPossible else { return try write() }
    // The lock is held while it is written, or the next tick would draw the line in front of it.
    let outcome = state.withLock { state -> Result<Void, Failure> in
      state.line = nil
      do throws(Failure) { return .success(try write()) } catch { return .failure(error) }
    }
    try outcome.get()
  }

  private func begin(_ label: String?) {
    let needsTicks = state.withLock { state in
      state.works.append(label.map { Work(label: $0) })
      state.line = nil
      defer { state.isTicking = true }
      return !state.isTicking
    }
    if needsTicks, !Syscalls.startUnjoinedThread({ self.tick() }) {
      state.withLock { $0.isTicking = false }
    }
  }

  private func end() {
    state.withLock { state in
      _ = state.works.popLast()
      state.line = nil
    }
  }

  private func tick() {
    while true {
      Syscalls.sleep(nanoseconds: Progress.period)
      let goesOn = state.withLock { state in
        state.isTicking = !state.works.isEmpty
        draw(&state)
        return state.isTicking
      }
      if !goesOn { return }
    }
  }

  private func draw(_ state: inout State) {
    let now = Syscalls.monotonicNanoseconds()
    guard let last = state.works.last, let work = last, now - work.start >= Progress.patience
    else { return }
    if state.line == nil { state.line = Line() }
    let width = Syscalls.terminalSize(2)?.columns ?? 80
    let text = work.text(now)
    // The end of a long line tells most, and one that wraps could not be erased.
    let shown = text.count < width ? text : "…" + text.suffix(max(0, width - 2))
    _ = try? Syscalls.write(2, "\r\(shown)\u{1B}[K")
  }
}
