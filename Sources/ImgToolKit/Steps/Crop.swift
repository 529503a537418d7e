import PixelViews

extension StepRecord {
  static let crop = StepRecord("--crop", "WxH+X+Y", .view, "look at a rectangle") {
    text throws(ToolError) in
    let area = try Values.rectangle(text, "--crop")
    return ViewStep { image throws(ViewError) in try image.cropped(to: area) }
  }
}
