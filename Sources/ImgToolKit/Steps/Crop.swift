import PixelViews

extension StepRecord {
  static let crop = view("--crop", "WxH+X+Y", "look at a rectangle") { text throws(ToolError) in
    let area = try Values.rectangle(text, "--crop")
    return { image throws(ViewError) in try image.cropped(to: area) }
  }
}
