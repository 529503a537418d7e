import PixelViews

/// Measures how well pixels that are stored in one way can be told from their neighbors: where the
/// storage and the row length are right, what is left to tell takes the fewest bits.
struct NeighborPrediction {
  let storage: GuessedStorage
  /// Bits in 1/1024, told from left and upper neighbors, and from upper ones alone.
  private var bits = 0
  private var rowBits = 0
  private var pixelCount = 0
  private var traits = Traits()

  /// What the bytes of the pixels are like, each counted.
  private struct Traits {
    var alphaIsExtreme = 0
    var alphaIsZero = 0
    var lowIsExtreme = 0
    var pairsAreEqual = 0
    var exponentIsUsual = 0
    var topIsExtreme = 0
    var isZero = 0
    var isNoNumber = 0
    var sums = SIMD4<Int>()
    /// The values seen in the two high bytes of a word of 4.
    var topValues = ByteSet()
    var nextValues = ByteSet()
  }

  private struct ByteSet {
    private var words = SIMD4<UInt64>()

    var count: Int { (0..<4).reduce(0) { $0 + words[$1].nonzeroBitCount } }

    mutating func insert(_ byte: UInt8) {
      words[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
    }
  }

  init(_ storage: GuessedStorage) { self.storage = storage }

  /// Adds a run of pixels: at `current` and, a row above, at `upper` stand the bytes of `count`
  /// pixels and, before them, those of one more.
  mutating func add(_ bytes: RawSpan, current: Int, upper: Int, count: Int) {
    let channels = storage.channelCount
    let step = storage.byteCount
    var left = storage.numbers(bytes, at: current)
    var aboveLeft = storage.numbers(bytes, at: upper)
    for pixel in 1...max(1, count) {
      let here = storage.numbers(bytes, at: current + pixel * step)
      let above = storage.numbers(bytes, at: upper + pixel * step)
      for channel in 0..<channels {
        let (a, b, c) = (left[channel], above[channel], aboveLeft[channel])
        // The median edge detector of LOCO-I: the corner tells an edge from a slope.
        let told = c >= max(a, b) ? min(a, b) : c <= min(a, b) ? max(a, b) : a + b - c
        bits += NeighborPrediction.cost(here[channel] - told)
        rowBits += NeighborPrediction.cost(here[channel] - b)
      }
      note(bytes, at: current + pixel * step)
      left = here
      aboveLeft = above
    }
    pixelCount += max(1, count)
  }

  /// Mean bits a byte; `nil` when the bytes cannot be of this storage.
  var bitsPerByte: Double? {
    guard pixelCount > 0, isPlausible else { return nil }
    let all = Double(bits) + 0.3 * Double(rowBits)
    return all / 1.3 / 1024 / Double(pixelCount * storage.byteCount)
  }

  /// Mean bits a byte where only the row above is known; 0 before anything was added.
  var bitsPerByteFromAbove: Double {
    pixelCount == 0 ? 0 : Double(rowBits) / 1024 / Double(pixelCount * storage.byteCount)
  }

  /// Whether the row above predicts the pixels clearly better than it does in `other`, which has
  /// rows of wrong lengths: by a tenth, and by more than chance would.
  func isClearlyBetter(than other: NeighborPrediction) -> Bool {
    guard pixelCount > 0, other.pixelCount > 0 else { return false }
    let (right, wrong) = (bitsPerByteFromAbove, other.bitsPerByteFromAbove)
    // Costs are spread about as widely as the root of three times their mean.
    let deviation = (3 * wrong / Double(min(pixelCount, other.pixelCount))).squareRoot()
    return wrong > 1.1 * right && wrong - right > 5 * deviation
  }

  /// Whether the fourth byte is 0 in all pixels, so that it is no alpha.
  var alphaIsUnused: Bool { traits.alphaIsZero == pixelCount }

  /// Whether the third color is brighter than the first.
  var lastColorIsBrighter: Bool { traits.sums[2] > traits.sums[0] }

