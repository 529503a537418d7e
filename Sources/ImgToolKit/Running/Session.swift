import ImageFiles
import PixelMemory
import PixelViews

/// A run: an image, and what the steps have made of it so far.
struct Session {
  let source: Source
  let options: RunOptions
  let console: Console
  let threads: Int
  let isJSON: Bool
  /// Told of each step when it ends, where that was asked for.
  let log: Console?
  /// The image as the steps have made it.
  var image: Image
  /// What the user was told besides the steps' reports.
  private(set) var notes: [String]
  private(set) var reports: [StepReport] = []
  /// The report of the step that is being done.
  var report = StepReport()
  /// The path of the last save to a file.
  var lastSaved: String?
  /// Whether a save was one onto the source.
  var hasSavedOntoSource = false
  /// How pictures are shown.
  var showing: ShowOptions
  /// Which of several frames or rounds it is.
  let turn: FrameTurn?
  /// The last picture that was.
  var shown: Shown?

  /// - Parameters:
  ///   - log: where the lines of `-v` go, if they are wanted.
  ///   - turn: which of several frames or rounds it is.
  ///   - threads: how many threads each step uses; as many as were asked for if `nil`.
  init(
    _ source: Source, _ invocation: Invocation, _ console: Console, log: Console? = nil,
    turn: FrameTurn? = nil, threads: Int? = nil
  ) {
    self.source = source
    self.turn = turn
    self.console = console
    self.log = log
    options = invocation.running
    isJSON = invocation.report.json
    showing = invocation.showing
    self.threads = threads ?? invocation.opening.threadCount
    image = source.image
    notes = source.notes
  }

  /// Tells the user something, in text and in the report.
  mutating func note(_ text: String) {
    notes.append(text)
    console.note(text)
  }

  /// What the step that is being done is about.
  var context: StepContext { StepContext(name: source.name, label: report.label) }

  /// Looks ahead, does the steps of a plan, and tells what is then to be said.
  ///
  /// - Returns: the error that ended it, if one did.
  mutating func perform(_ steps: [PlannedStep]) -> ToolError? {
    do throws(ToolError) {
      var preview = Preview(
        source, console, turn, replacesSource: options.replace == true)
      let notes = try preview.check(steps)
      // A program that a step runs may put the source under another name.
      if options.replace == true, !preview.savesOntoSource,
        !steps.contains(where: { $0.traits.contains(.sharesStandardError) })
      {
        throw ToolError(
          "--replace changes nothing, since no --save goes onto \(source.name); leave it out")
      }
      try run(steps)
      for text in notes { note(text) }
      return nil
    } catch { return error }
  }

  /// Does the steps, one after the other.
  ///
  /// - Throws: ``ToolError`` of the first step that fails; the ones after it are not done.
  mutating func run(_ steps: [PlannedStep]) throws(ToolError) {
    for step in steps {
      report = StepReport(step.typed)
      let start = Syscalls.monotonicNanoseconds()
      defer {
        report.nanoseconds = Syscalls.monotonicNanoseconds() - start
        reports.append(report)
        log?.note(report.text)
      }
      let isSilent =
        console.isQuiet || console.told != nil || step.traits.contains(.sharesStandardError)
      try Progress.shared.during(isSilent ? nil : step.text) { () throws(ToolError) in
        try perform(step)
      }
      try tell(image.takeLosses(), about: source.name)
    }
  }

  /// Tells what the step that is being done has not kept as it was.
  ///
  /// - Throws: ``ToolError`` where that is an error.
  mutating func tell(_ losses: [Loss], about subject: String) throws(ToolError) {
    guard !losses.isEmpty else { return }
    report.append("lossy", losses.map { .string($0.name) })
    notes += try console.tell(losses, about: subject)
  }

  /// Under `--strict`, tries an edit first that would change the file, and stores nothing.
  ///
  /// - Throws: ``ToolError`` where it would lose something.
  mutating func rehearse(_ edit: (Image) throws(ViewError) -> Void) throws(ToolError) {
    guard options.isStrict, image.buffer.access == .readWrite else { return }
    let rehearsal = image.rehearsal
    try context.viewing { () throws(ViewError) in try edit(rehearsal) }
    try tell(rehearsal.takeLosses(), about: source.name)
  }

  private mutating func perform(_ step: PlannedStep) throws(ToolError) {
    guard let tries = options.consistency, step.traits.contains(.readsPixels),
      case .file = image.buffer.origin
    else { return try step.step.perform(&self) }
    let step = step.step
    if let step = step as? any RevocableStep, step.isRevocable {
      try FrameWitness.retry(tries, report.label) { () throws(ToolError) in
        try step.perform(&self, before: try witness()) ? () : nil
      }
      return
    }
    if options.noCopy {
      throw context.refusal("--no-copy, but --consistent reads the pixels into a copy here")
    }
    let original = image
    image = try FrameWitness.retry(tries, report.label) { () throws(ToolError) in
      let (witness, copy) = (try witness(), try copied())
      return try context.viewing { () throws(ViewError) in try witness.holds() } ? copy : nil
    }
    defer { image = original }
    report.copiedBytes += image.buffer.byteCount
    try step.perform(&self)
  }

  /// Who tells whether the image's pixels stand still from now on.
  private func witness() throws(ToolError) -> FrameWitness {
    let (image, threads) = (image, threads)
    return try context.viewing { () throws(ViewError) in
      try FrameWitness(image, threads: threads)
    }
  }

  /// A private copy of the image.
  func copied() throws(ToolError) -> Image {
    let (image, threads) = (image, threads)
    return try context.viewing { () throws(ViewError) in try image.copied(threads: threads) }
  }

  /// Goes on with a private copy.
  mutating func goOn(with copy: Image) {
    image = copy.copied(because: "--copy made it")
    report.copiedBytes += copy.buffer.byteCount
  }

  /// - Throws: ``ToolError`` where pixels cannot be changed.
  func checkEditable() throws(ToolError) {
    guard let reason = image.readOnlyReason else { return }
    try context.viewing { () throws(ViewError) in throw .readOnly(reason) }
  }

  /// Whether reading the image reads the file as it is now.
  mutating func sharing() throws(ToolError) -> Sharing {
    let found: Sharing
    do throws(MemoryError) { found = try image.sharing() } catch {
      throw ToolError(error, name: source.name).about(report.label)
    }
    if let count = found.detachedPageCount { report.add("detachedPages", .integer(count)) }
    return found
  }

  /// The hash of the pixels, in hexadecimal.
  func hash() throws(ToolError) -> String {
    let (image, threads) = (image, threads)
    return try context.viewing { () throws(ViewError) in try image.hash(threads: threads) }.text
  }

  /// Prints a line about the image, unless the report says it.
  func answer(_ text: String) throws(ToolError) {
    if !isJSON { try console.answer(text) }
  }
}
