import PixelMemory
import PixelViews

extension Difference.Spot {
  /// In the file of each image, the first byte that differs behind the pixel; `nil` when the pixels
  /// were decoded or copied, so that no byte of a file holds them.
  ///
  /// Where bytes cannot be told apart, as one file has none or stores samples in another way, it is
  /// the first byte of the bands that differ.
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
    switch image.buffer.origin {
    case .file, .spooled: break
    case .heap, .foreign: return nil
    }
    let fields = image.layout.fields
    let differing = Set(bands.map { image.storedBand(of: $0, in: mode) })
    let stored = fields.indices.filter { !fields[$0].isConstant }
    let held = stored.filter(differing.contains)
    return (held.isEmpty ? stored : held)
      .map { image.layout.byteOffset(x: x, y: y, band: $0) }.min()
  }
}

extension Image {
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
