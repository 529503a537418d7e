import PixelViews

extension StepRecord {
  static let band = StepRecord(
    "--band", "B", .view, "look at one band, by name or number", traits: .views
  ) { name in
    ViewStep { image, context throws(ToolError) in
      let band = try context.band(name, of: image.mode)
      return try context.viewing { () throws(ViewError) in try image.showing(band: band) }
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

extension Image {
  /// One band as an image of its own; indices stay indices.
  fileprivate func showing(band index: Int) throws(ViewError) -> Image {
    if mode.bandCount == 1 { return self }
    guard mode.isIndexed else { return try band(index) }
    return try selecting(bands: [index], as: index == 0 ? .palette : .gray)
  }
}
