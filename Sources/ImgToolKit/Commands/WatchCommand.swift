import ImageFiles
import PixelMemory
import PixelViews

/// How often to look, as it was typed.
private struct WatchOptions: CommandOptions {
  /// `--interval`.
  var nanoseconds: UInt64 = 200_000_000
  /// `--count`; `nil` for no end.
  var count: Int?
}

extension Command {
  static let watch = Command(
    "watch", "SOURCE LAYOUT... STEP...", "run the steps again each time the buffer changes",
    for: .converting, operands: 1...1,
    groups: [.layout, .mapping] + stepGroups + [.concurrent, .output, .losses, .show],
    own: [
      .own(
        "--interval", "SECONDS", "check every SECONDS (default 0.2)",
        details: .init(
          """
          Fractions are allowed. A change that is undone within the interval is not seen.
          """, example: "--interval 0.5")
      ) {
        (options: inout WatchOptions, text) throws(ToolError) in
        let seconds = try Values.number(text, "--interval")
        guard 0.001...86400 ~= seconds else {
          throw ToolError("--interval is \(text); 0.001 to 86400 seconds are expected")
        }
        options.nanoseconds = UInt64(seconds * 1e9)
      },
      .own(
        "--count", "N", "stop after running the steps N times",
        details: .init(
          """
          The first run, before any change, counts. Without it, watch runs until it is \
          interrupted.
          """, example: "--count 10")
      ) {
        (options: inout WatchOptions, text) throws(ToolError) in
        let count = try Values.integer(text, "--count")
        guard count > 0 else { throw ToolError("--count is \(count); at least 1 is expected") }
        options.count = count
      },
    ],
    examples: [
      Example(
        "imgtool watch raw.bin --size 1x1 --mode L --count 1 --print 0,0",
        "print the pixel whenever it changes (here once)"),
      Example(
        "imgtool watch fb.raw --size 640x480 --rawmode BGRX --stride 2624 --count 1 --save last.png",
        "keep a picture of the newest frame"),
    ]
  ) { invocation, console throws(ToolError) in
    let plan = try RunPlan(
      invocation.steps, given: invocation.given, numbering: .rounds, &console)
    if invocation.operands[0] == "-", (try? Syscalls.status(of: 0).kind) != .regular {
      throw ToolError("standard input is not a file, so it cannot change; give watch a path")
    }
    var watch = Watch(invocation, plan, console)
    try watch.run()
    return .done
  }
}

/// Looks at an image again and again, and runs steps when its pixels are others.
///
/// The source is opened anew each time: a store through a map raises no event, edits under `cow` must
/// not hide what comes later, and a file that takes the name of another is followed.
private struct Watch {
  private let invocation: Invocation
  private let plan: RunPlan
  private let options: WatchOptions
  private var console: Console
  private let start = Syscalls.monotonicNanoseconds()
  private var round = 0
  /// The hash of the pixels that the last round was for.
  private var seen: String?
  /// How long the file was when it last held a whole frame.
  private var frameEnd = 0
  /// Whether the steps run, which may change the file themselves.
  private var isInSteps = false
  /// Whether it has been told that the file is on its way.
  private var isWaiting = false
  /// The screen that is drawn over in place; `nil` where rounds follow each other.
  private var screen: TerminalKind?

  private var path: String { invocation.operands[0] }

  init(_ invocation: Invocation, _ plan: RunPlan, _ console: Console) {
    self.invocation = invocation
    self.plan = plan
    options = invocation.own()
    self.console = console
    let name = Syscalls.environment("TERM") ?? ""
    let isLive =
      plan.contains(.draws) && !invocation.report.json
      && !self.console.outputIsTaken && Syscalls.isTerminal(1) && !name.isEmpty && name != "dumb"
    guard isLive else { return }
    screen = TerminalKind.detect(1, forced: invocation.showing.forced)
    // Notes would run through the picture.
    self.console.isQuiet = true
    self.console.overwritesLines = true
  }

  mutating func run() throws(ToolError) {
    if screen == nil { return try watch() }
    // Opened once before the screen is switched, so that what is wrong from the start is told where
    // it stays.
    _ = try Source.any(path, invocation.opening)
    // The first two characters end whatever string a signal cut in two.
    let cleanup = TerminalCleanup(1, "\u{1B}\\\u{1B}[?2026l\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l")
    try write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
    try watch()
    _ = consume cleanup
  }

  private mutating func watch() throws(ToolError) {
    while true {
      let before = try? Syscalls.status(of: path)
      do throws(ToolError) {
        try look()
        isWaiting = false
      } catch {
        guard isOnItsWay(after: error, before) else { throw error }
        if !isWaiting {
          console.note("\(error.message); waiting until the file holds a frame again")
        }
        isWaiting = true
      }
      if round == options.count { return }
      Syscalls.sleep(nanoseconds: options.nanoseconds)
    }
  }

