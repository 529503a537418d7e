import PixelViews

extension StepRecord {
  static let gamma = StepRecord(
    "--gamma", "srgb|V", .derived,
    "apply the sRGB curve, or the power 1/V, to samples that are proportional to light",
    details: .init(
      """
      V is from 0.01 to 100. Use it after --demosaic or --window, whose results are proportional \
      to light.
      """, example: "--gamma srgb"),
    choices: .names(["srgb"])
  ) { text throws(ToolError) in
    let gamma = try gamma(text)
    return DerivedStep { image, context throws(ToolError) in
      guard image.mosaic == nil else {
        throw context.refusal(
          "colors are made from samples that are proportional to light; put --demosaic before it")
      }
      return try context.viewing { () throws(ViewError) in try image.encoded(gamma) }
    }
  }

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
