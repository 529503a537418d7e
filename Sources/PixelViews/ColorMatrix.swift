/// A map of three whole numbers to three others: to sums of what they weigh, rounded (halves up) and
/// clipped to what the target can hold.
///
/// The result is the real number's, not an approximation's. A weight is a fraction of at most 44 bits
/// above and below the line, and is kept as a multiple of 2⁻⁸⁰. Three of them, times numbers below 2¹⁶,
/// are off by less than 2⁻⁶² together. The denominators of video's sums are less than 2⁴⁴, for each
/// matrix, range and depth in both directions, so a sum below a whole number is below it by more than
/// 2⁻⁴⁴: adding 2⁻⁶⁰ brings whole sums above their number, and no other sum past the next.
struct ColorMatrix: Sendable {
  /// What becomes one number of the result.
  struct Row: Sendable {
    /// In 2⁻⁸⁰ths.
    let weights: [Int128]
    let constant: Int128
    /// The same in 2⁻⁴⁰ths.
    private let fast: (x: Int, y: Int, z: Int, constant: Int)

    /// - Parameters:
    ///   - weights: fractions.
    ///   - origins: the numbers of the source that add nothing.
    ///   - result: what they become together.
    init(
      _ weights: [(above: Int, below: Int)], origins: [Int], result: Int
    ) {
      let weights = weights.map {
        (Int128($0.above) << 81 + Int128($0.below)) / (2 * Int128($0.below))
      }
      let one = Int128(1) << 80
      constant =
        Int128(result) * one + one / 2 + 1 << 20
        - zip(weights, origins).reduce(0) { $0 + $1.0 * Int128($1.1) }
      self.weights = weights
      func rounded(_ value: Int128) -> Int { Int((value + 1 << 39) >> 40) }
      fast = (rounded(weights[0]), rounded(weights[1]), rounded(weights[2]), rounded(constant))
    }

    /// The rounded sum, not clipped.
    ///
    /// What is summed in 64 bits is off by less than 2⁻²³, so it is certain but for sums that are next
    /// to a whole number.
    @inline(__always)
    func callAsFunction(_ x: Int, _ y: Int, _ z: Int) -> Int {
      let sum = fast.x &* x &+ fast.y &* y &+ fast.z &* z &+ fast.constant
      let doubt = 1 << 17
      guard (sum &+ doubt) & (1 << 40 - 1) < 2 * doubt else { return sum >> 40 }
      return exactly(x, y, z)
    }

    @inline(never)
    private func exactly(_ x: Int, _ y: Int, _ z: Int) -> Int {
      let sum = weights[0] * Int128(x) + weights[1] * Int128(y) + weights[2] * Int128(z)
      return Int((sum + constant) >> 80)
    }
  }

  let rows: [Row]

  /// The map of `YCbCr` to `RGB` from 0 to `white`.
  init(toRGB white: Int, from color: VideoColor) {
    let (red, blue) = color.matrix.shares
    let green = 10_000 - red - blue
    let (luma, chroma) = (color.luma, color.chroma)
    let origins = [luma.black, chroma.gray, chroma.gray]
    let y = (white, luma.span)
    let scale = 10_000 * chroma.span
    // R = Y + 2(1 − Kr) Cr, B = Y + 2(1 − Kb) Cb, and G is what Y = Kr R + Kg G + Kb B leaves.
    let toRed = 2 * (10_000 - red)
    let toBlue = 2 * (10_000 - blue)
    rows = [
      Row([y, (0, 1), (white * toRed, scale)], origins: origins, result: 0),
      Row(
        [y, (-white * toBlue * blue, scale * green), (-white * toRed * red, scale * green)],
        origins: origins, result: 0),
      Row([y, (white * toBlue, scale), (0, 1)], origins: origins, result: 0),
    ]
  }

  /// The map of `RGB` from 0 to `white` to `YCbCr`.
  init(fromRGB white: Int, to color: VideoColor) {
    let (red, blue) = color.matrix.shares
    let green = 10_000 - red - blue
    let origins = [0, 0, 0]
    let luma = color.luma
    let (gray, span) = color.chroma
    let half = (span, 2 * white)
    // Cb = (B − Y) / 2(1 − Kb), Cr = (R − Y) / 2(1 − Kr).
    func part(_ share: Int, _ own: Int) -> (Int, Int) {
      (-span * share, 2 * (10_000 - own) * white)
    }
    let shares = [red, green, blue]
    rows = [
      Row(
        shares.map { (luma.span * $0, 10_000 * white) }, origins: origins, result: luma.black),
      Row([part(red, blue), part(green, blue), half], origins: origins, result: gray),
      Row([half, part(green, red), part(blue, red)], origins: origins, result: gray),
    ]
  }

  /// The map of `YCbCr` to gray from 0 to `white`: to its luma.
  init(toGray white: Int, from color: VideoColor) {
    let luma = color.luma
    rows = [
      Row([(white, luma.span), (0, 1), (0, 1)], origins: [luma.black, 0, 0], result: 0)
    ]
  }
}

extension ColorMatrix {
  /// Maps pixels of three samples to others, clipped to `highest`.
  @inline(__always)
  func kernel<
    Source: PlainSample & FixedWidthInteger, Target: PlainSample & FixedWidthInteger
  >(_: Source.Type, _: Target.Type, highest: Int) -> Conversion.Kernel {
    let (first, second, third) = (rows[0], rows[1], rows[2])
    return { count, from, to in
      to.map(count: count, from: from) { (pixel: Triple<Source>) in
        let (x, y, z) = (Int(pixel.x), Int(pixel.y), Int(pixel.z))
        func clipped(_ sum: Int) -> Target { Target(truncatingIfNeeded: min(max(sum, 0), highest)) }
        return Triple(
          clipped(first(x, y, z)), clipped(second(x, y, z)), clipped(third(x, y, z)))
      }
    }
  }
}
