import PixelViews

extension StepRecord {
  static let flip = StepRecord(
    "--flip", "h|v", .edit, "mirror the pixels in the buffer, left-right or top-bottom",
    details: .init(
      """
      h mirrors left-right, v top-bottom. It moves bytes; --reorient h shows the same \
      without moving any.
      """, example: "--flip v"),
    choices: .names(["h", "v"])
  ) { text throws(ToolError) in
    let axis: FlipAxis = try Values.choice(text, "--flip")
    return EditStep { _, _ in
    } edit: { image, _, threads throws(ViewError) in
      try image.flip(axis, threads: threads)
    }
  }
}
