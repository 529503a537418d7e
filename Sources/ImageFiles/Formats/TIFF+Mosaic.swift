import PixelViews

/// The pictures of sensors: TIFF/EP (ISO 12234-2) and DNG 1.4.
extension TIFF {
  /// The colors of a mosaic of 2 x 2, as they are shown; `nil` for other pictures.
  static func mosaic(
    _ reader: inout TIFFReader, _ directory: TIFFDirectory, _ layout: Layout,
    _ reorientations: [Reorientation]
  ) throws(FormatError) -> Mosaic? {
    guard try reader.value(.photometric, of: directory) == colorFilterArray,
      try reader.values(.mosaicSize, of: directory, limit: 2) == [2, 2]
    else { return nil }
    let letters = try reader.values(.mosaic, of: directory, limit: 4).map { color in
      ["r", "g", "b"].indices.contains(color) ? ["r", "g", "b"][color] : "?"
    }
    guard var mosaic = Mosaic(letters.joined()) else { return nil }
    var layout = layout
    for turn in reorientations {
      mosaic = mosaic.reoriented(turn, width: layout.width, height: layout.height)
      layout = layout.reoriented(turn)
    }
    return mosaic
  }

  private static let colorFilterArray = 32803

  /// Puts the pictures after the first page of a DNG file after the pages.
  ///
  /// - Returns: the number of the first mosaic; `nil` where there is none, and in other files.
  static func appendSubdirectories(
    _ reader: inout TIFFReader, _ directories: inout [Int]
  ) throws(FormatError) -> Int? {
    guard let first = directories.first else { return nil }
    let main = try reader.directory(at: first)
    guard main.entry(.dngVersion) != nil else { return nil }
    directories += try reader.values(.subdirectories, of: main, limit: subdirectoryLimit)
    for (number, offset) in directories.enumerated() {
      let directory = try reader.directory(at: offset)
      if try reader.value(.photometric, of: directory, default: -1) == colorFilterArray {
        return number
      }
    }
    return nil
  }

  /// Pictures of one DNG file: previews, masks and the mosaic.
  private static let subdirectoryLimit = 64
}
