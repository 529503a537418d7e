import PixelMemory
import Synchronization

extension Image {
  /// Adds a number to every color sample in the buffer. Alpha and padding keep their values.
  ///
  /// The image is looked at first: if one sum would not fit, or would be rounded where it is stored,
  /// nothing is changed. Sums of floating-point numbers are rounded to what their type holds:
  /// ``takeLosses()`` tells where a whole number is, or where nothing was added.
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
      if type.isFloat { noteRounding(of: number, bands, tile, plain.bytes) }
      switch type {
      case .u8: plain.add(UInt8(truncatingIfNeeded: Int(number)), bands, bandCount, count)
      case .u16: plain.add(UInt16(truncatingIfNeeded: Int(number)), bands, bandCount, count)
      case .i32: plain.add(Int32(truncatingIfNeeded: Int(number)), bands, bandCount, count)
      case .f32:
        plain.mapColors(bands, of: bandCount, count: count) { (sample: Float) in
          Float(Double(sample) + number)
        }
      case .f64:
        plain.mapColors(bands, of: bandCount, count: count) { (sample: Double) in sample + number }
      }
    }
  }

  /// Notes the first sum of floats that is not what was meant: a whole number that is stored as another
  /// one, or a sample that is as it was.
  private func noteRounding(
    of number: Double, _ bands: [Int], _ tile: Rectangle, _ plain: RawSpan
  ) {
    guard number != 0, losses.wants("precision", x: tile.x, y: tile.y) else { return }
    let count = tile.width * tile.height
    for band in bands { noteRounding(of: number, band: band, count, tile, plain) }
  }

  private func noteRounding(
    of number: Double, band: Int, _ count: Int, _ tile: Rectangle, _ plain: RawSpan
  ) {
    let isFraction = number.hasFraction
    let step = mode.bandCount
    let found =
      format.type == .f32
      ? plain.firstSample(from: band, by: step, count: count) { (sample: Float) in
        let value = Double(sample)
        let stored = Double(Float(value + number))
        return stored.isFinite && value.misses(number, in: stored)
          && (stored == value || !isFraction && !value.hasFraction)
      }
      : plain.firstSample(from: band, by: step, count: count) { (value: Double) in
        let stored = value + number
        return stored.isFinite && value.misses(number, in: stored)
          && (stored == value || !isFraction && !value.hasFraction)
      }
    guard let found else { return }
    let value = plain.values(at: found, format: format)[band]
    let stored = value + number
    let x = tile.x + found % tile.width
    let y = tile.y + found / tile.width
    let sum = format.type == .f32 ? Double(Float(stored)) : stored
    losses.add(
      Loss(
        "precision",
        description: "band \(mode.bands[band]) of pixel \(x),\(y) is stored as \(sum.plainText) in "
          + "place of \(value.plainText) + \(number.plainText): samples are rounded"),
      x: x, y: y)
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

extension Double {
  /// Whether a stored sum is not exactly that of the number and another one: what rounding has left out
  /// of a sum is a number itself (Knuth's two-sum).
  @inline(__always)
  fileprivate func misses(_ other: Double, in stored: Double) -> Bool {
    let sum = self + other
    let added = sum - self
    return stored != sum || (self - (sum - added)) + (other - added) != 0
  }
}

extension MutableRawSpan {
  /// Adds with wrap-around, which the caller has ruled out (negative numbers are added as such).
  @inline(__always)
  fileprivate mutating func add<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ number: Sample, _ bands: [Int], _ bandCount: Int, _ count: Int
  ) {
    mapColors(bands, of: bandCount, count: count) { (sample: Sample) in sample &+ number }
  }

  /// Replaces the samples of some bands, or of all, of `count` plain pixels.
  @inline(__always)
  fileprivate mutating func mapColors<Sample: BitwiseCopyable>(
    _ bands: [Int], of bandCount: Int, count: Int, _ transform: (Sample) -> Sample
  ) {
    if bands.count == bandCount {
      mapInPlace(count: count * bandCount, transform)
    } else {
      mapBands(bands, of: bandCount, count: count, transform)
    }
  }
}
