import PixelMemory

extension Difference {
  /// A gray picture of where two images differ: black is the same, and each other pixel is as bright
  /// as its largest error.
  ///
  /// Errors of 8-bit samples are shown as they are, those of 16-bit samples on the same scale, and
  /// those of numbers on one that ends at ``maximum``; each is rounded up, so that none is black. The
  /// picture has memory of its own.
  /// - Throws: `MemoryError.outOfMemory` for the picture, what
  ///   ``between(_:_:region:tolerance:threads:)`` throws.
  /// - Complexity: O(pixels).
  package func picture(
    of a: Image, _ b: Image, region: Rectangle? = nil, threads: Int
  ) throws(ViewError) -> Image {
    let area = try Difference.commonArea(a, b, region)
    guard let byteCount = area.width.multiplied(by: area.height) else {
      throw .overflow(width: area.width, height: area.height, stride: area.width)
    }
    let buffer = try memory { () throws(MemoryError) in try Buffer(allocating: byteCount) }
    let gray = PixelFormat(.gray)
    let picture = try Image(
      buffer: buffer,
      layout: Layout(
        width: area.width, height: area.height, stride: area.width, pixelStride: 1,
        fields: [.byte(at: 0)]),
      format: gray)
    let scale =
      a.format.type.largest.map { 255 / $0 }
      ?? (maximum > 0 && maximum.isFinite ? 255 / maximum : 1)
    let format = a.format
    let pool = TilePool()
    try picture.editTiles(threads: threads, reading: false) { (tile, shown) throws(ViewError) in
      // The tiles of a picture of bytes are too large for wider pixels.
      let pieces = a.tiling(tile)
      for index in 0..<pieces.count {
        let piece = pieces[index]
        let place = piece.moved(by: tile).moved(by: area)
        try Difference.readPair(a, b, place, pool) { (one, other) in
          for pixel in 0..<piece.width * piece.height {
            let error = largestError(one, other, pixel, format)
            let level = UInt8(Double.minimum(255, (error * scale).rounded(.up)))
            let x = piece.x + pixel % piece.width
            let y = piece.y + pixel / piece.width
            shown.setSample(y * tile.width + x, to: level)
          }
        }
      }
    }
    return picture
  }
}

/// The largest error among the samples of a pixel.
private func largestError(
  _ a: RawSpan, _ b: RawSpan, _ pixel: Int, _ format: PixelFormat
) -> Double {
  var largest = 0.0
  let bandCount = format.mode.bandCount
  for index in pixel * bandCount..<(pixel + 1) * bandCount {
    let error =
      switch format.type {
      case .u8: distance(a.sample(index, as: UInt8.self), b.sample(index, as: UInt8.self))
      case .u16: distance(a.sample(index, as: UInt16.self), b.sample(index, as: UInt16.self))
      case .i32: distance(a.sample(index, as: Int32.self), b.sample(index, as: Int32.self))
      case .f32: distance(a.sample(index, as: Float.self), b.sample(index, as: Float.self))
      case .f64: distance(a.sample(index, as: Double.self), b.sample(index, as: Double.self))
      }
    largest = max(largest, error)
  }
  return largest
}

private func distance<Sample: BinaryInteger>(_ one: Sample, _ other: Sample) -> Double {
  abs(Double(one) - Double(other))
}
