import PixelViews

extension StepRecord {
  static let fill = edit(
    "--fill", "V|WxH+X+Y=V", "set all pixels, or those of a rectangle"
  ) { text throws(ToolError) in
    var (area, value): (Rectangle?, String) = (nil, text)
    if text.contains("=") {
      let parts = try Values.assignment(text, "--fill", "WxH+X+Y=V")
      (area, value) = (try Values.rectangle(parts.left, "--fill"), parts.right)
    }
    return fill(area, value)
  }

  private static func fill(_ area: Rectangle?, _ value: String) -> EditStep {
    EditStep { image, context throws(ToolError) in
      if let area { try context.check(area, in: image) }
      _ = try context.pixel(value, for: image, "--fill")
    } edit: { image, threads, context throws(ToolError) in
      let pixel = try context.pixel(value, for: image, "--fill")
      try context.viewing { () throws(ViewError) in
        try image.fill(area ?? image.bounds, with: pixel, threads: threads)
      }
    }
  }
}
