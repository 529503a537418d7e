/// Exact sums of the samples of a band.
struct IntegerMoments: Sendable {
  var count = 0
  var minimum = Int.max
  var maximum = Int.min
  var sum: Int128 = 0
  var squares: Int128 = 0

  mutating func add(_ value: Int, count: Int) {
    self.count += count
    minimum = min(minimum, value)
    maximum = max(maximum, value)
    sum += Int128(value) * Int128(count)
    squares += Int128(value) * Int128(value) * Int128(count)
  }

  mutating func add(_ other: IntegerMoments) {
    count += other.count
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    sum += other.sum
    squares += other.squares
  }

  func band(histogram: [Int], range: ClosedRange<Double>) -> Statistics.Band {
    let total = Int128(count)
    let (whole, rest) = sum.quotientAndRemainder(dividingBy: total)
    // Squares of the distances from the whole number next to the mean, still exact.
    let spread = squares - 2 * whole * sum + whole * whole * total
    let part = Double(rest) / Double(count)
    let variance = Double(spread) / Double(count) - part * part
    let finite = Double(minimum)...Double(maximum)
    return Statistics.Band(
      count: count, nanCount: 0, minimum: finite.lowerBound, maximum: finite.upperBound,
      mean: Double(whole) + part, deviation: max(0, variance).squareRoot(), finiteRange: finite,
      histogram: histogram, histogramRange: range)
  }
}

/// Sums of floating-point samples of a band, to be merged in a fixed order.
struct FloatMoments: Sendable {
  var count = 0
  var nanCount = 0
  var minimum = Double.infinity
  var maximum = -Double.infinity
  var finiteMinimum = Double.infinity
  var finiteMaximum = -Double.infinity
  var sum = CompensatedSum()
  /// The sum of the squared distances from the mean.
  var squares = 0.0

  var mean: Double { sum.value / Double(count) }

  var finiteRange: ClosedRange<Double>? {
    finiteMinimum <= finiteMaximum ? finiteMinimum...finiteMaximum : nil
  }

  /// Merges sums by the formula of Chan, Golub and LeVeque (1979).
  mutating func add(_ other: FloatMoments) {
    if count > 0 && other.count > 0 {
      let distance = other.mean - mean
      let weight = Double(count) * (Double(other.count) / Double(count + other.count))
      squares += other.squares + distance * distance * weight
    } else {
      squares += other.squares
    }
    count += other.count
    nanCount += other.nanCount
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    finiteMinimum = min(finiteMinimum, other.finiteMinimum)
    finiteMaximum = max(finiteMaximum, other.finiteMaximum)
    sum.add(other.sum.value)
  }

  func band(histogram: [Int]) -> Statistics.Band {
    let isEmpty = count == 0
    let isFinite = minimum.isFinite && maximum.isFinite
    return Statistics.Band(
      count: count, nanCount: nanCount, minimum: isEmpty ? .nan : minimum,
      maximum: isEmpty ? .nan : maximum, mean: mean,
      deviation: isFinite ? (squares / Double(count)).squareRoot() : .nan,
      finiteRange: finiteRange, histogram: histogram, histogramRange: finiteRange ?? 0...0)
  }
}

/// A sum of many numbers without the growing error of plain addition (Neumaier, 1974).
struct CompensatedSum: Sendable {
  private var sum = 0.0
  private var rest = 0.0

  var value: Double { sum.isFinite ? sum + rest : sum }

  mutating func add(_ number: Double) {
    let total = sum + number
    rest += abs(sum) >= abs(number) ? (sum - total) + number : (number - total) + sum
    sum = total
  }
}

extension RawSpan {
  /// The sums of every `step`th sample from `start` on.
  @inline(__always)
  func integerMoments<Sample: FixedWidthInteger & BitwiseCopyable>(
    from start: Int, by step: Int, count: Int, as: Sample.Type
  ) -> IntegerMoments {
    var low = Sample.max
    var high = Sample.min
    var sum: Int64 = 0
    // The square of a 32-bit number has 64 bits: its halves are summed apart.
    var lowerSquares: UInt64 = 0
    var upperSquares: UInt64 = 0
    forEach(from: start, by: step, count: count) { (sample: Sample) in
      low = min(low, sample)
      high = max(high, sample)
      let value = Int64(sample)
      sum &+= value
      let square = UInt64(bitPattern: value &* value)
      lowerSquares &+= square & 0xFFFF_FFFF
      upperSquares &+= square >> 32
    }
    return IntegerMoments(
      count: (count - start + step - 1) / step, minimum: Int(low), maximum: Int(high),
      sum: Int128(sum), squares: Int128(upperSquares) << 32 + Int128(lowerSquares))
  }

  /// The sums of every `step`th sample from `start` on.
  @inline(__always)
  func floatMoments<Sample: BinaryFloatingPoint & BitwiseCopyable>(
    from start: Int, by step: Int, count: Int, as: Sample.Type
  ) -> FloatMoments {
    var moments = FloatMoments()
    var sum = CompensatedSum()
    var (low, high) = (Double.infinity, -Double.infinity)
    var (finiteLow, finiteHigh) = (low, high)
    var nanCount = 0
    forEach(from: start, by: step, count: count) { (sample: Sample) in
      let value = Double(sample)
      if value.isNaN {
        nanCount &+= 1
      } else {
        low = min(low, value)
        high = max(high, value)
        if value.isFinite {
          finiteLow = min(finiteLow, value)
          finiteHigh = max(finiteHigh, value)
        }
        sum.add(value)
      }
    }
    moments.count = (count - start + step - 1) / step - nanCount
    moments.nanCount = nanCount
    (moments.minimum, moments.maximum) = (low, high)
    (moments.finiteMinimum, moments.finiteMaximum) = (finiteLow, finiteHigh)
    moments.sum = sum
    guard moments.count > 0 else { return moments }
    let mean = moments.mean
    var squares = 0.0
    forEach(from: start, by: step, count: count) { (sample: Sample) in
      let distance = Double(sample) - mean
      if !distance.isNaN { squares += distance * distance }
    }
    moments.squares = squares
    return moments
  }
}
