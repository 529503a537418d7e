/// HSV as Python's `colorsys` has it, each sample from 0 to 255.
///
/// Pillow's results depend on where it rounds to single precision, so these formulas do it in the
/// same places.
extension Conversion {
  static let hsvSteps: [Step] = [
    Step(.rgba, .hsv) { $2.map(count: $0, from: $1) { (pixel: Quad) in hsv(pixel) } },
    Step(.rgbx, .hsv) { $2.map(count: $0, from: $1) { (pixel: Quad) in hsv(pixel) } },
    Step(.rgb, .hsv) {
      $2.map(count: $0, from: $1) { (pixel: Triple<UInt8>) in hsv(Quad(word: pixel.word)) }
    },
    Step(.hsv, .rgb) { $2.map(count: $0, from: $1) { (pixel: Triple<UInt8>) in rgb(hsv: pixel) } },
  ]

  static func hsv(_ pixel: Quad) -> Triple<UInt8> {
    let (red, green, blue) = (pixel.x, pixel.y, pixel.z)
    let most = max(red, green, blue)
    let spread = Float(most - min(red, green, blue))
    guard spread > 0 else { return Triple(0, 0, most) }
    let fromRed = Float(most - red) / spread
    let fromGreen = Float(most - green) / spread
    let fromBlue = Float(most - blue) / spread
    let sextant: Float =
      if red == most {
        fromBlue - fromGreen
      } else if green == most {
        Float(2.0 + Double(fromRed) - Double(fromBlue))
      } else {
        Float(4.0 + Double(fromGreen) - Double(fromRed))
      }
    let turn = Double(sextant) / 6.0 + 1.0
    let hue = Float(turn >= 1 ? turn - 1 : turn)
    let saturation = spread / Float(most)
    return Triple(UInt8(Double(hue) * 255.0), UInt8(Double(saturation) * 255.0), most)
  }

  static func rgb(hsv pixel: Triple<UInt8>) -> Triple<UInt8> {
    let value = pixel.z
    guard pixel.y > 0 else { return Triple(value, value, value) }
    let sixths = Double(pixel.x) * 6.0 / 255.0
    let sextant = Int(sixths)
    let rest = Float(sixths - Double(sextant))
    let saturation = Float(Double(pixel.y) / 255.0)
    let low = part(value, 1.0 - Double(saturation))
    let falling = part(value, 1.0 - Double(saturation * rest))
    let rising = part(value, 1.0 - Double(saturation) * (1.0 - Double(rest)))
    return switch sextant {
    case 1: Triple(falling, value, low)
    case 2: Triple(low, value, rising)
    case 3: Triple(low, falling, value)
    case 4: Triple(rising, low, value)
    case 5: Triple(value, low, falling)
    default: Triple(value, rising, low)
    }
  }

  /// A fraction of a sample, rounded.
  private static func part(_ value: UInt8, _ fraction: Double) -> UInt8 {
    UInt8(Double(value) * fraction + 0.5)
  }
}
