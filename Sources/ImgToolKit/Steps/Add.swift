import PixelViews

extension StepRecord {
  static let add = StepRecord(
    "--add", "N", .edit, "add a number to every color sample; refused if one would not fit",
    details: .init(
      """
      N may be negative. If any sum would leave the range of the samples, nothing \
      changes.
      """, example: "--add -10")
  ) { text throws(ToolError) in
    let number = try Values.number(text, "--add")
    return EditStep { image, context throws(ToolError) in
      try context.checkArithmetic(image, "add")
    } edit: { image, _, threads throws(ViewError) in
      try image.add(number, threads: threads)
    }
  }
}
