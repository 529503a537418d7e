import PixelViews

extension StepRecord {
  static let invert = StepRecord(
    "--invert", nil, .edit, "replace each color sample v with max - v",
    details: """
      Opacity and padding stay as they are; max is 255 for 8 bits. Palette modes refuse it.
      """
  ) { _ in
    EditStep { image, context throws(ToolError) in
      try context.checkArithmetic(image, "invert")
    } edit: { image, _, threads throws(ViewError) in
      try image.invert(threads: threads)
    }
  }
}

extension StepContext {
  /// Refuses arithmetic on numbers of colors.
  func checkArithmetic(_ image: Image, _ operation: String) throws(ToolError) {
    try viewing { () throws(ViewError) in
      if image.mode.isIndexed { throw .unsupported(operation: operation, mode: image.mode) }
    }
  }
}
