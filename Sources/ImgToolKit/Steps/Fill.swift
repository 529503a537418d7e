import PixelViews

extension StepRecord {
  static let fill = StepRecord(
    "--fill", "V|WxH+X+Y=V", .edit, "set all pixels, or those of a rectangle",
    details: .init(
      """
      The rectangle is W columns and H rows from column X, row Y. It must lie inside \
      the image. V is as in --put.
      """, example: "--fill 8x8+16+16=#ffff00")
  ) { text throws(ToolError) in
    guard text.contains("=") else { return fill(nil, text) }
    let parts = try Values.assignment(text, "--fill", "WxH+X+Y=V is expected, like 8x6+0+0=red")
    return fill(try Values.rectangle(parts.left, "--fill"), parts.right)
  }

  private static func fill(_ area: Rectangle?, _ value: String) -> EditStep<Pixel> {
    EditStep { image, context throws(ToolError) in
      if let area { try context.check(area, in: image) }
      return try context.storedPixel(value, for: image, "--fill")
    } foresee: { image, pixel throws(ViewError) in
      try image.losses(storing: pixel, x: area?.x ?? 0, y: area?.y ?? 0)
    } edit: { image, pixel, threads throws(ViewError) in
      try image.fill(area ?? image.bounds, with: pixel, threads: threads)
    }
  }
}
