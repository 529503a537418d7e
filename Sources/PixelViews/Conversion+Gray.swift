extension Conversion {
  /// From mode `1` and from 8-bit gray, alone or with alpha.
  static let graySteps =
    fromGray(.bilevel) + fromGray(.gray) + [
      Step(.gray, .bilevel) {
        $2.map(count: $0, from: $1) { (gray: UInt8) in gray >= 128 ? 255 : 0 as UInt8 }
      },

      // With the palette that is a ramp of grays.
      Step(.gray, .palette) { $2.map(count: $0, from: $1) { (gray: UInt8) in gray } },
      Step(.gray, .paletteAlpha) {
        $2.map(count: $0, from: $1) { (gray: UInt8) in Pair(gray, 255) }
      },

      Step(.grayAlpha, .gray) { $2.map(count: $0, from: $1) { (pixel: Pair) in pixel.x } },
      Step(.grayAlpha, .rgb) {
        $2.map(count: $0, from: $1) { (pixel: Pair) in Triple(pixel.x, pixel.x, pixel.x) }
      },
      Step(.grayAlpha, .rgba) {
        $2.map(count: $0, from: $1) { (pixel: Pair) in Quad(pixel.x, pixel.x, pixel.x, pixel.y) }
      },
      Step(.grayAlpha, .rgbx) {
        $2.map(count: $0, from: $1) { (pixel: Pair) in Quad(pixel.x, pixel.x, pixel.x, pixel.y) }
      },
    ]

  /// What modes `1` and `L` share: white is 255 in the plain rows of both.
  private static func fromGray(_ source: Mode) -> [Step] {
    [
      Step(source, .gray) { $2.map(count: $0, from: $1) { (gray: UInt8) in gray } },
      Step(source, .grayAlpha) { $2.map(count: $0, from: $1) { (gray: UInt8) in Pair(gray, 255) } },
      Step(source, .integer) { $2.map(count: $0, from: $1) { (gray: UInt8) in Int32(gray) } },
      Step(source, .float) { $2.map(count: $0, from: $1) { (gray: UInt8) in Float(gray) } },
      Step(source, .gray16) { $2.map(count: $0, from: $1) { (gray: UInt8) in UInt16(gray) } },
      Step(source, .rgb) {
        $2.map(count: $0, from: $1) { (gray: UInt8) in Triple(word: UInt32(gray) &* 0x01_0101) }
      },
      Step(source, .rgba) {
        $2.map(count: $0, from: $1) { (gray: UInt8) in
          Quad(word: UInt32(gray) &* 0x01_0101 | 0xff00_0000)
        }
      },
      Step(source, .rgbx) {
        $2.map(count: $0, from: $1) { (gray: UInt8) in
          Quad(word: UInt32(gray) &* 0x01_0101 | 0xff00_0000)
        }
      },
      Step(source, .cmyk) { $2.map(count: $0, from: $1) { (gray: UInt8) in Quad(0, 0, 0, ~gray) } },
      Step(source, .ycbcr) {
        $2.map(count: $0, from: $1) { (gray: UInt8) in Triple(gray, 128, 128) }
      },
      Step(source, .hsv) { $2.map(count: $0, from: $1) { (gray: UInt8) in Triple(0, 0, gray) } },
    ].filter { $0.source != $0.target }
  }
}
