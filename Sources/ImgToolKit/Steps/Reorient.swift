import PixelViews

extension StepRecord {
  static let reorient = StepRecord(
    "--reorient", "h|v|90|180|270", .view, "mirror or turn clockwise without moving a byte",
    details: .init(
      """
      h mirrors left-right, v top-bottom; 90, 180 and 270 turn clockwise. Only the \
      view changes, so later edits still reach the file.
      """, example: "--reorient 90"),
    choices: .names(Reorientation.allCases.map(\.rawValue))
  ) { text throws(ToolError) in
    let reorientation: Reorientation = try Values.choice(text, "--reorient")
    return ViewStep { $0.reoriented(reorientation) }
  }
}
