import PixelViews

extension Metadata {
  /// What there is to say where the Exif data of a file have the picture turned, which no reader of the
  /// format has to heed.
  func orientationNote(_ path: String) -> String? {
    guard let found = exifOrientation, let turn = Metadata.turns[found] else { return nil }
    let steps = turn.map { "--reorient \($0)" }.joined(separator: " ")
    return
      "\(path): the Exif orientation is \(found), and is not applied; \(steps) shows it upright"
  }

  /// The steps that undo an orientation.
  private static let turns = [
    2: ["h"], 3: ["180"], 4: ["v"], 5: ["h", "270"], 6: ["90"], 7: ["h", "90"], 8: ["270"],
  ]
}
