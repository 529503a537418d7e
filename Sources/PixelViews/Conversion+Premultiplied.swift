/// Color multiplied by opacity, and back.
extension Conversion {
  static let premultipliedSteps: [Step] = [
    Step(.grayAlpha, .grayPremultiplied) {
      $2.map(count: $0, from: $1) { (pixel: Pair) in Pair(multiply(pixel.x, pixel.y), pixel.y) }
    },
    Step(.grayPremultiplied, .grayAlpha) {
      let reciprocals = reciprocals.span
      $2.map(count: $0, from: $1) { (pixel: Pair) in
        Pair(divide(pixel.x, reciprocals[Int(pixel.y)]), pixel.y)
      }
    },
    Step(.rgba, .rgbPremultiplied) {
      $2.map(count: $0, from: $1) { (pixel: Quad) in
        Quad(
          multiply(pixel.x, pixel.w), multiply(pixel.y, pixel.w), multiply(pixel.z, pixel.w),
          pixel.w)
      }
    },
    Step(.rgbPremultiplied, .rgba) {
      let reciprocals = reciprocals.span
      $2.map(count: $0, from: $1) { (pixel: Quad) in
        let reciprocal = reciprocals[Int(pixel.w)]
        return Quad(
          divide(pixel.x, reciprocal), divide(pixel.y, reciprocal), divide(pixel.z, reciprocal),
          pixel.w)
      }
    },
    Step(.rgbPremultiplied, .rgb) {
      let reciprocals = reciprocals.span
      $2.map(count: $0, from: $1) { (pixel: Quad) in
        let reciprocal = reciprocals[Int(pixel.w)]
        return Triple(
          divide(pixel.x, reciprocal), divide(pixel.y, reciprocal), divide(pixel.z, reciprocal))
      }
    },
  ]

  /// The product of two fractions of 255, rounded.
  @inline(__always)
  static func multiply(_ a: UInt8, _ b: UInt8) -> UInt8 {
    let product = UInt32(a) &* UInt32(b) &+ 128
    return UInt8(truncatingIfNeeded: (product >> 8 &+ product) >> 8)
  }

  /// For each opacity 255 divided by it, in 65536ths, rounded up; 1 where there is no opacity, so
  /// that the color is left alone.
  ///
  /// Rounding up is too little to reach the next whole number: 255 * 1 / 65536 < 1 / 255.
  private static let reciprocals =
    [65536]
    + (1...255).map { (alpha: UInt32) in (255 * 65536 + alpha - 1) / alpha }

  /// A color divided by its opacity, given the reciprocal of that: rounded down, at most 255.
  @inline(__always)
  private static func divide(_ color: UInt8, _ reciprocal: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: min((UInt32(color) &* reciprocal) >> 16, 255))
  }
}
