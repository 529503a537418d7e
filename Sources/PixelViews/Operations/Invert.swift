extension Image {
  /// Replaces each color sample v with max - v, in the buffer.
  ///
  /// Alpha and padding keep their values.
  /// - Throws: ``ViewError/unsupported(operation:mode:)`` for indices, numbers, and premultiplied color;
  ///   ``ViewError/unbounded(operation:_:)`` for colors that are numbers; ``ViewError/readOnly(_:)``; what reading and writing throw.
  /// - Complexity: O(pixels).
  public func invert(threads: Int) throws(ViewError) {
    let bands = try colorBands(of: "invert")
    if format.isNumberColor { throw .unbounded(operation: "invert", format) }
    guard format.type.largest != nil, !mode.isPremultiplied else {
      throw .unsupported(operation: "invert", mode: mode)
    }
    let bandCount = mode.bandCount
    let type = format.type
    let top = UInt16(truncatingIfNeeded: Int(range(band: 0).upperBound))
    // Samples of few bits are spread by a rule that rounds, and not always to what is as far from the
    // other end; each number that is stored becomes the one that is.
    try editTiles(threads: threads, notesRounding: false) { tile, plain in
      let count = tile.width * tile.height
      if type == .u16 {
        if bands.count == bandCount {
          plain.mapInPlace(count: count * bandCount) { (sample: UInt16) in top &- sample }
        } else {
          plain.mapBands(bands, of: bandCount, count: count) { (sample: UInt16) in top &- sample }
        }
      } else if bands.count == bandCount {
        plain.mapInPlace(count: count * bandCount) { (sample: UInt8) in ~sample }
      } else if bandCount == 4 {
        plain.mapInPlace(count: count) { (pixel: UInt32) in pixel ^ 0x00FF_FFFF }
      } else {
        plain.mapBands(bands, of: bandCount, count: count) { (sample: UInt8) in ~sample }
      }
    }
  }

  /// The bands that carry color and not opacity or padding.
  ///
  /// - Throws: ``ViewError/unsupported(operation:mode:)`` for indices.
  func colorBands(of operation: String) throws(ViewError) -> [Int] {
    if let readOnlyReason { throw .readOnly(readOnlyReason) }
    guard !mode.isIndexed else { throw .unsupported(operation: operation, mode: mode) }
    return (0..<mode.bandCount).filter { $0 != mode.alphaBand && $0 != mode.paddingBand }
  }
}

extension MutableRawSpan {
  /// Replaces the samples of some bands of `count` plain pixels.
  @inline(__always)
  mutating func mapBands<Sample: BitwiseCopyable>(
    _ bands: [Int], of bandCount: Int, count: Int, _ transform: (Sample) -> Sample
  ) {
    for pixel in 0..<count {
      for band in bands {
        let index = pixel * bandCount + band
        setSample(index, to: transform(sample(index)))
      }
    }
  }
}
