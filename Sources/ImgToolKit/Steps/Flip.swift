import PixelViews

extension StepRecord {
  static let flip = edit(
    "--flip", "h|v", "mirror the pixels in the buffer, left-right or top-bottom",
    choices: .names(["h", "v"])
  ) { text throws(ToolError) in
    let axis: FlipAxis = try Values.choice(text, "--flip")
    return EditStep { image, threads, context throws(ToolError) in
      try context.viewing { () throws(ViewError) in try image.flip(axis, threads: threads) }
    }
  }
}
