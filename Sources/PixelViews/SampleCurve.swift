import Glibc

/// How light is written as numbers.
public enum Gamma: Hashable, Sendable {
  /// The curve of IEC 61966-2-1.
  case srgb
  /// Light to the power of 1 / V.
  case power(Double)

  /// - Parameter light: from 0 to 1.
  fileprivate func number(_ light: Double) -> Double {
    switch self {
    case .srgb: light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055
    case .power(let exponent): pow(light, 1 / exponent)
    }
  }
}

/// A table of what each sample of 8 or 16 bits becomes, whatever its band.
package struct SampleCurve: Sendable {
  let format: PixelFormat
  private let table: [UInt16]

  /// Numbers that are in proportion to light, as numbers of a curve: 0 stays 0 and the largest sample
  /// the largest, the rest is rounded to the nearest.
  ///
  /// The result is `nil` unless the samples are gray or RGB.
  init?(_ gamma: Gamma, _ format: PixelFormat) {
    guard format.mode == .gray || format.mode == .rgb || format.mode.isGray16,
      format.type == .u8 || format.type == .u16
    else { return nil }
    self.format = format
    let largest = format.type.range.upperBound
    table = (0...Int(largest)).map {
      UInt16((gamma.number(Double($0) / largest) * largest).rounded())
    }
  }

  func apply(count: Int, from: RawSpan, to: inout MutableRawSpan) {
    let count = count * format.mode.bandCount
    let table = table.span
    if format.type == .u8 {
      to.map(count: count, from: from) { (sample: UInt8) in
        UInt8(truncatingIfNeeded: table[Int(sample)])
      }
    } else {
      to.map(count: count, from: from) { (sample: UInt16) in table[Int(sample)] }
    }
  }
}
