import PixelMemory
import PixelViews

extension Comparison {
  /// In the file of each image, the first byte that differs, of the pixels that fail; `nil` when they were
  /// decoded or copied, so that no byte of a file holds them.
  ///
  /// Where bytes cannot be told apart, as one file has none or stores samples in another way, it is
  /// the first byte of the bands that differ.
  ///
  /// - Parameters:
  ///   - a: the first image, and `b` the other.
  ///   - pair: both in the mode in which they were compared.
  static func firstBytes(
    of difference: Difference, in a: Image, _ b: Image, as pair: (a: Image, b: Image),
    region: Rectangle?, threads: Int
  ) throws(ViewError) -> (a: Int?, b: Int?) {
    func first(_ image: Image) throws(ViewError) -> Difference.Spot? {
      if !image.isInFile || image.layout.isInReadingOrder { return difference.first }
      let (layout, mode) = (image.layout, pair.a.mode)
      let bands = mode.bands.indices.map { image.storedBand(of: $0, in: mode) }
      return try Difference.first(
        of: pair.a, pair.b, region: region, tolerance: difference.tolerance, threads: threads,
        by: { x, y, band in layout.byteOffset(x: x, y: y, band: bands[band]) },
        lowest: { (try? layout.cropped(to: $0).byteRange().lowerBound) ?? 0 })
    }
    let mode = pair.a.mode
    return (
      try first(a)?.fileOffsets(in: a, b, as: mode).a,
      try first(b)?.fileOffsets(in: a, b, as: mode).b
    )
  }
}

extension Difference.Spot {
  /// In the file of each image, the first byte that differs behind the pixel; `nil` as for
  /// ``Comparison/firstBytes(of:in:_:as:region:threads:)``.
  func fileOffsets(in a: Image, _ b: Image, as mode: Mode) -> (a: Int?, b: Int?) {
    let bands = (firstByte(in: a, as: mode), firstByte(in: b, as: mode))
    guard bands.0 != nil, bands.1 != nil, let exact = differingBytes(a, b) else { return bands }
    return exact
  }

  /// The first byte on each side that holds a bit which differs; `nil` where both cannot be compared
  /// bit by bit, or no bit differs.
  private func differingBytes(_ a: Image, _ b: Image) -> (a: Int, b: Int)? {
    let stored = a.storedFormat.mode
    guard stored.bandCount == b.storedFormat.mode.bandCount,
      // What another program cut off meanwhile is no longer there to be compared.
      let one = try? PixelBytes(a, x: x, y: y), let other = try? PixelBytes(b, x: x, y: y)
    else { return nil }
    var first: (a: Int, b: Int)?
    for band in 0..<stored.bandCount where band != a.padding && band != b.padding {
      guard let bits = one.differingBits(from: other, band: band) else { return nil }
      guard let here = one.firstByte(ofBits: bits, band: band),
        let there = other.firstByte(ofBits: bits, band: band)
      else { continue }
      first = (min(first?.a ?? here, here), min(first?.b ?? there, there))
    }
    return first
  }

  /// The first byte of the file that belongs to a band which differs; to any band if those have none.
  private func firstByte(in image: Image, as mode: Mode) -> Int? {
    guard image.isInFile else { return nil }
    let fields = image.layout.fields
    let differing = Set(bands.map { image.storedBand(of: $0, in: mode) })
    let stored = fields.indices.filter { !fields[$0].isConstant }
    let held = stored.filter(differing.contains)
    return (held.isEmpty ? stored : held)
      .map { image.layout.byteOffset(x: x, y: y, band: $0) }.min()
  }
}

extension Image {
  /// Whether bytes of a file, or of what a pipe gave, hold the pixels.
  fileprivate var isInFile: Bool {
    switch buffer.origin {
    case .file, .spooled: true
    case .heap, .foreign: false
    }
  }

  /// The stored band that is not shown.
  fileprivate var padding: Int? { storedFormat.mode == .rgbx ? 3 : nil }

  /// The stored band behind a band of the mode in which the image is compared.
  fileprivate func storedBand(of band: Int, in mode: Mode) -> Int {
    let stored = storedFormat.mode
    if stored.bandCount == mode.bandCount { return band }
    if band == mode.alphaBand { return stored.alphaBand ?? 0 }
    // Gray and indices stand for all colors.
    return stored.bandCount > 2 ? min(band, stored.bandCount - 1) : 0
  }
}
