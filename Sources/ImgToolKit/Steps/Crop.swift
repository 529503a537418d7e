import PixelViews

extension StepRecord {
  static let crop = StepRecord(
    "--crop", "WxH+X+Y", .view, "show only a rectangle",
    details: .init(
      """
      W columns and H rows from column X, row Y, counted from 0. Later steps see only \
      these pixels; an edit reaches the file through the view.
      """, example: "--crop 320x240+10+20")
  ) {
    text throws(ToolError) in
    let area = try Values.rectangle(text, "--crop")
    return ViewStep { image throws(ViewError) in try image.cropped(to: area) }
  }
}
