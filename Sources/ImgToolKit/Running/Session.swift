import ImageFiles
import PixelMemory
import PixelViews

/// A run: an image, and the steps that are done with it from left to right.
struct Session {
  let source: Source
  let console: Console
  /// Where the lines of `-v` go.
  var log: Console
  let threads: Int
  let noCopy: Bool
  let replace: Bool
  let isJSON: Bool
  /// Whether each step is told when it ends.
  let isVerbose: Bool
  /// Whether the command takes `--replace`.
  let offersReplace: Bool
  /// How often a step tries to read pixels that stand still; `nil` where they need not.
  let consistency: Int?
  /// The image as the steps have made it.
  var image: Image
  var settings = SaveSettings()
  var comparing = ComparisonSettings()
  var reports: [StepReport] = []
  /// The report of the step that is being done.
  var current: StepReport
  /// The path of the last save to a file.
  var lastSaved: String?
  /// Whether the image is a private copy.
  var isCopied: Bool
  /// Who tells whether the pixels of a save stood still.
  var witness: FrameWitness?
  /// How pictures are shown.
  var showing = ShowChoice()

  /// What save steps have set for the following ones.
  struct SaveSettings: Sendable {
    var format: String?
    var rawmode: String?
    var level: Int?
    var bits: Int?
  }

  init(_ source: Source, _ invocation: Invocation, _ console: Console) {
    self.source = source
    self.console = console
    log = console
    image = source.image
    threads = invocation.threads ?? Syscalls.hardwareThreads
    noCopy = invocation.noCopy
    replace = invocation.replace
    isJSON = invocation.report.json
    isVerbose = invocation.report.verbose
    offersReplace = invocation.command.groups.contains(.output)
    consistency = invocation.consistency
    isCopied = source.copyReason != nil
    showing = invocation.showing
    current = StepReport(Step(action: .sync, name: "--"))
  }

  /// Does the steps, one after the other.
  ///
  /// - Throws: ``ToolError`` of the first step that fails; the ones after it are not done.
  mutating func run(_ steps: [Step]) throws(ToolError) {
    for step in steps {
      current = StepReport(step)
      let start = Syscalls.monotonicNanoseconds()
      do throws(ToolError) {
        let label = console.isQuiet || step.writesStandardError ? nil : step.text
        try Progress.shared.during(label) { () throws(ToolError) in try perform(step) }
      } catch {
        finish(start)
        throw error
      }
      finish(start)
    }
  }

  private mutating func finish(_ start: UInt64) {
    current.nanoseconds = Syscalls.monotonicNanoseconds() - start
    reports.append(current)
    if isVerbose { log.note(current.text) }
  }

  private mutating func perform(_ step: Step) throws(ToolError) {
    if let consistency, step.readsPixels, case .file = image.buffer.origin {
      return try performConsistently(step, tries: consistency)
    }
    try performOnce(step)
  }

  mutating func performOnce(_ step: Step) throws(ToolError) {
    switch step.action {
    case .put, .fill, .invert, .flip, .swap, .add, .paste: try edit(step)
    case .crop, .band, .reorient, .every, .convert, .window: try changeView(step)
    case .copy: try copy(step)
    case .poke(let offset, let bytes): try poke(offset, bytes, step)
    case .run(let command): try run(command, step)
    case .save(let path): _ = try save(path, step)
    case .setFormat(let name): settings.format = name
    case .setRawmode(let name): settings.rawmode = name
    case .setLevel(let level): settings.level = level
    case .setBits(let bits): settings.bits = bits
    case .setComparison(let change): comparing.apply(change)
    case .expect, .expectShared, .expectDetached, .expectHash, .compare: try check(step)
    case .print, .stats, .hash, .show: try report(step)
    case .sync: try synchronize(step)
    }
  }

  /// Runs work on the image and words its error.
  func viewing<Result>(
    _ step: Step, _ body: () throws(ViewError) -> Result
  ) throws(ToolError) -> Result {
    do throws(ViewError) { return try body() } catch {
      throw ToolError(error, name: source.name).about(step.text)
    }
  }
}

extension Step {
  /// Whether another program writes where notes go.
  fileprivate var writesStandardError: Bool { if case .run = action { true } else { false } }

  /// The step as it was typed.
  var text: String { argument.map { "\(name) \($0)" } ?? name }
}

extension Session {
  /// A run of nothing but saves of one image.
  init(_ image: Image, name: String, format: String, threads: Int) {
    source = Source(image: image, name: name, storage: format, file: image.buffer)
    console = Console(isQuiet: true)
    log = console
    self.image = image
    self.threads = threads
    noCopy = false
    replace = false
    isJSON = false
    isVerbose = false
    offersReplace = false
    consistency = nil
    isCopied = false
    settings.format = format
    current = StepReport(Step(action: .sync, name: "--"))
  }
}