  private mutating func note(_ bytes: RawSpan, at: Int) {
    func byte(_ index: Int) -> UInt8 { bytes.sample(at + index) }
    func isExtreme(_ byte: UInt8) -> Bool { byte == 0 || byte == 255 }
    switch storage.kind {
    case .grayAlpha:
      if isExtreme(byte(1)) { traits.alphaIsExtreme += 1 }
      if isExtreme(byte(0)) { traits.lowIsExtreme += 1 }
    case .color(let first, let alpha):
      for channel in 0..<3 { traits.sums[channel] += Int(byte(first + channel)) }
      guard let alpha else { return }
      if isExtreme(byte(alpha)) { traits.alphaIsExtreme += 1 }
      if byte(alpha) == 0 { traits.alphaIsZero += 1 }
      if isExtreme(byte(3 - alpha)) { traits.lowIsExtreme += 1 }
    case .wideColor(_, true):
      if isExtreme(byte(6)), byte(6) == byte(7) { traits.alphaIsExtreme += 1 }
    case .doubled(let colors):
      let isEqual = byte(0) == byte(1) && (!colors || byte(2) == byte(3) && byte(4) == byte(5))
      if isEqual { traits.pairsAreEqual += 1 }
    case .float, .integer:
      let isBigEndian = if case .float(bigEndian: true, _) = storage.kind { true } else { false }
      let (top, next) = isBigEndian ? (byte(0), byte(1)) : (byte(3), byte(2))
      let isZero = top == 0 && next == 0 && byte(1) == 0 && byte(0) == 0
      let exponent = Int(top & 127) << 1 | Int(next >> 7)
      // 2^-27 to 2^23, what people measure; and the numbers that are none stand for a gap.
      if isZero || exponent == 255 || (100...150).contains(exponent) { traits.exponentIsUsual += 1 }
      if exponent == 255 { traits.isNoNumber += 1 }
      if isExtreme(top), isExtreme(next) { traits.topIsExtreme += 1 }
      if isExtreme(byte(0)) { traits.lowIsExtreme += 1 }
      if isZero { traits.isZero += 1 }
      traits.topValues.insert(top)
      traits.nextValues.insert(next)
    case .byte, .word, .packed565, .wideColor(_, false): return
    }
  }

  private var isPlausible: Bool {
    func share(_ count: Int) -> Double { Double(count) / Double(pixelCount) }
    switch storage.kind {
    case .byte, .word, .packed565, .wideColor(_, false), .color(_, nil): return true
    case .grayAlpha: return share(traits.alphaIsExtreme) > 0.8 && share(traits.lowIsExtreme) < 0.95
    case .color(_, 3): return share(traits.alphaIsExtreme) > 0.5
    case .color: return share(traits.alphaIsExtreme) > 0.5 && share(traits.lowIsExtreme) < 0.9
    case .wideColor(_, true): return share(traits.alphaIsExtreme) > 0.5
    case .doubled: return share(traits.pairsAreEqual) > 0.995
    case .float:
      return share(traits.exponentIsUsual) > 0.98 && share(traits.isZero) < 0.9
        && share(traits.isNoNumber) < 0.5
        && traits.topValues.count * 2 < traits.nextValues.count
    case .integer: return share(traits.topIsExtreme) > 0.98 && share(traits.lowIsExtreme) < 0.5
    }
  }

  /// `log2(1 + 2 * abs(number))`, in 1/1024.
  private static func cost(_ number: Int) -> Int {
    let value = 1 + 2 * number.magnitude
    let exponent = UInt.bitWidth - 1 - value.leadingZeroBitCount
    let fraction = exponent > 10 ? value >> UInt(exponent - 10) : value << UInt(10 - exponent)
    return exponent << 10 + logarithms[Int(fraction) & 1023]
  }

  /// The logarithms of 1 to 2 to the base 2, both in 1/1024: squaring a number doubles its logarithm,
  /// which yields one bit of it after the other.
  private static let logarithms: [Int] = (0..<1024).map { index in
    var value = 1 + Double(index) / 1024
    var bits = 0
    for _ in 0..<10 {
      value *= value
      bits <<= 1
      if value >= 2 {
        value /= 2
        bits |= 1
      }
    }
    return bits
  }
}
