import PixelViews

extension StepRecord {
  static let print = StepRecord(
    "--print", "X,Y", .report, "print a pixel's samples",
    details: .init(
      """
      X counts columns and Y rows, both from 0.
      """, example: "--print 3,4")
  ) { text throws(ToolError) in
    let point = try Values.point(text, "--print")
    return ActStep { preview throws(ToolError) in
      try preview.check(x: point.x, y: point.y)
    } act: { session throws(ToolError) in
      let image = session.image
      let pixel = try session.context.viewing { () throws(ViewError) in
        try image.pixel(x: point.x, y: point.y)
      }
      session.report.add("pixel", PixelText.json(pixel, format: image.format))
      try session.answer(PixelText.text(pixel, format: image.format))
    }
  }
}
