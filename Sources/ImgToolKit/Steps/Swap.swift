import PixelViews

extension StepRecord {
  static let swap = StepRecord(
    "--swap", "A,B", .edit, "exchange two bands, by name or number",
    details: .init(
      """
      Bands are counted from 0, or named by their letter.
      """, example: "--swap R,B")
  ) { text throws(ToolError) in
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.count == 2 else {
      throw ToolError("--swap is \(Values.quoted(text)); two bands are expected, like R,B")
    }
    return EditStep { image, context throws(ToolError) in
      (try context.band(names[0], of: image.mode), try context.band(names[1], of: image.mode))
    } edit: { image, bands, threads throws(ViewError) in
      try image.swapBands(bands.0, bands.1, threads: threads)
    }
  }
}
