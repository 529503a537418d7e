extension Image {
  /// Exchanges two bands in the buffer.
  ///
  /// - Throws: ``ViewError/noBand(_:mode:)``, ``ViewError/readOnly(_:)`` and what reading and writing
  ///   throw.
  /// - Complexity: O(pixels).
  public func swapBands(_ first: Int, _ second: Int, threads: Int) throws(ViewError) {
    for band in [first, second] { try check(band: band) }
    let bandCount = mode.bandCount
    let type = format.type
    try editTiles(threads: threads) { tile, plain in
      let count = tile.width * tile.height
      switch type.byteCount {
      case 1: plain.exchange(first, second, bandCount, count, as: UInt8.self)
      case 2: plain.exchange(first, second, bandCount, count, as: UInt16.self)
      case 4: plain.exchange(first, second, bandCount, count, as: UInt32.self)
      default: plain.exchange(first, second, bandCount, count, as: UInt64.self)
      }
    }
  }
}

extension MutableRawSpan {
  @inline(__always)
  fileprivate mutating func exchange<Sample: BitwiseCopyable>(
    _ first: Int, _ second: Int, _ bandCount: Int, _ count: Int, as: Sample.Type
  ) {
    for pixel in 0..<count {
      let a: Sample = sample(pixel * bandCount + first)
      let b: Sample = sample(pixel * bandCount + second)
      setSample(pixel * bandCount + first, to: b)
      setSample(pixel * bandCount + second, to: a)
    }
  }
}
