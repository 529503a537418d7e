import PixelViews

extension StepRecord {
  static let band = StepRecord(
    "--band", "B", .view, "show only one band, by name or number",
    details: .init(
      """
      The result is one gray band. Bands are counted from 0, or named by their letter.
      """, example: "--band A")
  ) {
    Band(name: $0)
  }
}

private struct Band: Step {
  let name: String

  func preview(_ preview: inout Preview) throws(ToolError) {
    preview.image = try view(of: preview.image, preview.context)
  }

  func perform(_ session: inout Session) throws(ToolError) {
    session.image = try view(of: session.image, session.context)
  }

  /// Indices stay indices.
  private func view(of image: Image, _ context: StepContext) throws(ToolError) -> Image {
    // What is stored can be edited, and has the names that video has for it.
    let stored = image.stored
    if image.mode.band(named: name) == nil, stored.mode != image.mode,
      stored.mode.band(named: name) != nil, Int(name) == nil
    {
      return try view(of: stored, context)
    }
    let band = try context.band(name, of: image.mode)
    return try context.viewing { () throws(ViewError) in
      if image.mode.bandCount == 1 { return image }
      guard image.mode.isIndexed else { return try image.band(band) }
      return try image.selecting(bands: [band], as: band == 0 ? .palette : .gray)
    }
  }
}

extension Mode {
  /// A band by its name, or by its number from 0.
  fileprivate func band(named text: String) -> Int? {
    if let index = bands.firstIndex(of: text) { return index }
    if let index = Int(text), bands.indices.contains(index) { return index }
    let folded = bands.indices.filter { bands[$0].lowercased() == text.lowercased() }
    return folded.count == 1 ? folded[0] : nil
  }
}

extension StepContext {
  /// A band by its name, or by its number from 0.
  func band(_ text: String, of mode: Mode) throws(ToolError) -> Int {
    if let index = mode.band(named: text) { return index }
    let names = mode.bands
    throw refusal(
      "\(Values.quoted(text)) is not a band of mode \(mode.name), which has "
        + names.joined(separator: ", "))
  }
}
