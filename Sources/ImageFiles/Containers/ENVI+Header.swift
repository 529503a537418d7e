import PixelViews

extension SidecarHeader {
  /// The name of samples that belong to no band.
  static let unused = "unused"

  /// ENVI: `NAME.hdr` beside `NAME`.
  static let envi = SidecarHeader(
    name: ENVI.name, summary: "ENVI header, beside the file and with its name", suffix: ".hdr",
    namesFile: false
  ) { grid, _ throws(FormatError) in
    let box = try grid.arrangement(for: ENVI.name)
    let interleave =
      switch box.order {
      case .pixel: box.slots.count == 1 ? "bsq" : "bip"
      case .line: "bil"
      case .plane: "bsq"
      }
    return """
      ENVI
      samples = \(grid.width)
      lines = \(grid.height)
      bands = \(box.slots.count)
      header offset = \(box.offset)
      file type = ENVI Standard
      data type = \(try ENVI.types.name(of: grid.element, ENVI.name))
      interleave = \(interleave)
      byte order = \(grid.element.isBigEndian ? 1 : 0)
      band names = {\(box.slots.map { $0 ?? unused }.joined(separator: ", "))}
      \(defaultBands(box.slots))
      """
  }

  /// The line that tells a viewer which bands are red, green and blue; empty where none are.
  private static func defaultBands(_ slots: [String?]) -> String {
    let places = ["R", "G", "B"].compactMap { slots.firstIndex(of: $0) }
    return places.count < 3
      ? "" : "default bands = {\(places.map { "\($0 + 1)" }.joined(separator: ", "))}\n"
  }
}
