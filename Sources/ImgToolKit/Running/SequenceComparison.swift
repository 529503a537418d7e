import ImageFiles
import PixelMemory
import PixelViews

/// The frames of two sources, compared one after the other.
///
/// Small frames are compared several at once, each by one thread, and told in order.
struct SequenceComparison {
  private let invocation: Invocation
  private let plan: ComparisonPlan
  private let console: Console
  private let a: FrameSequence
  private let b: FrameSequence
  private let isSerial: Bool
  private let threads: Int

  /// Opens both sources, compares their frames and tells what differs.
  static func run(
    _ invocation: Invocation, _ plan: ComparisonPlan, _ console: Console
  ) throws(ToolError) -> ExitStatus {
    let (a, b) = try FrameSequence.pair(invocation.operands, invocation.opening)
    var console = console
    console.told = Locked([])
    for note in a.notes + b.notes { console.note(note) }
    let comparison = SequenceComparison(invocation, plan, console, a, b)
    var found = Found(a, b)
    try comparison.compareFrames(into: &found)
    let status: ExitStatus = found.isSame ? .done : .answerIsNo
    if invocation.report.json {
      try console.answer(found.json(status: status).text)
    } else if !invocation.report.quiet {
      try console.answer(found.text)
    }
    return status
  }

  private init(
    _ invocation: Invocation, _ plan: ComparisonPlan, _ console: Console, _ a: FrameSequence,
    _ b: FrameSequence
  ) {
    self.invocation = invocation
    self.plan = plan
    self.console = console
    (self.a, self.b) = (a, b)
    threads = invocation.opening.threadCount
    isSerial =
      invocation.running.consistency != nil
      || max(a.frameByteCount, b.frameByteCount) > FrameLoop.largestForOneThread
  }

  /// What became of a pair of frames.
  private struct Pair: Sendable {
    /// `nil` where a source has ended.
    var a: Source?
    var b: Source?
    var comparison: Comparison?
  }

  private func compareFrames(into found: inout Found) throws(ToolError) {
    let isStream = a.isStream || b.isStream
    var numbers = a.numbers.count < b.numbers.count ? a.numbers : b.numbers
    // A stream is asked for one more, to see whether it has one.
    if isStream, a.numbers.count != b.numbers.count {
      numbers = numbers.lowerBound..<numbers.upperBound + 1
    }
    let loop = FrameLoop(
      numbers: numbers, workers: isSerial ? 1 : threads, isStream: isStream
    ) {
      a.stop()
      b.stop()
    }
    let (_, end) = loop.run { number throws(ToolError) in
      try pair(number)
    } consume: { number, pair throws(ToolError) in
      try add(pair, number, to: &found)
    }
    if case .failure(let failure) = end { throw failure }
    try found.compareLengths()
  }

  /// Opens and compares a pair of frames.
  private func pair(_ number: Int) throws(ToolError) -> Pair {
    var pair = Pair()
    pair.a = a.numbers.contains(number) ? try a.source(number) : nil
    pair.b = b.numbers.contains(number) ? try b.source(number) : nil
    guard let one = pair.a, let other = pair.b else { return pair }
    let names = (a.label(of: one, number), b.label(of: other, number))
    let threads = isSerial ? threads : 1
    pair.comparison = try FrameWitness.reading(
      [one.image, other.image], tries: invocation.running.consistency, threads: threads,
      "\(names.0) and \(names.1)"
    ) { () throws(ToolError) in
      try plan.compare(
        one.image, other.image, names: names, threads: threads, FrameTurn(number: number))
    }
    return pair
  }

  /// Tells of a pair of frames, when those before it are told.
  ///
  /// - Returns: whether there can be more to tell.
  private func add(
    _ pair: Pair, _ number: Int, to found: inout Found
  ) throws(ToolError) -> Bool {
    guard let a = pair.a, let b = pair.b, let comparison = pair.comparison else {
      found.ended = (pair.a == nil, pair.b == nil)
      return false
    }
    defer { for source in [a, b] { source.forget() } }
    var notes: [String] = []
    for source in [a, b] { notes += try console.introduce(source) }
    try plan.savePicture(
      of: comparison, a.image, b.image, threads: threads, console,
      FrameTurn(number: number))
    found.add(comparison, number, of: a, b)
    if invocation.report.json {
      try console.answer(comparison.answer(a, b, notes, frame: number).text)
      return true
    }
    // Where nobody wants to hear more, the answer is known.
    if invocation.report.quiet { return found.isSame }
    try console.answer("frame \(number): \(comparison.text)")
    return true
  }
}
