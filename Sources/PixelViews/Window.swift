/// A straight line from a range of numbers to 8-bit gray: what a picture viewer calls a window.
package struct Window: Sendable {
  /// The number at and below which a pixel is black, and the one at and above which it is white.
  package let low, high: Double

  package let source: PixelFormat

  /// What becomes of samples that are no numbers.
  package let policy: ConversionPolicy

  /// Always mode `L` with 8 bits.
  package var target: PixelFormat { PixelFormat(.gray) }

  /// A window onto the samples of `source`.
  ///
  /// The result is `nil` unless the source is `L`, `I`, `F` or one of the `I;16` modes, `low`
  /// is less than `high`, and 255 times the distance between them is finite.
  package init?(
    low: Double, high: Double, source: PixelFormat, policy: ConversionPolicy = .refuse
  ) {
    guard source.mode.bandCount == 1, source.mode != .bilevel, !source.mode.hasColor else {
      return nil
    }
    guard low < high, low.isFinite, high.isFinite, ((high - low) * 255).isFinite else { return nil }
    self.source = source
    self.low = low
    self.high = high
    self.policy = policy
  }

  /// Converts `count` pixels of a plain row.
  ///
  /// A pixel of value v becomes 0 if v ≤ `low` or v is no number, 255 if v ≥ `high`, and otherwise
  /// (v − `low`) · 255 / (`high` − `low`), rounded to the nearest, halves up.
  ///
  /// - Precondition: `from` holds `count` samples of ``source`` and `to` as many bytes.
  /// - Complexity: O(`count`).
  package func apply(count: Int, from: RawSpan, to: inout MutableRawSpan) {
    switch source.type {
    case .u8: to.map(count: count, from: from) { (value: UInt8) in gray(Double(value)) }
    case .u16: to.map(count: count, from: from) { (value: UInt16) in gray(Double(value)) }
    case .i32: to.map(count: count, from: from) { (value: Int32) in gray(Double(value)) }
    case .f32: to.map(count: count, from: from) { (value: Float) in gray(Double(value)) }
    case .f64: to.map(count: count, from: from) { (value: Double) in gray(value) }
    }
  }

  @inline(__always)
  private func gray(_ value: Double) -> UInt8 {
    // The bounds need no test of their own: they come out as 0 and 255, and what is beyond, beyond.
    let scaled = (value - low) * 255 / (high - low)
    let clipped: Double = scaled > 0 ? min(scaled, 255) : 0
    // Added to 2⁵², a whole number stands in the low bits: no trap is in the way of vectors. What
    // the addition rounds from a half down to the even neighbor is put up.
    let even = (clipped + 0x1p52) - 0x1p52
    let whole = clipped - even >= 0.5 ? even + 1 : even
    return UInt8(truncatingIfNeeded: (whole + 0x1p52).bitPattern)
  }
}
