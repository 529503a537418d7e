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
  let view: @Sendable (Image, StepContext) throws(ToolError) -> Image

  func preview(_ preview: inout Preview) throws(ToolError) {
    let before = preview.image
    preview.image = try view(before, preview.context)
    if derives(before) { preview.isDerived = true }
  }

  func perform(_ session: inout Session) throws(ToolError) {
    session.image = try view(session.image, session.context)
  }
}

/// A step that changes pixels in the buffer.
struct EditStep: Step {
  /// Refuses what can be known to be wrong before any pixel is read.
  var check: @Sendable (Image, StepContext) throws(ToolError) -> Void = { _, _ in }
  let edit: @Sendable (_ image: Image, _ threads: Int, StepContext) throws(ToolError) -> Void

  func preview(_ preview: inout Preview) throws(ToolError) {
    try preview.checkEditable()
    try check(preview.image, preview.context)
  }

  func perform(_ session: inout Session) throws(ToolError) {
    try session.checkEditable()
    try edit(session.image, session.threads, session.context)
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
      throw ToolError(error, name: name).about(label)
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

  /// The error of a step that cannot do what it says.
  func refusal(_ reason: String) -> ToolError { ToolError("\(label): \(reason)") }

  /// The answer of a check that does not hold.
  func no(_ reason: String) -> ToolError {
    ToolError("\(label): \(reason)", status: .answerIsNo)
  }
}
