import PixelViews

extension StepRecord {
  static let demosaic = StepRecord(
    "--demosaic", "half|bilinear|malvar", .derived,
    "turn a sensor's mosaic into colors; half, one pixel per 2x2 cell, is an editable view",
    details: .init(
      """
      bilinear averages the nearest samples of each color; malvar (Malvar, He and \
      Cutler 2004) is sharper. Both results are computed when read.
      """, example: "--demosaic malvar"),
    choices: .names(Demosaic.allCases.map(\.rawValue))
  ) { text throws(ToolError) in
    DemosaicStep(method: try Values.choice(text, "--demosaic"))
  }
}

private struct DemosaicStep: Step {
  let method: Demosaic

  func preview(_ preview: inout Preview) throws(ToolError) {
    preview.image = try colors(of: preview.image, preview.context)
    if method != .half { preview.isDerived = true }
  }

  func perform(_ session: inout Session) throws(ToolError) {
    session.image = try colors(of: session.image, session.context)
  }

  private func colors(of image: Image, _ context: StepContext) throws(ToolError) -> Image {
    try context.viewing { () throws(ViewError) in try image.demosaiced(method) }
  }
}
