extension Conversion {
  /// Between the color modes of 8 bits and from them to gray.
  static let colorSteps: [Step] =
    fromQuad(.rgba) + fromQuad(.rgbx) + fromTriple(.rgb) + [
      Step(.rgb, .rgba) { $2.map(count: $0, from: $1) { (pixel: Triple<UInt8>) in opaque(pixel) } },
      Step(.rgb, .rgbPremultiplied) {
        $2.map(count: $0, from: $1) { (pixel: Triple<UInt8>) in opaque(pixel) }
      },
      Step(.rgb, .grayAlpha) {
        $2.map(count: $0, from: $1) { (pixel: Triple<UInt8>) in Pair(luma(opaque(pixel)), 255) }
      },
      Step(.rgb, .grayPremultiplied) {
        $2.map(count: $0, from: $1) { (pixel: Triple<UInt8>) in Pair(luma(opaque(pixel)), 255) }
      },
      Step(.rgba, .grayAlpha) {
        $2.map(count: $0, from: $1) { (pixel: Quad) in Pair(luma(pixel), pixel.w) }
      },
      Step(.rgba, .rgbx) {
        $2.map(count: $0, from: $1) { (pixel: Quad) in Quad(word: pixel.word | 0xff00_0000) }
      },
      Step(.rgbx, .grayAlpha) {
        $2.map(count: $0, from: $1) { (pixel: Quad) in Pair(luma(pixel), 255) }
      },

      Step(.cmyk, .rgb) {
        $2.map(count: $0, from: $1) { (pixel: Quad) in
          let light = ~pixel.w
          return Triple(
            light &- multiply(pixel.x, light), light &- multiply(pixel.y, light),
            light &- multiply(pixel.z, light))
        }
      },
    ]

  /// What `RGBA` and `RGBX` share: the fourth byte is not looked at.
  private static func fromQuad(_ source: Mode) -> [Step] {
    [
      Step(source, .rgb) {
        $2.map(count: $0, from: $1) { (pixel: Quad) in Triple(word: pixel.word) }
      },
      Step(source, .bilevel) {
        $2.map(count: $0, from: $1) { (pixel: Quad) in
          luma1000(pixel) >= 128_000 ? 255 : 0 as UInt8
        }
      },
      Step(source, .gray) { $2.map(count: $0, from: $1) { (pixel: Quad) in luma(pixel) } },
      Step(source, .gray16) {
        $2.map(count: $0, from: $1) { (pixel: Quad) in UInt16(luma(pixel)) }
      },
      Step(source, .integer) {
        $2.map(count: $0, from: $1) { (pixel: Quad) in Int32(luma(pixel)) }
      },
      Step(source, .float) {
        $2.map(count: $0, from: $1) { (pixel: Quad) in Float(luma1000(pixel)) / 1000 }
      },
      Step(source, .cmyk) {
        $2.map(count: $0, from: $1) { (pixel: Quad) in Quad(word: ~pixel.word & 0x00ff_ffff) }
      },
      ycbcrStep(from: source),
    ]
  }

  /// What `RGB` and `RGBX` share. On words of four bytes the loops are several times faster, so much
  /// that it pays to make such words first.
  private static func fromTriple(_ source: Mode) -> [Step] {
    let widen = Step(source, .rgbx) {
      $2.map(count: $0, from: $1) { (pixel: Triple<UInt8>) in opaque(pixel) }
    }
    return [widen] + fromQuad(.rgbx).filter { $0.target.mode != .rgb }.map(widen.then)
  }

  @inline(__always)
  private static func opaque(_ pixel: Triple<UInt8>) -> Quad {
    Quad(word: pixel.word | 0xff00_0000)
  }

  /// Luma of ITU-R BT.601: 0.299 red, 0.587 green and 0.114 blue in 65536ths, rounded.
  @inline(__always)
  static func luma(_ pixel: Quad) -> UInt8 {
    let (red, green, blue) = (UInt32(pixel.x), UInt32(pixel.y), UInt32(pixel.z))
    let sum = red &* 19595 &+ green &* 38470 &+ blue &* 7471
    return UInt8(truncatingIfNeeded: (sum &+ 0x8000) >> 16)
  }

  /// Luma in thousandths, exact.
  @inline(__always)
  private static func luma1000(_ pixel: Quad) -> Int32 {
    Int32(pixel.x) &* 299 &+ Int32(pixel.y) &* 587 &+ Int32(pixel.z) &* 114
  }
}
