extension Conversion {
  /// The samples of a pixel's first band that a conversion takes for what they are.
  ///
  /// Modes whose samples may be too large have one band; in the indexed ones the first is the index.
  struct Limits: Hashable, Sendable {
    var range: ClosedRange<Double>
    /// Whether infinities, and what is no number, are taken as well.
    var takesNonfinite = false

    /// Whatever is a number.
    static let numbers = Limits(range: -Double.infinity...Double.infinity)
    static let bytes = Limits(range: 0...255)
    static let words = Limits(range: 0...65535)
    static let integers = Limits(range: -0x1p31...0x1p31 - 1)
    static let floats = Limits(
      range: -Double(Float.greatestFiniteMagnitude)...Double(Float.greatestFiniteMagnitude),
      takesNonfinite: true)

    /// The indices of a palette's entries; `nil` where each byte is one.
    static func indices(of palette: Palette) -> Limits? {
      palette.count > 255 ? nil : Limits(range: 0...Double(palette.count - 1))
    }

    /// What both take.
    func joined(_ other: Limits?) -> Limits {
      guard let other else { return self }
      return Limits(
        range: range.clamped(to: other.range),
        takesNonfinite: takesNonfinite && other.takesNonfinite)
    }

    @inline(__always)
    func contains(_ value: Double) -> Bool {
      (range.lowerBound <= value && value <= range.upperBound)
        || takesNonfinite && !value.isFinite
    }
  }

  /// The first of `count` plain pixels that is an error: it has a sample that the target cannot hold,
  /// under ``ConversionPolicy/refuse``, or an index without a color.
  ///
  /// - Precondition: `from` holds `count` pixels of ``source``.
  /// - Complexity: O(`count`), O(1) where there is no such sample.
  package func firstRefused(count: Int, from: RawSpan) -> Int? {
    limits.flatMap { from.firstPixel(outside: $0, count: count, format: source) }
  }
}

extension RawSpan {
  /// The first pixel whose first sample is outside of limits.
  ///
  /// - Precondition: the span holds `count` pixels of `format`.
  func firstPixel(outside limits: Conversion.Limits, count: Int, format: PixelFormat) -> Int? {
    switch format.type {
    case .u8: firstPixel(outside: limits, count, format, as: UInt8.self) { Double($0) }
    case .u16: firstPixel(outside: limits, count, format, as: UInt16.self) { Double($0) }
    case .i32: firstPixel(outside: limits, count, format, as: Int32.self) { Double($0) }
    case .f32: firstPixel(outside: limits, count, format, as: Float.self) { Double($0) }
    case .f64: firstPixel(outside: limits, count, format, as: Double.self) { $0 }
    }
  }

  @inline(__always)
  private func firstPixel<Sample: BitwiseCopyable>(
    outside limits: Conversion.Limits, _ count: Int, _ format: PixelFormat, as: Sample.Type,
    _ number: (Sample) -> Double
  ) -> Int? {
    firstSample(by: format.mode.bandCount, count: count) { (sample: Sample) in
      !limits.contains(number(sample))
    }
  }

  /// The first of `count` samples, each `step` behind the one before, for which a condition holds.
  ///
  /// Whether there is one is a loop without a branch, which can be a vector one.
  @inline(__always)
  func firstSample<Sample: BitwiseCopyable>(
    by step: Int = 1, count: Int, where isFound: (Sample) -> Bool
  ) -> Int? {
    var found = 0
    forEach(by: step, count: count * step) { (sample: Sample) in found |= isFound(sample) ? 1 : 0 }
    guard found != 0 else { return nil }
    return (0..<count).first { isFound(sample($0 * step, as: Sample.self)) }
  }
}
