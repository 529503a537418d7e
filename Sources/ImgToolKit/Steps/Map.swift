import PixelViews

extension StepRecord {
  static let map = StepRecord(
    making: "--map", "viridis|turbo|gray", .derived,
    "color one band by a map; numbers through the window before it, or --window auto",
    details: .init(
      """
      The image must have one band. The maps are those that matplotlib and Google \
      published, with 256 colors.
      """, example: "--map viridis")
  ) { text, settings throws(ToolError) in
    ColorMapping(
      map: try Values.choice(text, "--map"), window: AutomaticWindow(0, settings.conversion))
  }
}

/// Gray, or numbers through a window, as the colors of a map.
private struct ColorMapping: Step {
  let map: ColorMap
  let window: AutomaticWindow

  func preview(_ preview: inout Preview) throws(ToolError) {
    if try isNumber(preview.image, preview.context) { try window.preview(&preview) }
    preview.image = try mapped(preview.image, preview.context)
    preview.isDerived = true
  }

  func perform(_ session: inout Session) throws(ToolError) {
    if try isNumber(session.image, session.context) { try window.perform(&session) }
    session.image = try mapped(session.image, session.context)
  }

  private func isNumber(_ image: Image, _ context: StepContext) throws(ToolError) -> Bool {
    try context.viewing { () throws(ViewError) in
      guard image.mode == .gray || image.mode.isNumber else {
        throw .unsupported(operation: "map", mode: image.mode)
      }
    }
    return image.format != PixelFormat(.gray)
  }

  private func mapped(_ image: Image, _ context: StepContext) throws(ToolError) -> Image {
    try context.viewing { () throws(ViewError) in try image.mapped(map) }
  }
}
