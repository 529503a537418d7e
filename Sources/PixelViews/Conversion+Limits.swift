extension Conversion {
  /// The samples that a conversion takes for what they are.
  struct Limits: Hashable, Sendable {
    /// Those of color; in indexed modes, the indices.
    var range: ClosedRange<Double>
    /// Whether infinities, and what is not a number, are taken as well.
    var takesNonfinite = false
    /// Those of opacity, where not each is taken.
    var opacity: ClosedRange<Double>?

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
        takesNonfinite: takesNonfinite && other.takesNonfinite,
        opacity: opacity ?? other.opacity)
    }

    /// What is taken of one band; `nil` where that is each sample.
    func band(_ band: Int, of mode: Mode) -> Limits? {
      band == mode.alphaBand ? opacity.map { Limits(range: $0) } : self
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
    limits.flatMap { from.firstSample(outside: $0, count: count, format: source)?.pixel }
  }
}

extension RawSpan {
  /// The first pixel, and its first band, of which a sample is outside of limits.
  ///
  /// - Precondition: the span holds `count` pixels of `format`.
  func firstSample(
    outside limits: Conversion.Limits, count: Int, format: PixelFormat
  ) -> (pixel: Int, band: Int)? {
    var first: (pixel: Int, band: Int)?
    for band in format.mode.bands.indices {
      guard let limits = limits.band(band, of: format.mode),
        let pixel = firstPixel(outside: limits, band, count, format),
        pixel < first?.pixel ?? .max
      else { continue }
      first = (pixel, band)
    }
    return first
  }

  private func firstPixel(
    outside limits: Conversion.Limits, _ band: Int, _ count: Int, _ format: PixelFormat
  ) -> Int? {
    let step = format.mode.bandCount
    return switch format.type {
    case .u8:
      firstSample(from: band, by: step, count: count) { !limits.contains(Double($0 as UInt8)) }
    case .u16:
      firstSample(from: band, by: step, count: count) { !limits.contains(Double($0 as UInt16)) }
    case .i32:
      firstSample(from: band, by: step, count: count) { !limits.contains(Double($0 as Int32)) }
    case .f32:
      firstSample(from: band, by: step, count: count) { !limits.contains(Double($0 as Float)) }
    case .f64: firstSample(from: band, by: step, count: count) { !limits.contains($0) }
    }
  }

  /// The first of `count` samples, each `step` after the one before, for which a condition holds.
  ///
  /// Whether there is one is a loop without a branch, which can be a vector one.
  @inline(__always)
  func firstSample<Sample: BitwiseCopyable>(
    from start: Int = 0, by step: Int = 1, count: Int, where isFound: (Sample) -> Bool
  ) -> Int? {
    var found = 0
    forEach(from: start, by: step, count: count * step) { (sample: Sample) in
      found |= isFound(sample) ? 1 : 0
    }
    guard found != 0 else { return nil }
    return (0..<count).first { isFound(sample(start + $0 * step, as: Sample.self)) }
  }
}
