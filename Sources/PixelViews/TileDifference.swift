/// How two tiles of plain pixels differ, or many of them together.
struct TileDifference: Sendable {
  var first: Difference.Spot?
  var box: Rectangle?
  var differingPixels = 0
  var failingPixels = 0
  var errors = ErrorSums()

  /// Adds the next tile.
  mutating func add(_ next: TileDifference) {
    first = first ?? next.first
    if let box = next.box { self.box = self.box?.union(box) ?? box }
    differingPixels += next.differingPixels
    failingPixels += next.failingPixels
    errors.add(next.errors)
  }

  /// Compares the plain pixels of a tile; `nil` when there is no difference.
  static func between(
    _ a: RawSpan, _ b: RawSpan, tile: Rectangle, format: PixelFormat, tolerance: Double
  ) -> TileDifference? {
    if a.hasSameBytes(as: b) { return nil }
    var difference = TileDifference()
    let bandCount = format.mode.bandCount
    let count = tile.width * tile.height
    switch format.type {
    case .u8:
      difference.countWords(a, b, bandCount: bandCount, count: count, as: UInt8.self)
      let errors = ByteErrors(a, b, bandCount: 1, count: count * bandCount)
      difference.errors.add(errors, band: 0)
      difference.errors.add(
        a, b, from: errors.pixelCount, count: count * bandCount, type: format.type)
    case .u16:
      difference.countWords(a, b, bandCount: bandCount, count: count, as: UInt16.self)
      difference.errors.add(a, b, count: count * bandCount, type: format.type)
    case .i32:
      difference.countWords(a, b, bandCount: bandCount, count: count, as: UInt32.self)
      difference.errors.add(a, b, count: count * bandCount, type: format.type)
    case .f32:
      difference.countNumbers(a, b, bandCount: bandCount, count: count, as: Float.self)
    case .f64:
      difference.countNumbers(a, b, bandCount: bandCount, count: count, as: Double.self)
    }
    guard difference.differingPixels > 0 else { return nil }
    difference.look(a, b, tile: tile, format: format, tolerance: tolerance)
    return difference
  }

  /// Finds the pixels that fail: how many there are, the first, and the rectangle around them.
  private mutating func look(
    _ a: RawSpan, _ b: RawSpan, tile: Rectangle, format: PixelFormat, tolerance: Double
  ) {
    guard errors.maximum > tolerance || errors.maximum == .infinity else { return }
    let rowByteCount = tile.width * format.pixelByteCount
    for row in 0..<tile.height {
      let start = row * rowByteCount
      if a.slice(start, rowByteCount).hasSameBytes(as: b.slice(start, rowByteCount)) { continue }
      func fails(_ x: Int) -> Bool {
        exceeds(tolerance, a, b, row * tile.width + x, format)
      }
      guard let left = (0..<tile.width).first(where: fails),
        let right = (left..<tile.width).last(where: fails)
      else { continue }
      if tolerance > 0 { failingPixels += (left...right).count(where: fails) }
      let reach = Rectangle(x: tile.x + left, y: tile.y + row, width: right - left + 1, height: 1)
      box = box?.union(reach) ?? reach
      if first == nil {
        let index = row * tile.width + left
        first = Difference.Spot(
          x: reach.x, y: reach.y, bands: differingBands(a, b, index, format),
          a: Pixel(a.values(at: index, format: format)),
          b: Pixel(b.values(at: index, format: format)))
      }
    }
    if tolerance <= 0 { failingPixels = differingPixels }
  }

