import PixelViews

extension StepRecord {
  static let convert = StepRecord(
    making: "--convert", "MODE", .derived,
    "show another mode, by Pillow's formulas, computed when read",
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
