import PixelViews

extension StepRecord {
  static let every = StepRecord(
    "--every", "NxM", .view, "look at each Nth column and each Mth row"
  ) { text throws(ToolError) in
    let steps = try Values.size(text, "--every")
    return ViewStep { image throws(ViewError) in
      try image.every(columns: steps.width, rows: steps.height)
    }
  }
}