  /// Counts the pixels of which bytes differ.
  @inline(__always)
  private mutating func countWords<Word: FixedWidthInteger & BitwiseCopyable>(
    _ a: RawSpan, _ b: RawSpan, bandCount: Int, count: Int, as: Word.Type
  ) {
    var differing = 0
    switch (bandCount * MemoryLayout<Word>.size, bandCount) {
    case (_, 3):
      a.forEachPair(count: count, with: b) { (one: Triple<Word>, other: Triple<Word>) in
        differing &+= (one.x ^ other.x) | (one.y ^ other.y) | (one.z ^ other.z) == 0 ? 0 : 1
      }
    case (1, _):
      a.forEachPair(count: count, with: b) { (one: UInt8, other: UInt8) in
        differing &+= one == other ? 0 : 1
      }
    case (2, _):
      a.forEachPair(count: count, with: b) { (one: UInt16, other: UInt16) in
        differing &+= one == other ? 0 : 1
      }
    case (4, _):
      a.forEachPair(count: count, with: b) { (one: UInt32, other: UInt32) in
        differing &+= one == other ? 0 : 1
      }
    default:
      a.forEachPair(count: count, with: b) { (one: UInt64, other: UInt64) in
        differing &+= one == other ? 0 : 1
      }
    }
    differingPixels = differing
  }

  @inline(__always)
  private mutating func countNumbers<Sample: BinaryFloatingPoint & BitwiseCopyable>(
    _ a: RawSpan, _ b: RawSpan, bandCount: Int, count: Int, as: Sample.Type
  ) {
    var differing = 0
    var bandsLeft = bandCount
    var differs = false
    a.forEachPair(count: count * bandCount, with: b) { (one: Sample, other: Sample) in
      let error = error(of: one, other)
      if error != 0 {
        differs = true
        errors.add(error)
      }
      bandsLeft &-= 1
      if bandsLeft == 0 {
        differing &+= differs ? 1 : 0
        bandsLeft = bandCount
        differs = false
      }
    }
    differingPixels = differing
  }
}

/// The error of two samples.
@inline(__always)
func error<Sample: BinaryFloatingPoint>(of one: Sample, _ other: Sample) -> Double {
  if one == other { return 0 }
  let error = abs(Double(one) - Double(other))
  if !error.isNaN { return error }
  let hasSameBits =
    one.sign == other.sign && one.exponentBitPattern == other.exponentBitPattern
    && one.significandBitPattern == other.significandBitPattern
  return hasSameBits ? 0 : .infinity
}

private func error<Sample: BinaryInteger>(of one: Sample, _ other: Sample) -> Double {
  abs(Double(one) - Double(other))
}

/// The error of sample `index` of plain rows.
private func sampleError(_ a: RawSpan, _ b: RawSpan, _ index: Int, _ type: SampleType) -> Double {
  switch type {
  case .u8: error(of: a.sample(index, as: UInt8.self), b.sample(index, as: UInt8.self))
  case .u16: error(of: a.sample(index, as: UInt16.self), b.sample(index, as: UInt16.self))
  case .i32: error(of: a.sample(index, as: Int32.self), b.sample(index, as: Int32.self))
  case .f32: error(of: a.sample(index, as: Float.self), b.sample(index, as: Float.self))
  case .f64: error(of: a.sample(index, as: Double.self), b.sample(index, as: Double.self))
  }
}

/// The largest error among the samples of a pixel of plain rows.
func largestError(
  _ a: RawSpan, _ b: RawSpan, _ pixel: Int, _ format: PixelFormat
) -> Double {
  let bandCount = format.mode.bandCount
  var largest = 0.0
  for index in pixel * bandCount..<(pixel + 1) * bandCount {
    largest = max(largest, sampleError(a, b, index, format.type))
  }
  return largest
}

/// Whether a pixel of plain rows fails: an error is above the tolerance, or there is none, as one of the
/// two samples is not a number.
func exceeds(
  _ tolerance: Double, _ a: RawSpan, _ b: RawSpan, _ pixel: Int, _ format: PixelFormat
) -> Bool {
  if tolerance < .infinity { return largestError(a, b, pixel, format) > tolerance }
  let (one, other) = (a.values(at: pixel, format: format), b.values(at: pixel, format: format))
  return differingBands(a, b, pixel, format).contains { one[$0].isNaN || other[$0].isNaN }
}

/// The bands of which the samples of a pixel of plain rows differ.
func differingBands(
  _ a: RawSpan, _ b: RawSpan, _ pixel: Int, _ format: PixelFormat
) -> [Int] {
  let bandCount = format.mode.bandCount
  return (0..<bandCount).filter { sampleError(a, b, pixel * bandCount + $0, format.type) > 0 }
}
