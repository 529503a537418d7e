import ImageFiles
import PixelMemory

/// The steps of a plan, done for one frame of a source after the other.
///
/// Small frames are worked on several at once, each by one thread; what they say, and the files that
/// they leave, are those of one after the other. The first frame that fails ends the run.
struct FrameRun {
  private let invocation: Invocation
  private let plan: RunPlan
  private let sequence: FrameSequence
  private let console: Console
  /// Who makes frames wait for those before them; `nil` where there is one at a time.
  private let turns: Turnstile?

  /// Opens the source, runs the steps for each frame and reports.
  static func run(
    _ invocation: Invocation, _ console: inout Console
  ) throws(ToolError) -> ExitStatus {
    let plan = try RunPlan(
      invocation.steps, given: invocation.given, numbering: .frames, &console)
    let options = invocation.opening
    let sequence = try FrameSequence.any(
      invocation.operands[0], options,
      isolatesEdits: plan.contains(.edits) && options.runAccess == .copyOnWrite)
    console.told = Locked([])
    for note in sequence.notes { console.note(note) }
    // Each frame takes the memory that an encoder needs, and gives it back.
    Syscalls.keepMemory(byteCount: FrameLoop.largestForOneThread)
    let run = FrameRun(invocation, plan, sequence, console)
    let (count, failure) = run.run()
    if invocation.report.json { try console.answer(run.json(count, failure).text) }
    guard var failure else { return .done }
    failure.isReported = invocation.report.json
    throw failure
  }

  private init(
    _ invocation: Invocation, _ plan: RunPlan, _ sequence: FrameSequence, _ console: Console
  ) {
    self.invocation = invocation
    self.plan = plan
    self.sequence = sequence
    self.console = console
    let mustKeepOrder =
      plan.contains(.keepsOrder)
      || plan.contains(.edits) && invocation.opening.access == .readWrite
      || invocation.running.consistency != nil || invocation.running.replace == true
    let isWorthIt = invocation.opening.threadCount > 1 && sequence.numbers.count > 1
    turns =
      mustKeepOrder || !isWorthIt || sequence.frameByteCount > FrameLoop.largestForOneThread
      ? nil : Turnstile(first: sequence.numbers.lowerBound)
  }

  /// What became of a frame.
  private struct Product: Sendable {
    var transcript: Transcript?
    var failure: ToolError?
  }

  /// - Returns: how many frames were done, and what ended the run early.
  private func run() -> (count: Int, failure: ToolError?) {
    let loop = FrameLoop(
      numbers: sequence.numbers, workers: turns == nil ? 1 : invocation.opening.threadCount,
      isStream: sequence.isStream, stop: stop)
    let (count, end) = loop.run { number in
      perform(number)
    } consume: { _, product throws(ToolError) in
      if let transcript = product.transcript { try console.write(transcript) }
      if let failure = product.failure { throw failure }
      return true
    }
    do throws(ToolError) { try sequence.check(end, after: count) } catch { return (count, error) }
    return (count, nil)
  }

  /// Lets nobody wait for a frame, or for its turn, that is not wanted any more.
  private func stop() {
    turns?.stop()
    sequence.stop()
  }

  /// - Returns: `nil` where the source ended before the frame.
  private func perform(_ number: Int) -> Product? {
    var console = console
    var product = Product()
    if turns != nil {
      product.transcript = Transcript()
      console.transcript = product.transcript
    }
    var isEnd = false
    do throws(ToolError) { isEnd = try !perform(number, console) } catch {
      product.failure = error
    }
    if product.failure == nil {
      turns?.pass(after: number)
    } else if let turns, turns.wait(for: number) {
      // All before it are done; what those after it have begun is not wanted.
      stop()
    }
    return isEnd ? nil : product
  }

  /// - Returns: false where the source ended before the frame.
  private func perform(_ number: Int, _ console: Console) throws(ToolError) -> Bool {
    guard var source = try sequence.source(number) else { return false }
    defer { source.forget() }
    source.notes = try console.introduce(source)
    if let reason = source.copyReason, console.isVerbose {
      console.note("\(source.name): \(reason); the image is a copy")
    }
    let turn = FrameTurn(
      number: number, label: FrameSequence.label(source.name, number), turns: turns)
    var session = Session(
      source, invocation, console, log: console.isVerbose ? console : nil, turn: turn,
      threads: turns == nil ? nil : 1)
    let failure = session.perform(plan.steps)
    if invocation.report.json {
      let access = invocation.opening.runAccess
      let report = session.json(
        access: access, status: failure?.status ?? .done, failure: failure)
      try console.answer(report.text)
    }
    if let failure { throw failure }
    return true
  }

  /// The report of the whole run, after those of the frames.
  private func json(_ count: Int, _ failure: ToolError?) -> JSON {
    .record([
      "version": 1,
      "source": .string(sequence.name),
      "frames": .integer(count),
      "notes": .texts(sequence.notes),
      "error": failure.map { .string($0.message) } ?? .null,
      "exit": .integer(Int((failure?.status ?? .done).rawValue)),
    ])
  }
}
