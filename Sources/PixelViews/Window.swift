/// A straight line from a range of numbers to samples of 8 bits: what a picture viewer calls a window.
///
/// Opacity is not windowed: it is spread from nothing to the number that is opaque.
package struct Window: Sendable {
  /// The number at and below which a sample is 0, and the one at and above which it is 255.
  package let low, high: Double

  package let source: PixelFormat

  /// What becomes of samples that are not numbers, and of opacity beyond ``opaque``.
  package let policy: ConversionPolicy

  /// The number of full opacity.
  let opaque: Double

  /// Gray of one band, and the mode of the source for others, with 8 bits.
  package var target: PixelFormat {
    PixelFormat(source.mode.bandCount == 1 ? .gray : source.mode)
  }

  /// A window onto the samples of `source`.
  ///
  /// The result is `nil` unless the source is `L`, `LA`, `RGB`, `RGBA`, `I`, `F` or one of the `I;16`
  /// modes, `low` is less than `high`, and 255 times the distance between them is finite.
  package init?(
    low: Double, high: Double, source: PixelFormat, opaque: Double? = nil,
    policy: ConversionPolicy = .refuse
  ) {
    let mode = source.mode
    guard mode.isNumber || [.gray, .grayAlpha, .rgb, .rgba].contains(mode) else { return nil }
    guard low < high, low.isFinite, high.isFinite, ((high - low) * 255).isFinite else { return nil }
    self.source = source
    self.low = low
    self.high = high
    self.policy = policy
    self.opaque = opaque ?? Conversion.opaque(source.type)
  }

  /// The samples that are not an error; `nil` where each is taken.
  var limits: Conversion.Limits? {
    let hasOpacity = source.isNumberColor && source.mode.alphaBand != nil
    guard policy == .refuse, source.type.isFloat || hasOpacity else { return nil }
    var limits = Conversion.Limits.numbers
    if hasOpacity { limits.opacity = 0...opaque }
    return limits
  }

  /// Converts `count` pixels of a plain row.
  ///
  /// A sample v becomes 0 if v ≤ `low` or v is not a number, 255 if v ≥ `high`, and otherwise
  /// (v − `low`) · 255 / (`high` − `low`), rounded to the nearest, halves up; one of opacity is the same
  /// between 0 and ``opaque``.
  ///
  /// - Precondition: `from` holds `count` pixels of ``source`` and `to` of ``target``.
  /// - Complexity: O(`count`).
  package func apply(count: Int, from: RawSpan, to: inout MutableRawSpan) {
    switch source.type {
    case .u8: apply(count, from, &to) { (value: UInt8) in Double(value) }
    case .u16: apply(count, from, &to) { (value: UInt16) in Double(value) }
    case .i32: apply(count, from, &to) { (value: Int32) in Double(value) }
    case .f32: apply(count, from, &to) { (value: Float) in Double(value) }
    case .f64: apply(count, from, &to) { (value: Double) in value }
    }
  }

  @inline(__always)
  private func apply<Sample: BitwiseCopyable>(
    _ count: Int, _ from: RawSpan, _ to: inout MutableRawSpan, _ number: (Sample) -> Double
  ) {
    let bandCount = source.mode.bandCount
    to.map(count: count * bandCount, from: from) { (sample: Sample) in
      Window.byte(nearest: (number(sample) - low) * 255 / (high - low))
    }
    guard let alpha = source.mode.alphaBand else { return }
    for index in stride(from: alpha, to: count * bandCount, by: bandCount) {
      to.setSample(index, to: Window.byte(nearest: number(from.sample(index)) * 255 / opaque))
    }
  }

  /// The whole number from 0 to 255 that is nearest to a number, halves up; 0 for what is not a number.
  @inline(__always)
  static func byte(nearest scaled: Double) -> UInt8 {
    // The bounds of a window need no test of their own: they come out as 0 and 255, and what is beyond,
    // beyond.
    let clipped: Double = scaled > 0 ? min(scaled, 255) : 0
    // Added to 2⁵², a whole number stands in the low bits: no trap is in the way of vectors. What
    // the addition rounds from a half down to the even neighbor is put up.
    let even = (clipped + 0x1p52) - 0x1p52
    let whole = clipped - even >= 0.5 ? even + 1 : even
    return UInt8(truncatingIfNeeded: (whole + 0x1p52).bitPattern)
  }
}
