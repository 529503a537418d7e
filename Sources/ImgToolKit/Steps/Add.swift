import PixelViews

extension StepRecord {
  static let add = edit(
    "--add", "N", "add a number to every color sample; refused if one would not fit"
  ) { text throws(ToolError) in
    let number = try Values.number(text, "--add")
    return EditStep { image, context throws(ToolError) in
      try context.checkArithmetic(image, "add")
    } edit: { image, threads, context throws(ToolError) in
      try context.viewing { () throws(ViewError) in try image.add(number, threads: threads) }
    }
  }
}
