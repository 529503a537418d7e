import PixelMemory
import PixelViews

/// A look ahead: the steps done on the image's numbers alone, so that a wrong one is told before the
/// first changes anything.
struct Preview {
  /// The image as the views make it. After `--copy` only its size and format still count.
  var image: Image
  /// Whether the pixels are computed from what is stored by then.
  var isDerived: Bool
  /// Whether the image is a private copy by then.
  private var isCopied = false
  private(set) var context: StepContext

  init(of image: Image, name: String) {
    self.image = image
    isDerived = image.isDerived
    context = StepContext(name: name, label: "")
  }

  /// - Throws: ``ToolError`` for the first step that cannot work, whatever the pixels are.
  mutating func check(_ plan: RunPlan) throws(ToolError) {
    for step in plan.steps {
      context.label = step.text
      try step.step.preview(&self)
    }
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
