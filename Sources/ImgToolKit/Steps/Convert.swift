import PixelViews

extension StepRecord {
  static let convert = derived(
    "--convert", "MODE", "another mode, by Pillow's formulas, computed when read", choices: .modes
  ) { text throws(ToolError) in
    let mode = try Values.mode(text, "--convert")
    return ({ $0.mode != mode }, { image throws(ViewError) in try image.converted(to: mode) })
  }
}
