import ImageFiles
import PixelViews

extension StepRecord {
  static let window = StepRecord(
    making: "--window", "LO,HI|auto[,P%]", .derived,
    "stretch LO..HI to 8 bits; auto: the image's own range, less P% at each end",
    details: .init(
      """
      Both ends count: LO becomes 0 and HI becomes 255. Samples outside LO,HI are \
      clipped to 0 or 255. LO must be less than HI. `auto,1%` leaves out one percent \
      of the pixels at each end.
      """, example: "--window 0,4095")
  ) { text, settings throws(ToolError) in
    let policy = settings.conversion
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if parts[0] == "auto" { return AutomaticWindow(try percent(parts, text), policy) }
    guard parts.count == 2 else {
      throw ToolError(
        "--window is \(Values.quoted(text)); LO,HI is expected, like 0,4095, or auto, or auto,1%")
    }
    let low = try Values.number(parts[0], "--window")
    let high = try Values.number(parts[1], "--window")
    guard low < high, low.isFinite, high.isFinite else {
      throw ToolError("--window is \(text); LO must be less than HI, and both finite")
    }
    return ViewStep {
      _ in
      true
    } view: { image throws(ViewError) in
      try image.windowed(low, high, policy: policy)
    }
  }

  /// How much of the picture is left out at each end.
  private static func percent(_ parts: [String], _ text: String) throws(ToolError) -> Double {
    if parts.count == 1 { return 0 }
    let share = parts[1].hasSuffix("%") ? Double(parts[1].dropLast()) : nil
    guard parts.count == 2, let share, share >= 0, share < 50 else {
      throw ToolError(
        "--window is \(Values.quoted(text)); auto,P% is expected, P at least 0 and less than 50, "
          + "like auto,1%")
    }
    return share
  }
}

/// A window onto the range of the picture, which is read for it.
struct AutomaticWindow: Step {
  let percent: Double
  /// What becomes of samples that are not numbers.
  let policy: ConversionPolicy

  init(_ percent: Double, _ policy: ConversionPolicy) {
    self.percent = percent
    self.policy = policy
  }

  func preview(_ preview: inout Preview) throws(ToolError) {
    let (before, context) = (preview.image, preview.context)
    // Any window does: what it shows is known when the picture is read.
    preview.image = try context.viewing { () throws(ViewError) in try before.windowed(0, 1) }
    preview.isDerived = true
  }

  func perform(_ session: inout Session) throws(ToolError) {
    let (image, threads) = (session.image, session.threads)
    let (shown, window) = try session.context.viewing { () throws(ViewError) in
      let window = try image.automaticWindow(leavingOut: percent, threads: threads)
      return (try image.windowed(window.lowerBound, window.upperBound, policy: policy), window)
    }
    session.report.add(
      "window", .array([window.lowerBound, window.upperBound].map(JSON.number)))
    session.image = shown
  }
}
