import PixelViews

extension StepRecord {
  static let swap = edit("--swap", "A,B", "exchange two bands, by name or number") {
    text throws(ToolError) in
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.count == 2 else {
      throw ToolError("--swap is \(Values.quoted(text)); two bands are expected, like R,B")
    }
    return EditStep { image, context throws(ToolError) in
      for name in names { _ = try context.band(name, of: image.mode) }
    } edit: { image, threads, context throws(ToolError) in
      let a = try context.band(names[0], of: image.mode)
      let b = try context.band(names[1], of: image.mode)
      try context.viewing { () throws(ViewError) in try image.swapBands(a, b, threads: threads) }
    }
  }
}
