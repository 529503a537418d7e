extension Conversion {
  /// From modes `I`, `F` and `I;16`.
  ///
  /// Integers are clipped, fractions cut off. What is no number becomes 0 in gray.
  static let numberSteps: [Step] = [
    Step(.integer, .gray) {
      $2.map(count: $0, from: $1) { (value: Int32) in
        UInt8(truncatingIfNeeded: min(max(value, 0), 255))
      }
    },
    Step(.integer, .gray16) {
      $2.map(count: $0, from: $1) { (value: Int32) in
        UInt16(truncatingIfNeeded: min(max(value, 0), 65535))
      }
    },
    Step(.integer, .float) { $2.map(count: $0, from: $1) { (value: Int32) in Float(value) } },
    Step(.gray16, .gray) {
      $2.map(count: $0, from: $1) { (value: UInt16) in UInt8(truncatingIfNeeded: min(value, 255)) }
    },
    Step(.gray16, .integer) { $2.map(count: $0, from: $1) { (value: UInt16) in Int32(value) } },
    Step(.gray16, .float) { $2.map(count: $0, from: $1) { (value: UInt16) in Float(value) } },
    Step(.float, .gray) { $2.map(count: $0, from: $1) { (value: Float) in byte(value) } },
    Step(.float, .integer) {
      $2.map(count: $0, from: $1) { (value: Float) in integer(Double(value)) }
    },

    Step(PixelFormat(.integer, .f64), PixelFormat(.integer)) {
      $2.map(count: $0, from: $1) { (value: Double) in
        Int32(min(max(value.isNaN ? 0 : value, -0x1p31), 0x1p31 - 1))
      }
    },
    Step(PixelFormat(.integer, .f64), PixelFormat(.float)) {
      $2.map(count: $0, from: $1) { (value: Double) in Float(value) }
    },
    Step(PixelFormat(.float, .f64), PixelFormat(.float)) {
      $2.map(count: $0, from: $1) { (value: Double) in Float(value) }
    },
    Step(PixelFormat(.float, .f64), PixelFormat(.integer)) {
      $2.map(count: $0, from: $1) { (value: Double) in integer(value) }
    },
    Step(PixelFormat(.float, .f64), PixelFormat(.gray)) {
      $2.map(count: $0, from: $1) { (value: Double) in
        byte(Float(min(max(value, 0), 255).rounded(.down)))
      }
    },
  ]

  /// The whole part of a number from 0 to 255; 0 below and for what is no number, 255 above.
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

  /// The whole part of a number; the least integer where there is none.
  ///
  /// C leaves that case open. This is what Pillow gives on x86-64.
  @inline(__always)
  static func integer(_ value: Double) -> Int32 {
    value > -0x1p31 - 1 && value < 0x1p31 ? Int32(value) : .min
  }
}
