import PixelMemory
import PixelViews

/// What is done with an image in its turn. Each kind is one file in `Steps/` and one line in
/// ``StepRecord/all``.
protocol Step: Sendable {
  /// Does the step on the image's numbers alone, so that what cannot work is refused before the first
  /// step changes anything.
  func preview(_ preview: inout Preview) throws(ToolError)

  func perform(_ session: inout Session) throws(ToolError)
}

extension Step {
  func preview(_ preview: inout Preview) throws(ToolError) {}
}

/// A step that looks at the pixels in another way; nothing is copied.
struct ViewStep: Step {
  /// Whether the pixels that it shows of an image are computed, and so cannot be edited.
  var derives: @Sendable (Image) -> Bool = { _ in false }
  let view: @Sendable (Image) throws(ViewError) -> Image

  func preview(_ preview: inout Preview) throws(ToolError) {
    let before = preview.image
    preview.image = try preview.context.viewing { () throws(ViewError) in try view(before) }
    if derives(before) { preview.isDerived = true }
  }

  func perform(_ session: inout Session) throws(ToolError) {
    let before = session.image
    session.image = try session.context.viewing { () throws(ViewError) in try view(before) }
  }
}

/// A step that shows computed pixels.
struct DerivedStep: Step {
  let view: @Sendable (Image, StepContext) throws(ToolError) -> Image

  func preview(_ preview: inout Preview) throws(ToolError) {
    preview.image = try view(preview.image, preview.context)
    preview.isDerived = true
  }

  func perform(_ session: inout Session) throws(ToolError) {
    session.image = try view(session.image, session.context)
  }
}

/// A step that changes pixels in the buffer.
struct EditStep<Value>: Step {
  /// Reads what was typed in the light of an image, and refuses what that cannot take.
  let prepare: @Sendable (Image, StepContext) throws(ToolError) -> Value
  /// What is known to be lost before any pixel is read.
  var foresee: @Sendable (Image, Value) throws(ViewError) -> [Loss] = { _, _ in [] }
  let edit: @Sendable (Image, Value, _ threads: Int) throws(ViewError) -> Void

  func preview(_ preview: inout Preview) throws(ToolError) {
    try preview.checkEditable()
    let (image, context) = (preview.image, preview.context)
    let value = try prepare(image, context)
    guard preview.console.isStrict, !preview.isCopied else { return }
    let losses = try context.viewing { () throws(ViewError) in try foresee(image, value) }
    _ = try preview.console.tell(losses, about: context.name)
  }

  func perform(_ session: inout Session) throws(ToolError) {
    try session.checkEditable()
    let (image, context, threads) = (session.image, session.context, session.threads)
    let value = try prepare(image, context)
    try session.rehearse { image throws(ViewError) in try edit(image, value, threads) }
    try context.viewing { () throws(ViewError) in try edit(image, value, threads) }
  }
}

/// A step that says or does something about the image as it is.
struct ActStep: Step {
  var check: @Sendable (Preview) throws(ToolError) -> Void = { _ in }
  let act: @Sendable (inout Session) throws(ToolError) -> Void

  func preview(_ preview: inout Preview) throws(ToolError) { try check(preview) }
  func perform(_ session: inout Session) throws(ToolError) { try act(&session) }
}

/// A step that throws away what it made when the pixels changed meanwhile.
protocol RevocableStep: Step {
  /// Whether nothing that it makes is gone at once, as what goes into a pipe is.
  var isRevocable: Bool { get }

  /// Does the step; `false` when the witness saw other pixels at its end, and nothing was done.
  func perform(_ session: inout Session, before witness: FrameWitness) throws(ToolError) -> Bool
}

/// What a step is about, for its errors.
struct StepContext: Sendable {
  /// The source, as the user named it.
  var name: String
  /// The step, as it was typed.
  var label: String

  /// Runs work on the image and words its error.
  func viewing<Result>(_ body: () throws(ViewError) -> Result) throws(ToolError) -> Result {
    do throws(ViewError) { return try body() } catch {
      guard case .sharedSamples(_, _, _, let whole) = error else {
        throw ToolError(error, name: name).about(label)
      }
      let area = whole.map { "\($0.width)x\($0.height)+\($0.x)+\($0.y)" }
      let other =
        area.map { area in
          label.contains("--paste")
            ? "a picture that covers \(area) would do, or " : "--fill \(area)=V would do, or "
        } ?? ""
      throw ToolError(error, name: name).about(label).with(advice: "\(other)--band Y before it")
    }
  }

  /// - Throws: ``ToolError`` for a rectangle that is not in the image.
  func check(_ area: Rectangle, in image: Image) throws(ToolError) {
    try viewing { () throws(ViewError) in try image.check(inside: area) }
  }

  /// The pixel that a value names, which an image can hold.
  func pixel(_ text: String, for image: Image, _ what: String) throws(ToolError) -> Pixel {
    let pixel = try PixelText.pixel(text, for: image.format, what)
    try viewing { () throws(ViewError) in try image.check(pixel) }
    return pixel
  }

  /// The same, where the pixel is to be stored.
  func storedPixel(
    _ text: String, for image: Image, _ what: String
  ) throws(ToolError) -> Pixel {
    let pixel = try pixel(text, for: image, what)
    try viewing { () throws(ViewError) in try image.check(storing: pixel) }
    return pixel
  }

  /// The error of a step that cannot do what it says.
  func refusal(_ reason: String) -> ToolError { ToolError("\(label): \(reason)") }

  /// The answer of a check that does not hold.
  func no(_ reason: String) -> ToolError {
    ToolError("\(label): \(reason)", status: .answerIsNo)
  }
}
