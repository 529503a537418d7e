import PixelViews

extension StepRecord {
  static let convert = StepRecord(
    "--convert", "MODE", .derived, "another mode, by Pillow's formulas, computed when read",
    choices: .modes
  ) { text throws(ToolError) in
    let mode = try Values.mode(text, "--convert")
    return ViewStep {
      $0.mode != mode
    } view: { image throws(ViewError) in
      try image.converted(to: mode)
    }
  }
}
