import PixelMemory

extension Image {
  /// Sets one pixel in the buffer.
  ///
  /// - Throws: ``ViewError`` when the image is read-only, the position outside, a sample missing, or
  ///   one does not fit; nothing is changed then.
  /// - Complexity: O(bands).
  public func put(x: Int, y: Int, _ pixel: Pixel) throws(ViewError) {
    try fill(Rectangle(x: x, y: y, width: 1, height: 1), with: pixel, threads: 1)
  }

  /// Sets every pixel of a rectangle in the buffer, to the nearest that the storage holds:
  /// ``takeLosses()`` tells where that is another one.
  ///
  /// - Throws: as ``put(x:y:_:)``.
  /// - Complexity: O(pixels of the rectangle).
  public func fill(_ rectangle: Rectangle, with pixel: Pixel, threads: Int) throws(ViewError) {
    try checkEditable(rectangle)
    try check(storing: pixel)
    noteRounding(of: pixel, at: rectangle)
    let bytes = pixel.plainBytes(format)
    try editTiles(in: rectangle, threads: threads, reading: false) { tile, plain in
      plain.repeatBytes(bytes, count: tile.width * tile.height)
    }
  }
}

extension Image {
  /// Notes whole numbers that 32-bit floats do not have. That of most fractions only the nearest can be
  /// stored is not news.
  private func noteRounding(of pixel: Pixel, at rectangle: Rectangle) {
    guard format.type == .f32 else { return }
    for (band, value) in pixel.samples.enumerated()
    where value == value.rounded() && Double(Float(value)) != value {
      losses.add(
        .precision(
          x: rectangle.x, y: rectangle.y, band: mode.bands[band], value: value,
          stored: Double(Float(value)), type: .f64),
        x: rectangle.x, y: rectangle.y)
    }
  }
}

extension MutableRawSpan {
  /// Stores `bytes` `count` times, one after the other.
  ///
  /// - Precondition: the span holds them.
  mutating func repeatBytes(_ bytes: [UInt8], count: Int) {
    var filled = bytes.count
    let total = bytes.count * count
    precondition(total <= byteCount)
    unsafe withUnsafeMutableBytes { target in
      guard count > 0, let base = target.baseAddress else { return }
      unsafe target.copyBytes(from: bytes)
      while filled < total {
        let run = min(filled, total - filled)
        unsafe (base + filled).copyMemory(from: base, byteCount: run)
        filled += run
      }
    }
  }
}
