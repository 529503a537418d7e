import PixelViews

extension Mode {
  /// What the bands are taken for where only their number is known; `nil` where that is right.
  private var takenFor: Mode? {
    let known: [Mode] = [.grayAlpha, .rgb, .rgba]
    guard !isIndexed, known.indices.contains(bandCount - 2) else { return nil }
    return known[bandCount - 2] == self ? nil : known[bandCount - 2]
  }

  /// What a format does not say of the mode that has no word for what bands mean.
  package func unsaid(by format: String) -> Loss? {
    takenFor.map { other in
      let fact =
        paddingBand == nil
        ? "the bands are \(bands.joined(separator: ","))" : "the last band is padding"
      return Loss(
        "meaning of the bands",
        description: "\(format) does not say that \(fact): it is read as \(other.name)")
    }
  }
}

extension FileFormat {
  /// What a file of the format does not say of the colors that `YCbCr` of video stands for; `nil` where
  /// nothing is lost by that. Files without a header, and those without names of bands, say less.
  func unsaidColor(of image: Image) -> Loss? {
    guard image.mode == .ycbcr, let color = image.videoColor, namesBands, describe != nil,
      name != FileFormat.y4m.name || color.matrix != .bt601
    else { return nil }
    return Loss(
      "color of video",
      description: "\(name) does not say that YCbCr is of BT.\(color.matrix.rawValue), "
        + "\(color.range.rawValue) range: --matrix and --range do when it is opened")
  }
}
