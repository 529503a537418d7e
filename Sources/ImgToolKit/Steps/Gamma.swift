import PixelViews

extension StepRecord {
  static let gamma = StepRecord(
    "--gamma", "srgb|V", .derived,
    "show numbers in proportion to light by the sRGB curve, or to the power of 1/V",
    choices: .names(["srgb"])
  ) { text throws(ToolError) in GammaStep(gamma: try gamma(text)) }

  private static func gamma(_ text: String) throws(ToolError) -> Gamma {
    if text == "srgb" { return .srgb }
    guard let exponent = Double(text), exponent >= 0.01, exponent <= 100 else {
      throw ToolError(
        "--gamma is \(Values.quoted(text)); srgb or a number from 0.01 to 100 is expected, like 2.2"
      )
    }
    return .power(exponent)
  }
}

private struct GammaStep: Step {
  let gamma: Gamma

  func preview(_ preview: inout Preview) throws(ToolError) {
    preview.image = try encoded(preview.image, preview.context)
    preview.isDerived = true
  }

  func perform(_ session: inout Session) throws(ToolError) {
    session.image = try encoded(session.image, session.context)
  }

  private func encoded(_ image: Image, _ context: StepContext) throws(ToolError) -> Image {
    guard image.mosaic == nil else {
      throw context.refusal(
        "colors are made of numbers in proportion to light; put --demosaic before it")
    }
    return try context.viewing { () throws(ViewError) in try image.encoded(gamma) }
  }
}
