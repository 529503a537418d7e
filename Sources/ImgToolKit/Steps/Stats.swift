import PixelViews

extension StepRecord {
  static let stats = StepRecord(
    "--stats", .report, "print the smallest, largest and mean sample of each band",
    details: """
      With --json, the report has a histogram as well.
      """,
    traits: .readsPixels
  ) { session throws(ToolError) in
    let (image, threads) = (session.image, session.threads)
    let statistics = try session.context.viewing { () throws(ViewError) in
      try image.statistics(threads: threads)
    }
    session.report.add("bands", statistics.json(image.format))
    try session.answer(statistics.text(image.format))
  }
}
