/// What views make of metadata: what is true of the view, from what the file says, so that views which
/// undo each other leave it as it was.
extension Metadata {
  /// What the views since the file have made of the picture.
  struct View: Hashable, Sendable {
    /// The size in the file.
    let fileWidth, fileHeight: Int
    var isCropped = false
    var isTransposed = false
    /// After the axes have changed places.
    var mirrorsX = false
    var mirrorsY = false
    /// Each how many columns and rows are left.
    var stepX = 1
    var stepY = 1

    var isTurned: Bool { isTransposed || mirrorsX || mirrorsY }

    fileprivate mutating func turn(_ reorientation: Reorientation) {
      if reorientation.swapsAxes {
        isTransposed.toggle()
        swap(&mirrorsX, &mirrorsY)
        swap(&stepX, &stepY)
      }
      if [.horizontal, .half, .quarter].contains(reorientation) { mirrorsX.toggle() }
      if [.vertical, .half, .threeQuarters].contains(reorientation) { mirrorsY.toggle() }
    }
  }

  /// What a file says, and the view that is spoken of.
  indirect enum Origin: Hashable, Sendable { case file(Metadata, View) }

  /// For a part of the picture.
  func cropped(from size: Layout, width: Int, height: Int) -> Metadata {
    viewed(from: size, width: width, height: height) { $0.isCropped = true }
  }

  /// For the picture mirrored or turned.
  func reoriented(
    _ reorientation: Reorientation, from size: Layout, width: Int, height: Int
  ) -> Metadata {
    viewed(from: size, width: width, height: height) { $0.turn(reorientation) }
  }

  /// For a picture of each `columns`th column and `rows`th row.
  func every(columns: Int, rows: Int, from size: Layout, width: Int, height: Int) -> Metadata {
    viewed(from: size, width: width, height: height) { view in
      // A step that 64 bits do not hold is beyond that of any density.
      view.stepX = view.stepX.multiplied(by: columns) ?? .max
      view.stepY = view.stepY.multiplied(by: rows) ?? .max
    }
  }

  private func viewed(
    from size: Layout, width: Int, height: Int, _ change: (inout View) -> Void
  ) -> Metadata {
    var file = self
    var view = View(fileWidth: size.width, fileHeight: size.height)
    if case .file(let said, let known) = origin { (file, view) = (said, known) }
    change(&view)
    var shown = file
    shown.origin = .file(file, view)
    if view == View(fileWidth: view.fileWidth, fileHeight: view.fileHeight) { return shown }
    shown.dropWhole(
      view.isCropped
        ? "the picture was cropped"
        : view.isTurned ? "the picture was turned" : "pixels were left out")
    if let density = file.density {
      let turned =
        view.isTransposed ? Density(x: density.y, y: density.x, unit: density.unit) : density
      shown.density = turned.divided(byX: view.stepX, y: view.stepY)
      if shown.density == nil { shown.lose("density (beyond a limit)") }
    }
    shown.fixVideo(view)
    shown.fixExif(width: width, height: height, isTurned: view.isTurned)
    return shown
  }

  private mutating func dropWhole(_ reason: String) {
    guard chunks.contains(where: { Metadata.field($0)?.isOfWhole == true }) else { return }
    for chunk in chunks where Metadata.field(chunk)?.isOfWhole == true {
      lose("\(chunk.summary) (\(reason))")
    }
    chunks.removeAll { Metadata.field($0)?.isOfWhole == true }
  }

  /// Lines of fields stay where they were in the whole picture alone; the shape of a pixel turns with it.
  private mutating func fixVideo(_ view: View) {
    func index(_ key: VideoKey) -> Int? { chunks.firstIndex { $0.keyword == key.rawValue } }
    if let place = index(.interlacing), chunks[place].bytes.last != 0x3F {
      lose("interlacing (lines were moved or left out)")
      chunks.remove(at: place)
    }
    guard let place = index(.pixelAspect), view.isTransposed || view.stepX != view.stepY else {
      return
    }
    let key = Array(VideoKey.pixelAspect.rawValue.utf8) + [0]
    let sides = chunks[place].bytes.dropFirst(key.count).split(separator: 0x3A)
    if view.stepX == view.stepY, sides.count == 2 {
      chunks[place].bytes = key + sides[1] + [0x3A] + sides[0]
    } else {
      lose("pixel aspect (pixels were left out)")
      chunks.remove(at: place)
    }
  }

  private mutating func fixExif(width: Int, height: Int, isTurned: Bool) {
    guard let index = chunks.firstIndex(where: { $0.name == "eXIf" }) else { return }
    guard var block = ExifBlock(chunks[index].bytes) else {
      chunks.remove(at: index)
      return lose("Exif data (damaged)")
    }
    guard let made = block.fit(width: width, height: height, isTurned: isTurned) else {
      chunks.remove(at: index)
      return lose("Exif data (with a small picture of what was there, or damaged)")
    }
    changes += made.filter { !changes.contains($0) }
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
