/// The errors of samples, added up: those of integers exactly, those of floating-point numbers in a fixed
/// order.
struct ErrorSums: Sendable {
  private(set) var maximum = 0.0
  private var integerAbsolute: UInt128 = 0
  private var integerSquared: UInt128 = 0
  private var floatAbsolute = CompensatedSum()
  private var floatSquared = CompensatedSum()

  var absolute: Double { Double(integerAbsolute) + floatAbsolute.value }
  var squared: Double { Double(integerSquared) + floatSquared.value }

  /// Adds the sums of other samples.
  mutating func add(_ other: ErrorSums) {
    maximum = max(maximum, other.maximum)
    integerAbsolute += other.integerAbsolute
    integerSquared += other.integerSquared
    floatAbsolute.add(other.floatAbsolute.value)
    floatSquared.add(other.floatSquared.value)
  }

  /// Adds an error of floating-point samples.
  mutating func add(_ error: Double) {
    maximum = max(maximum, error)
    floatAbsolute.add(error)
    floatSquared.add(error * error)
  }

  /// Adds the errors of a band.
  mutating func add(_ errors: ByteErrors, band: Int) {
    let sums = errors(band: band)
    maximum = max(maximum, Double(sums.maximum))
    integerAbsolute += UInt128(sums.absolute)
    integerSquared += UInt128(sums.squared)
  }

  /// Adds the errors of the samples `start`, `start + step`, … below `count`.
  ///
  /// - Precondition: both spans hold `count` samples of the type; `step` is the bands of a mode.
  /// - Complexity: O(`count` / `step`).
  mutating func add(
    _ a: RawSpan, _ b: RawSpan, from start: Int = 0, by step: Int = 1, count: Int, type: SampleType
  ) {
    // A loop over samples that are a known step apart can vectorize.
    switch step {
    case 1: addSamples(a, b, from: start, by: 1, count: count, type: type)
    case 2: addSamples(a, b, from: start, by: 2, count: count, type: type)
    case 3: addSamples(a, b, from: start, by: 3, count: count, type: type)
    default: addSamples(a, b, from: start, by: step, count: count, type: type)
    }
  }

  @inline(__always)
  private mutating func addSamples(
    _ a: RawSpan, _ b: RawSpan, from start: Int, by step: Int, count: Int, type: SampleType
  ) {
    switch type {
    case .u8: addBytes(a, b, from: start, by: step, count: count)
    case .u16: addIntegers(a, b, from: start, by: step, count: count, as: UInt16.self)
    case .i32: addIntegers(a, b, from: start, by: step, count: count, as: Int32.self)
    case .f32: addNumbers(a, b, from: start, by: step, count: count, as: Float.self)
    case .f64: addNumbers(a, b, from: start, by: step, count: count, as: Double.self)
    }
  }

  @inline(__always)
  private mutating func addBytes(
    _ a: RawSpan, _ b: RawSpan, from start: Int, by step: Int, count: Int
  ) {
    var largest: UInt8 = 0
    // As many samples as 32 bits hold squares of.
    let run = step << 16
    for begin in stride(from: start, to: count, by: run) {
      let length = min(run, count - begin)
      var absolute: UInt32 = 0
      var squared: UInt32 = 0
      a.slice(begin, length).forEachPair(by: step, count: length, with: b.slice(begin, length)) {
        (one: UInt8, other: UInt8) in
        let error = max(one, other) &- min(one, other)
        largest = max(largest, error)
        absolute &+= UInt32(error)
        squared &+= UInt32(UInt16(error) &* UInt16(error))
      }
      integerAbsolute += UInt128(absolute)
      integerSquared += UInt128(squared)
    }
    maximum = max(maximum, Double(largest))
  }

  @inline(__always)
  private mutating func addIntegers<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ a: RawSpan, _ b: RawSpan, from start: Int, by step: Int, count: Int, as: Sample.Type
  ) {
    var largest: UInt32 = 0
    var absolute: UInt64 = 0
    // The square of a 32-bit number has 64 bits: its halves are summed apart.
    var lower: UInt64 = 0
    var upper: UInt64 = 0
    a.forEachPair(from: start, by: step, count: count, with: b) { (one: Sample, other: Sample) in
      let error = UInt32(truncatingIfNeeded: Int64(max(one, other)) &- Int64(min(one, other)))
      largest = max(largest, error)
      absolute &+= UInt64(error)
      let square = UInt64(error) &* UInt64(error)
      lower &+= square & 0xFFFF_FFFF
      upper &+= square >> 32
    }
    integerAbsolute += UInt128(absolute)
    integerSquared += UInt128(upper) << 32 + UInt128(lower)
    maximum = max(maximum, Double(largest))
  }

  @inline(__always)
  private mutating func addNumbers<Sample: BinaryFloatingPoint & BitwiseCopyable>(
    _ a: RawSpan, _ b: RawSpan, from start: Int, by step: Int, count: Int, as: Sample.Type
  ) {
    a.forEachPair(from: start, by: step, count: count, with: b) { (one: Sample, other: Sample) in
      let error = error(of: one, other)
      if error != 0 { add(error) }
    }
  }
}
