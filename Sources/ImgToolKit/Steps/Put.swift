import PixelViews

extension StepRecord {
  static let put = StepRecord(
    "--put", "X,Y=V", .edit, "set one pixel",
    details: .init(
      """
      X counts columns and Y rows, both from 0. V is a list of samples (128 or 255,0,0), 0x…, \
      #rrggbb[aa], or a CSS color name. A sample out of range is refused, never clamped.
      """, example: "--put 3,4=255,0,0")
  ) { text throws(ToolError) in
    let parts = try Values.assignment(text, "--put", "X,Y=V is expected, like 3,4=255,0,0")
    let (x, y) = try Values.point(parts.left, "--put")
    return EditStep { image, context throws(ToolError) in
      try context.check(Rectangle(x: x, y: y, width: 1, height: 1), in: image)
      return try context.storedPixel(parts.right, for: image, "--put")
    } foresee: { image, pixel throws(ViewError) in
      try image.losses(storing: pixel, x: x, y: y)
    } edit: { image, pixel, _ throws(ViewError) in
      try image.put(x: x, y: y, pixel)
    }
  }
}