  /// Opens the source, and runs the steps if there is something new. A lock ends with it.
  private mutating func look() throws(ToolError) {
    isInSteps = false
    let source = try Source.any(path, invocation.opening)
    let found = try hash(source)
    frameEnd = source.file.byteCount
    let isResized = noticeSize()
    isInSteps = true
    if found != seen {
      round += 1
      let session = try runSteps(plan.steps, source, hash: found)
      seen = found
      // What the steps themselves have written to the file is not news.
      if changesFile || session.hasSavedOntoSource {
        var again = invocation.opening
        again.locks = false
        seen = try hash(Source.any(path, again))
      }
    } else if isResized {
      _ = try runSteps(plan.steps.filter(isForTheScreen), source, hash: found)
    }
  }

  /// Whether a failure is that of a producer that is not done: it has cut the file, or taken it away,
  /// and writes the next frame. From the start on, a file that is too short is an error.
  ///
  /// - Parameter before: what the file was before the failure; the producer may be done since.
  private func isOnItsWay(after error: ToolError, _ before: FileStatus?) -> Bool {
    guard round > 0, error.status == .refused, path != "-" else { return false }
    do throws(SystemError) {
      let now = try Syscalls.status(of: path)
      return now.kind == .regular && (now.size < frameEnd || now != before && !isInSteps)
    } catch { return error.code == Errno.noEntry }
  }

  private var changesFile: Bool {
    plan.contains(
      invocation.opening.access == .readWrite ? [.changesFile, .edits] : .changesFile)
  }

  /// Whether a step makes the picture that is drawn again when the screen has another size.
  private func isForTheScreen(_ step: PlannedStep) -> Bool {
    if step.traits.contains(.edits), invocation.opening.access == .readWrite { return false }
    return step.traits.contains(.draws) || !step.traits.contains(.reachesOut)
  }

  private func hash(_ source: Source) throws(ToolError) -> String {
    do throws(ViewError) {
      return try source.image.unnoted.hash(threads: invocation.opening.threadCount).text
    } catch { throw ToolError(error, name: path) }
  }

  /// Whether the screen has another size than before.
  private mutating func noticeSize() -> Bool {
    guard let old = screen else { return false }
    let new = TerminalKind(drawing: old.drawing, size: Syscalls.terminalSize(1))
    guard (new.columns, new.rows) != (old.columns, old.rows) else { return false }
    screen = new
    screen?.isLocal = old.isLocal
    return true
  }

  private func runSteps(
    _ steps: [PlannedStep], _ source: Source, hash: String
  ) throws(ToolError) -> Session {
    var (console, source) = (console, source)
    if console.isVerbose { console.note(source.opening) }
    console.isQuiet = console.isQuiet || round > 1
    console.isVerbose = false
    source.notes = try console.introduce(source)
    var session = Session(
      source, invocation, console, log: self.console.isVerbose ? self.console : nil,
      turn: FrameTurn(number: round))
    if let screen {
      try write("\u{1B}[?2026h\u{1B}[H")
      session.showing.isLive = true
      session.showing.terminal = screen
      // Lines that other reports print above or below the picture.
      session.showing.terminal?.rows -= steps.count {
        $0.traits.contains(.reports) && !$0.traits.contains(.draws)
      }
    } else if !invocation.report.json {
      self.console.note("\(path): round \(round)")
    }
    let failure = session.perform(steps)
    if invocation.report.json { try console.answer(json(session, hash, failure).text) }
    if var failure {
      failure.isReported = invocation.report.json
      throw failure
    }
    if screen != nil {
      try write("\(FileName.readable(path)): round \(round)\u{1B}[J\u{1B}[?2026l")
    }
    return session
  }

  private func json(_ session: Session, _ hash: String, _ failure: ToolError?) -> JSON {
    .record([
      "version": 1, "round": .integer(round), "hash": .string(hash),
      "seconds": .number(Double((Syscalls.monotonicNanoseconds() - start) / 1000) / 1e6),
      "steps": .array(session.reports.map(\.json)),
      "notes": session.notes.isEmpty ? .null : .array(session.notes.map(JSON.string)),
      "error": failure.map { .string($0.message) } ?? .null,
      "exit": .integer(Int((failure?.status ?? .done).rawValue)),
    ])
  }

  private func write(_ text: String) throws(ToolError) {
    do throws(SystemError) { try Syscalls.write(1, text) } catch {
      throw ToolError("standard output: \(error.message)")
    }
  }
}
