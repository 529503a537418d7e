import PixelViews

extension StepRecord {
  static let band = StepRecord("--band", "B", .view, "look at one band, by name or number") {
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
    let band = try context.band(name, of: image.mode)
    return try context.viewing { () throws(ViewError) in
      if image.mode.bandCount == 1 { return image }
      guard image.mode.isIndexed else { return try image.band(band) }
      return try image.selecting(bands: [band], as: band == 0 ? .palette : .gray)
    }
  }
}

extension StepContext {
  /// A band by its name, or by its number from 0.
  func band(_ text: String, of mode: Mode) throws(ToolError) -> Int {
    let names = mode.bands
    if let index = names.firstIndex(of: text) { return index }
    if let index = Int(text), names.indices.contains(index) { return index }
    let folded = names.indices.filter { names[$0].lowercased() == text.lowercased() }
    if folded.count == 1 { return folded[0] }
    throw refusal(
      "\(Values.quoted(text)) is not a band of mode \(mode.name), which has "
        + names.joined(separator: ", "))
  }
}
