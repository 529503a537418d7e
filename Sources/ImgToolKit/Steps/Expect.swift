import PixelViews

extension StepRecord {
  static let expect = StepRecord(
    "--expect", "X,Y=V", .check, "exit 1 unless the pixel at X,Y has this value",
    details: .init(
      """
      V is as in --put; the pixel is read from the file at this moment.
      """, example: "--expect 0,0=255")
  ) { text throws(ToolError) in
    let parts = try Values.assignment(text, "--expect", "X,Y=V is expected, like 3,4=255,0,0")
    let point = try Values.point(parts.left, "--expect")
    return ActStep { preview throws(ToolError) in
      try preview.check(x: point.x, y: point.y)
      _ = try preview.context.pixel(parts.right, for: preview.image, "--expect")
    } act: { session throws(ToolError) in
      let (image, context) = (session.image, session.context)
      let wanted = try context.pixel(parts.right, for: image, "--expect")
      let found = try context.viewing { () throws(ViewError) in
        try image.pixel(x: point.x, y: point.y)
      }
      session.report.add("found", PixelText.json(found, format: image.format))
      if !found.isSame(as: wanted.rounded(to: image.format)) {
        throw context.no(
          "pixel \(point.x),\(point.y) is \(PixelText.text(found, format: image.format))")
      }
    }
  }
}

extension Pixel {
  /// Whether all samples are the same, what is not a number included.
  fileprivate func isSame(as other: Pixel) -> Bool {
    zip(samples, other.samples).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  }

  /// The samples as a format holds them: what `0.1` is as a 32-bit float.
  fileprivate func rounded(to format: PixelFormat) -> Pixel {
    format.type == .f32 ? Pixel(samples.map { Double(Float($0)) }) : self
  }
}
