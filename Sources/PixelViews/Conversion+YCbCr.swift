/// YCbCr as JFIF has it.
///
/// Pillow adds terms that were rounded to 64ths one by one, so the terms are in tables here too. The
/// terms of one sample for all three results stand in one word, 21 bits apart: one addition adds
/// them all. What is below zero borrows from the lane above and is paid back by the sum, which has no
/// negative lane.
extension Conversion {
  static let ycbcrSteps: [Step] = [
    Step(.ycbcr, .gray) { $2.map(count: $0, from: $1) { (pixel: Triple<UInt8>) in pixel.x } },
    Step(.ycbcr, .grayAlpha) {
      $2.map(count: $0, from: $1) { (pixel: Triple<UInt8>) in Pair(pixel.x, 255) }
    },
    Step(.ycbcr, .rgb) {
      let (luma, blues, reds) = (fromLuma.span, fromBlueness.span, fromRedness.span)
      $2.map(count: $0, from: $1) { (pixel: Triple<UInt8>) in
        let sum = luma[Int(pixel.x)] &+ blues[Int(pixel.y)] &+ reds[Int(pixel.z)]
        return Triple(clipped(sum), clipped(sum >> 21), clipped(sum >> 42))
      }
    },
  ]

  /// From a mode whose pixels begin with red, green and blue, and have four bytes.
  static func ycbcrStep(from source: Mode) -> Step {
    Step(source, .ycbcr) {
      let (reds, greens, blues) = (fromRed.span, fromGreen.span, fromBlue.span)
      $2.map(count: $0, from: $1) { (pixel: Quad) in
        let sum = reds[Int(pixel.x)] &+ greens[Int(pixel.y)] &+ blues[Int(pixel.z)]
        return Triple(
          UInt8(truncatingIfNeeded: sum >> 6), UInt8(truncatingIfNeeded: sum >> 27),
          UInt8(truncatingIfNeeded: sum >> 48))
      }
    }
  }

  // Half of 256 for Cb and Cr rides on the terms of red.
  private static let fromRed = terms(29_900, -16_874, 50_000).map { $0 &+ lanes(0, 8192, 8192) }
  private static let fromGreen = terms(58_700, -33_126, -41_869)
  private static let fromBlue = terms(11_400, 50_000, -8_131)

  // 256 more than the result, so that no lane is negative.
  private static let fromLuma = (0..<256).map { lanes($0 * 64, $0 * 64, $0 * 64) + lanes(16384) }
  private static let fromBlueness = terms(0, -34_414, 177_200, center: 128)
  private static let fromRedness = terms(140_200, -71_414, 0, center: 128)

  /// For each sample its terms in the three results, in 64ths; coefficients are in hundred
  /// thousandths. The division cuts off toward zero, as Pillow's tables were made.
  private static func terms(_ first: Int, _ second: Int, _ third: Int, center: Int = 0) -> [Int] {
    (0..<256).map { sample in
      func term(_ coefficient: Int) -> Int {
        (coefficient * 64 * (sample - center) + 50_000) / 100_000
      }
      return lanes(term(first), term(second), term(third))
    }
  }

  private static func lanes(_ first: Int, _ second: Int, _ third: Int) -> Int {
    first + second << 21 + third << 42
  }

  private static func lanes(_ value: Int) -> Int { lanes(value, value, value) }

  /// The result in the lowest lane.
  @inline(__always)
  private static func clipped(_ lanes: Int) -> UInt8 {
    let value = Int32(truncatingIfNeeded: lanes >> 6 & 0x7fff) &- 256
    return UInt8(truncatingIfNeeded: min(max(value, 0), 255))
  }
}
