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
  /// Whether the image is a private copy, made by a step.
  private var isCopied = false
  /// How pictures are shown.
  var showing: ShowOptions

  /// - Parameter log: where the lines of `-v` go, if they are wanted.
  init(
    _ source: Source, _ options: RunOptions, showing: ShowOptions = ShowOptions(),
    isJSON: Bool = false, _ console: Console, log: Console? = nil
  ) {
    self.source = source
    self.options = options
    self.console = console
    self.isJSON = isJSON
    self.log = log
    self.showing = showing
    threads = options.threadCount
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
      let isSilent = console.isQuiet || step.traits.contains(.sharesStandardError)
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
    report.add("lossy", .array(losses.map { .string($0.name) }))
    if options.isStrict {
      throw ToolError("\(subject): \(Loss.sentence(losses)); --strict makes that an error")
    }
    for sentence in Loss.sentences(losses) { console.note("\(subject): \(sentence)") }
  }

  private mutating func perform(_ step: PlannedStep) throws(ToolError) {
    guard let tries = options.consistency, step.traits.contains(.readsPixels),
      case .file = image.buffer.origin
    else { return try step.step.perform(&self) }
    if let step = step.step as? any RevocableStep, step.isRevocable {
      try performRevoking(step, tries: tries)
    } else {
      try performOnCopy(step.step, tries: tries)
    }
  }

  /// Does a step until the pixels stood still while it did.
  private mutating func performRevoking(
    _ step: any RevocableStep, tries: Int
  ) throws(ToolError) {
    for attempt in 1...tries {
      let (image, threads) = (image, threads)
      let witness = try context.viewing { () throws(ViewError) in
        try FrameWitness(image, threads: threads)
      }
      if try step.perform(&self, before: witness) { return }
      FrameWitness.pause(after: attempt)
    }
    throw ToolError(changed: report.label, tries: tries)
  }

  /// Does a step on a private copy of pixels that stood still.
  private mutating func performOnCopy(_ step: any Step, tries: Int) throws(ToolError) {
    if options.noCopy {
      throw context.refusal("--no-copy, but --consistent reads the pixels into a copy here")
    }
    let (original, threads) = (image, threads)
    for attempt in 1...tries {
      let copy = try context.viewing { () throws(ViewError) -> Image? in
        let witness = try FrameWitness(original, threads: threads)
        let copy = try original.copied(threads: threads)
        return try witness.holds() ? copy : nil
      }
      if let copy {
        report.copiedBytes += copy.buffer.byteCount
        image = copy
        try step.perform(&self)
        if !isCopied { image = original }
        return
      }
      FrameWitness.pause(after: attempt)
    }
    throw ToolError(changed: report.label, tries: tries)
  }

  /// Goes on with a private copy.
  mutating func goOn(with copy: Image) {
    image = copy.copied(because: "--copy made it")
    isCopied = true
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
