import PixelViews

extension StepRecord {
  static let convert = StepRecord(
    making: "--convert", "MODE", .derived,
    "show another mode, by Pillow's formulas, computed when read",
    details: .init(
      """
      A sample that the mode cannot hold is an error: use --window to stretch the range, or \
      --clamp. What the mode has no place for, such as color in L, is left out.
      """, example: "--convert L"),
    choices: .modes
  ) { text, settings throws(ToolError) in
    let mode = try Values.mode(text, "--convert")
    let policy = settings.conversion
    return ViewStep {
      $0.mode != mode
    } view: { image throws(ViewError) in
      try image.converted(to: mode, policy: policy)
    }
  }
}
