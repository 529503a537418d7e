/// How two tiles of plain pixels differ, or many of them together.
struct TileDifference: Sendable {
  var first: Difference.Spot?
  var differingPixels = 0
  var failingPixels = 0
  var maximum = 0.0
  /// The sums of integers, which are exact, and of floating-point numbers.
  private var integerAbsolute: UInt128 = 0
  private var integerSquared: UInt128 = 0
  private var floatAbsolute = CompensatedSum()
  private var floatSquared = CompensatedSum()

  var absolute: Double { Double(integerAbsolute) + floatAbsolute.value }
  var squared: Double { Double(integerSquared) + floatSquared.value }

  /// Adds the next tile.
  mutating func add(_ next: TileDifference) {
    first = first ?? next.first
    differingPixels += next.differingPixels
    failingPixels += next.failingPixels
    maximum = max(maximum, next.maximum)
    integerAbsolute += next.integerAbsolute
    integerSquared += next.integerSquared
    floatAbsolute.add(next.floatAbsolute.value)
    floatSquared.add(next.floatSquared.value)
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
      difference.sumBytes(a, b, count: count * bandCount)
    case .u16:
      difference.countWords(a, b, bandCount: bandCount, count: count, as: UInt16.self)
      difference.sumIntegers(a, b, count: count * bandCount, as: UInt16.self)
    case .i32:
      difference.countWords(a, b, bandCount: bandCount, count: count, as: UInt32.self)
      difference.sumIntegers(a, b, count: count * bandCount, as: Int32.self)
    case .f32:
      difference.countNumbers(a, b, bandCount: bandCount, count: count, as: Float.self)
    case .f64:
      difference.countNumbers(a, b, bandCount: bandCount, count: count, as: Double.self)
    }
    guard difference.differingPixels > 0 else { return nil }
    difference.failingPixels = difference.differingPixels
    difference.look(a, b, tile: tile, format: format, tolerance: tolerance)
    return difference
  }

  /// Finds the first differing pixel, and counts those that differ by more than the tolerance.
  private mutating func look(
    _ a: RawSpan, _ b: RawSpan, tile: Rectangle, format: PixelFormat, tolerance: Double
  ) {
    let size = format.pixelByteCount
    var failing = 0
    for index in 0..<tile.width * tile.height {
      if a.slice(index * size, size).hasSameBytes(as: b.slice(index * size, size)) { continue }
      let (one, other) = (a.values(at: index, format: format), b.values(at: index, format: format))
      let bands = one.indices.filter { band in
        !(one[band] == other[band])
          && !(one[band].isNaN && a.hasSameSample(as: b, index, band, format))
      }
      guard let band = bands.first else { continue }
      if first == nil {
        first = Difference.Spot(
          x: tile.x + index % tile.width, y: tile.y + index / tile.width, band: band,
          a: Pixel(one), b: Pixel(other))
        if tolerance <= 0 { return }
      }
      if bands.contains(where: { !(abs(one[$0] - other[$0]) <= tolerance) }) { failing += 1 }
    }
    failingPixels = failing
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

  private mutating func sumBytes(_ a: RawSpan, _ b: RawSpan, count: Int) {
    var largest: UInt8 = 0
    // As many samples as 32 bits hold squares of.
    let run = 1 << 16
    for start in stride(from: 0, to: count, by: run) {
      let length = min(run, count - start)
      var absolute: UInt32 = 0
      var squared: UInt32 = 0
      a.slice(start, length).forEachPair(count: length, with: b.slice(start, length)) {
        (one: UInt8, other: UInt8) in
        let error = max(one, other) &- min(one, other)
        largest = max(largest, error)
        absolute &+= UInt32(error)
        squared &+= UInt32(UInt16(error) &* UInt16(error))
      }
      integerAbsolute += UInt128(absolute)
      integerSquared += UInt128(squared)
    }
    maximum = Double(largest)
  }

  @inline(__always)
  private mutating func sumIntegers<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ a: RawSpan, _ b: RawSpan, count: Int, as: Sample.Type
  ) {
    var largest: UInt32 = 0
    var absolute: UInt64 = 0
    // The square of a 32-bit number has 64 bits: its halves are summed apart.
    var lower: UInt64 = 0
    var upper: UInt64 = 0
    a.forEachPair(count: count, with: b) { (one: Sample, other: Sample) in
      let error = UInt32(truncatingIfNeeded: Int64(max(one, other)) &- Int64(min(one, other)))
      largest = max(largest, error)
      absolute &+= UInt64(error)
      let square = UInt64(error) &* UInt64(error)
      lower &+= square & 0xFFFF_FFFF
      upper &+= square >> 32
    }
    integerAbsolute = UInt128(absolute)
    integerSquared = UInt128(upper) << 32 + UInt128(lower)
    maximum = Double(largest)
  }

  @inline(__always)
  private mutating func countNumbers<Sample: BinaryFloatingPoint & BitwiseCopyable>(
    _ a: RawSpan, _ b: RawSpan, bandCount: Int, count: Int, as: Sample.Type
  ) {
    var differing = 0
    var bandsLeft = bandCount
    var differs = false
    a.forEachPair(count: count * bandCount, with: b) { (one: Sample, other: Sample) in
      let error = distance(one, other)
      if error != 0 {
        differs = true
        maximum = max(maximum, error)
        floatAbsolute.add(error)
        floatSquared.add(error * error)
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
func distance<Sample: BinaryFloatingPoint>(_ one: Sample, _ other: Sample) -> Double {
  if one == other { return 0 }
  let error = abs(Double(one) - Double(other))
  if !error.isNaN { return error }
  let hasSameBits =
    one.sign == other.sign && one.exponentBitPattern == other.exponentBitPattern
    && one.significandBitPattern == other.significandBitPattern
  return hasSameBits ? 0 : .infinity
}

extension RawSpan {
  /// Whether a sample has the same bits in both spans.
  fileprivate func hasSameSample(
    as other: RawSpan, _ pixel: Int, _ band: Int, _ format: PixelFormat
  ) -> Bool {
    let size = format.type.byteCount
    let start = (pixel * format.mode.bandCount + band) * size
    return slice(start, size).hasSameBytes(as: other.slice(start, size))
  }
}
