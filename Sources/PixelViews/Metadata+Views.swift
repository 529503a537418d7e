/// What views make of metadata.
extension Metadata {
  /// For a part of the picture.
  func cropped(width: Int, height: Int) -> Metadata {
    var part = self
    part.dropWhole("the picture was cropped")
    part.fixExif(width: width, height: height, isTurned: false)
    return part
  }

  /// For the picture mirrored or turned.
  func reoriented(_ reorientation: Reorientation, width: Int, height: Int) -> Metadata {
    var turned = self
    turned.dropWhole("the picture was turned")
    if reorientation.swapsAxes, let density {
      turned.density = Density(x: density.y, y: density.x, unit: density.unit)
    }
    turned.fixExif(width: width, height: height, isTurned: true)
    return turned
  }

  /// For a picture of each `columns`th column and `rows`th row.
  func every(columns: Int, rows: Int, width: Int, height: Int) -> Metadata {
    var thinned = self
    thinned.dropWhole("pixels were left out")
    if let density {
      thinned.density = density.divided(byX: columns, y: rows)
      if thinned.density == nil { thinned.lose("density (beyond a limit)") }
    }
    thinned.fixExif(width: width, height: height, isTurned: false)
    return thinned
  }

  private mutating func dropWhole(_ reason: String) {
    guard chunks.contains(where: { Metadata.field($0)?.isOfWhole == true }) else { return }
    for chunk in chunks where Metadata.field(chunk)?.isOfWhole == true {
      lose("\(chunk.summary) (\(reason))")
    }
    chunks.removeAll { Metadata.field($0)?.isOfWhole == true }
  }

  private mutating func fixExif(width: Int, height: Int, isTurned: Bool) {
    guard let index = chunks.firstIndex(where: { $0.name == "eXIf" }) else { return }
    guard var block = ExifBlock(chunks[index].bytes) else {
      chunks.remove(at: index)
      return lose("Exif data (damaged)")
    }
    for change in block.fit(width: width, height: height, isTurned: isTurned)
    where !changes.contains(change) {
      changes.append(change)
    }
    chunks[index].bytes = block.bytes
  }
}

extension Metadata.Density {
  /// The density of a picture with each `columns`th column and `rows`th row.
  fileprivate func divided(byX columns: Int, y rows: Int) -> Metadata.Density? {
    func divided(_ fraction: Fraction, by step: Int) -> Fraction? {
      guard let step = UInt32(exactly: step) else { return nil }
      if fraction.above.isMultiple(of: step) {
        return Fraction(fraction.above / step, fraction.below)
      }
      let (below, isTooLarge) = fraction.below.multipliedReportingOverflow(by: step)
      return isTooLarge ? nil : Fraction(fraction.above, below)
    }
    guard let x = divided(x, by: columns), let y = divided(y, by: rows) else { return nil }
    return Metadata.Density(x: x, y: y, unit: unit)
  }
}

extension Reorientation {
  fileprivate var swapsAxes: Bool { self == .quarter || self == .threeQuarters }
}
