import PixelMemory
import PixelViews

/// A look ahead: the steps done on the image's numbers alone, so that a wrong one is told before the
/// first changes anything.
struct Preview {
  /// The image as the views make it. After `--copy` only its size and format still count.
  var image: Image
  /// Whether the pixels are computed from what is stored by then.
  var isDerived: Bool
  let source: Source
  /// Who tells what is found.
  let console: Console
  /// Which of several frames or rounds it is.
  let turn: FrameTurn?
  /// Whether a save may take the source's name.
  let replacesSource: Bool
  /// Whether a save goes onto the source.
  var savesOntoSource = false
  /// Whether the image is a private copy by then.
  private(set) var isCopied = false
  private(set) var context: StepContext

  init(
    _ source: Source, _ console: Console, _ turn: FrameTurn? = nil, replacesSource: Bool = false
  ) {
    self.replacesSource = replacesSource
    self.source = source
    self.turn = turn
    self.console = console
    image = source.image
    isDerived = image.isDerived
    context = StepContext(name: source.name, label: "")
  }

  /// Looks at all steps of a plan.
  ///
  /// - Returns: what the user should know when they are done.
  /// - Throws: ``ToolError`` for the first step that cannot work, whatever the pixels are.
  @discardableResult
  mutating func check(_ steps: [PlannedStep]) throws(ToolError) -> [String] {
    var unread: String?
    for step in steps {
      context.label = step.text
      try step.step.preview(&self)
      if step.traits.contains(.edits) {
        unread = fate(of: step)
      } else if step.isReading {
        unread = nil
      }
    }
    return unread.map { ["\(source.name): \($0)"] } ?? []
  }

  /// What becomes of an edit that no step reads; `nil` where the file has it.
  private func fate(of edit: PlannedStep) -> String? {
    let isSpooled = if case .spooled = source.file.origin { true } else { false }
    if isCopied || source.isDecoded || isSpooled {
      return "\(edit.name) changes a copy in memory, and nothing reads it; --save writes it"
    }
    guard image.buffer.access != .readWrite else { return nil }
    return
      "\(edit.name) changes pixels that are private to this run, and nothing reads them; "
      + "--access rw would write them to the file"
  }

  /// Goes on with a private copy.
  mutating func copy() {
    isCopied = true
    isDerived = false
  }

  /// - Throws: ``ToolError`` where pixels cannot be changed.
  func checkEditable() throws(ToolError) {
    try context.viewing { () throws(ViewError) in
      if isCopied {
        if isDerived { throw .readOnly(.derived) }
      } else if let reason = image.readOnlyReason {
        throw .readOnly(reason)
      }
    }
  }

  /// - Throws: ``ToolError`` for a pixel outside the image.
  func check(x: Int, y: Int) throws(ToolError) {
    try check(inside: Rectangle(x: x, y: y, width: 1, height: 1))
  }

  /// - Throws: ``ToolError`` for a rectangle that is not in the image.
  func check(inside area: Rectangle) throws(ToolError) {
    try context.check(area, in: image)
  }
}
