import PixelMemory
import Synchronization

extension Image {
  /// Adds a number to every color sample in the buffer. Alpha and padding keep their values.
  ///
  /// The image is looked at first: if one sum would not fit, or would be rounded where it is stored,
  /// nothing is changed. Sums of floating-point numbers are rounded to what their type holds.
  /// - Throws: ``ViewError/sampleOutOfRange(value:band:lowest:highest:)`` with the first such sum of
  ///   a tile; ``ViewError/doesNotFit(value:x:y:bits:nearest:)``; ``ViewError/unsupported(operation:mode:)``
  ///   for indices and bilevel images.
  /// - Complexity: O(pixels), in two passes for whole numbers.
  public func add(_ number: Double, threads: Int) throws(ViewError) {
    let bands = try colorBands(of: "add")
    guard mode != .bilevel else { throw .unsupported(operation: "add", mode: mode) }
    try checkFits(number, band: 0)
    if !format.type.isFloat {
      guard number == number.rounded(), abs(number) <= 4_294_967_295 else {
        let range = range(band: 0)
        throw .sampleOutOfRange(
          value: number, band: mode.bands[0], lowest: range.lowerBound, highest: range.upperBound)
      }
      try checkSums(number, bands: bands, threads: threads)
      if transport.rounds { try checkExact(number, bands: bands, threads: threads) }
    }
    let bandCount = mode.bandCount
    let type = format.type
    try editTiles(threads: threads) { tile, plain in
      let count = tile.width * tile.height
      switch type {
      case .u8: plain.add(UInt8(truncatingIfNeeded: Int(number)), bands, bandCount, count)
      case .u16: plain.add(UInt16(truncatingIfNeeded: Int(number)), bands, bandCount, count)
      case .i32: plain.add(Int32(truncatingIfNeeded: Int(number)), bands, bandCount, count)
      case .f32: plain.mapInPlace(count: count) { (sample: Float) in sample + Float(number) }
      case .f64: plain.mapInPlace(count: count) { (sample: Double) in sample + number }
      }
    }
  }

  /// Throws when a sum would be rounded where it is stored.
  private func checkExact(_ number: Double, bands: [Int], threads: Int) throws(ViewError) {
    let (format, fields) = (format, layout.fields)
    try forEachTile(threads: threads) { _, tile, plain throws(ViewError) in
      for pixel in 0..<tile.width * tile.height {
        let values = plain.values(at: pixel, format: format)
        for band in bands {
          let sum = values[band] + number
          guard let stored = fields[band].nearest(to: sum, as: format.type), stored != sum
          else { continue }
          throw .doesNotFit(
            value: sum, x: tile.x + pixel % tile.width, y: tile.y + pixel / tile.width,
            bits: fields[band].bitCount, nearest: stored)
        }
      }
    }
  }

  /// Throws when a sum would leave the range of its band.
  private func checkSums(_ number: Double, bands: [Int], threads: Int) throws(ViewError) {
    let format = format
    try forEachTile(threads: threads) { _, tile, plain throws(ViewError) in
      for band in bands {
        guard
          let limits = plain.finiteRange(
            of: [band], format: format, count: tile.width * tile.height)
        else { continue }
        let range = range(band: band)
        for extreme in [limits.lowerBound, limits.upperBound]
        where !range.contains(extreme + number) {
          throw .sampleOutOfRange(
            value: extreme + number, band: format.mode.bands[band], lowest: range.lowerBound,
            highest: range.upperBound)
        }
      }
    }
  }
}

extension MutableRawSpan {
  /// Adds with wrap-around, which the caller has ruled out (negative numbers are added as such).
  @inline(__always)
  fileprivate mutating func add<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ number: Sample, _ bands: [Int], _ bandCount: Int, _ count: Int
  ) {
    if bands.count == bandCount {
      mapInPlace(count: count * bandCount) { (sample: Sample) in sample &+ number }
    } else {
      mapBands(bands, of: bandCount, count: count) { (sample: Sample) in sample &+ number }
    }
  }
}
