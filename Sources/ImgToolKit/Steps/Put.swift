import PixelViews

extension StepRecord {
  static let put = edit("--put", "X,Y=V", "set one pixel") { text throws(ToolError) in
    let parts = try Values.assignment(text, "--put", "X,Y=V")
    let point = try Values.point(parts.left, "--put")
    let area = Rectangle(x: point.x, y: point.y, width: 1, height: 1)
    return EditStep { image, context throws(ToolError) in
      try context.check(area, in: image)
      _ = try context.pixel(parts.right, for: image, "--put")
    } edit: { image, _, context throws(ToolError) in
      let pixel = try context.pixel(parts.right, for: image, "--put")
      try context.viewing { () throws(ViewError) in try image.put(x: area.x, y: area.y, pixel) }
    }
  }
}
