extension Conversion {
  /// From modes `I`, `F` and `I;16`.
  ///
  /// Fractions are cut off. What is beyond the limits of a step is clipped, and what is not a number
  /// becomes 0, for those who ask for it: see ``ConversionPolicy``.
  static let numberSteps: [Step] = [
    Step(.integer, .gray, within: .bytes) {
      $2.map(count: $0, from: $1) { (value: Int32) in
        UInt8(truncatingIfNeeded: min(max(value, 0), 255))
      }
    },
    Step(.integer, .gray16, within: .words) {
      $2.map(count: $0, from: $1) { (value: Int32) in
        UInt16(truncatingIfNeeded: min(max(value, 0), 65535))
      }
    },
    Step(.integer, .float) { $2.map(count: $0, from: $1) { (value: Int32) in Float(value) } },
    Step(.gray16, .gray, within: .bytes) {
      $2.map(count: $0, from: $1) { (value: UInt16) in UInt8(truncatingIfNeeded: min(value, 255)) }
    },
    Step(.gray16, .integer) { $2.map(count: $0, from: $1) { (value: UInt16) in Int32(value) } },
    Step(.gray16, .float) { $2.map(count: $0, from: $1) { (value: UInt16) in Float(value) } },
    Step(.float, .gray, within: .bytes) {
      $2.map(count: $0, from: $1) { (value: Float) in byte(value) }
    },
    Step(.float, .gray16, within: .words) {
      $2.map(count: $0, from: $1) { (value: Float) in word(Double(value)) }
    },
    Step(.float, .integer, within: .integers) {
      $2.map(count: $0, from: $1) { (value: Float) in integer(Double(value)) }
    },

    Step(PixelFormat(.integer, .f64), PixelFormat(.integer), within: .integers) {
      $2.map(count: $0, from: $1) { (value: Double) in
        integer(value)
      }
    },
    Step(PixelFormat(.integer, .f64), PixelFormat(.float)) {
      $2.map(count: $0, from: $1) { (value: Double) in Float(value) }
    },
    Step(PixelFormat(.float, .f64), PixelFormat(.float), within: .floats) {
      $2.map(count: $0, from: $1) { (value: Double) in Float(value) }
    },
    Step(PixelFormat(.float, .f64), PixelFormat(.integer), within: .integers) {
      $2.map(count: $0, from: $1) { (value: Double) in integer(value) }
    },
    Step(PixelFormat(.float, .f64), PixelFormat(.gray16), within: .words) {
      $2.map(count: $0, from: $1) { (value: Double) in word(value) }
    },
    Step(PixelFormat(.float, .f64), PixelFormat(.gray), within: .bytes) {
      $2.map(count: $0, from: $1) { (value: Double) in
        byte(Float(min(max(value, 0), 255).rounded(.down)))
      }
    },
  ]

  /// The whole part of a number from 0 to 255; 0 below and for what is not a number, 255 above.
  ///
  /// A conversion to an integer type can trap and would keep the loop from vectorizing. Added to
  /// 2²³, a whole number stands in the low bits of a `Float`; adding rounds, hence the comparison.
  @inline(__always)
  static func byte(_ value: Float) -> UInt8 {
    let clipped: Float = value > 0 ? min(value, 255) : 0
    let rounded = (clipped + 0x1p23) - 0x1p23
    let whole = rounded > clipped ? rounded - 1 : rounded
    return UInt8(truncatingIfNeeded: (whole + 0x1p23).bitPattern)
  }

  /// The whole part of a number from 0 to 65535; 0 below and for what is not a number, 65535 above.
  @inline(__always)
  private static func word(_ value: Double) -> UInt16 {
    UInt16(truncatingIfNeeded: Int32(value > 0 ? min(value, 65535) : 0))
  }

  /// The whole part of a number, clipped to what 32 bits hold; 0 for what is not a number.
  @inline(__always)
  private static func integer(_ value: Double) -> Int32 {
    Int32(value.isNaN ? 0 : min(max(value, -0x1p31), 0x1p31 - 1))
  }
}
