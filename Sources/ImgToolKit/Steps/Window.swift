import PixelViews

extension StepRecord {
  static let window = StepRecord(
    "--window", "LO,HI", .derived, "spread the numbers LO to HI over 8-bit gray"
  ) { text throws(ToolError) in
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw ToolError("--window is \(Values.quoted(text)); LO,HI is expected, like 0,4095")
    }
    let low = try Values.number(String(parts[0]), "--window")
    let high = try Values.number(String(parts[1]), "--window")
    guard low < high, low.isFinite, high.isFinite else {
      throw ToolError("--window is \(text); LO must be less than HI, and both finite")
    }
    return ViewStep {
      _ in
      true
    } view: { image throws(ViewError) in
      try image.windowed(low, high)
    }
  }
}
