import PixelViews

extension StepRecord {
  static let every = StepRecord(
    "--every", "NxM", .view, "keep every Nth column and every Mth row",
    details: .init(
      """
      The first column and the first row are kept: 2x2 keeps a quarter of the pixels. \
      Nothing is averaged.
      """, example: "--every 2x2")
  ) { text throws(ToolError) in
    let steps = try Values.size(text, "--every")
    return ViewStep { image throws(ViewError) in
      try image.every(columns: steps.width, rows: steps.height)
    }
  }
}
