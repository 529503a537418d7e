import PixelViews

/// Measures how well pixels that are stored in one way can be told from their neighbors: where the
/// storage and the row length are right, what is left to tell takes the fewest bits.
struct NeighborPrediction {
  let storage: GuessedStorage
  /// Bits in 1/1024, told from left and upper neighbors, and from upper ones alone.
  private var bits = SIMD4<Int>()
  /// The same of red and blue where green is known, and of a sensor's color where the one beside it is.
  private var bitsBesideGreen = 0
  private var rowBits = 0
  /// The same from left neighbors alone.
  private var leftBits = 0
  private var groupCount = 0
  private var traits = Traits()

  /// What the bytes of the pixels are like, each counted.
  private struct Traits {
    var alphaIsExtreme = 0
    var alphaIsZero = 0
    var lowIsExtreme = 0
    var alphaIsFull = 0
    var lowIsFull = 0
    var unlikeWords = 0
    var wordDistance = 0
    var equalWords = 0
    var pairsAreEqual = 0
    var exponentIsUsual = 0
    var topIsExtreme = 0
    var isZero = 0
    var isNoNumber = 0
    var greatest: Int32 = 0
    var chromaMoves = 0
    var chromaDiffers = 0
    var chromaIsOff = 0
    var chromaRise = 0
    var lumaDistance = 0
    var lumaDiffers = 0
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

  /// Adds a run of groups: at `current` and, a row above, at `upper` stand the bytes of `count`
  /// groups and, before them, those of one more.
  mutating func add(_ bytes: RawSpan, current: Int, upper: Int, count: Int) {
    // A table that is looked up once, not for each number.
    let costs = NeighborPrediction.costs
    @inline(__always) func cost(_ number: Int32) -> Int {
      let magnitude = Int(number.magnitude)
      return magnitude < costs.count ? costs[magnitude] : NeighborPrediction.costOfLarge(magnitude)
    }
    let channels = storage.channelCount
    let step = storage.byteCount
    let isColor = storage.isColor
    let isMosaic = storage.isMosaic
    let isVideo = if case .luma2 = storage.kind { true } else { false }
    var previous = storage.numbers(bytes, at: current)
    var previousAbove = storage.numbers(bytes, at: upper)
    for group in 1...max(1, count) {
      let here = storage.numbers(bytes, at: current + group * step)
      let above = storage.numbers(bytes, at: upper + group * step)
      let left = storage.left(here, behind: previous)
      let aboveLeft = storage.left(above, behind: previousAbove)
      // The median edge detector of LOCO-I: the corner tells an edge from a slope.
      let low = pointwiseMin(left, above)
      let high = pointwiseMax(left, above)
      let told = (left &+ above &- aboveLeft).clamped(lowerBound: low, upperBound: high)
      let (miss, missFromAbove, missFromLeft) = (here &- told, here &- above, here &- left)
      if isColor {
        bitsBesideGreen += cost(miss[1] &- miss[0])
        bitsBesideGreen += cost(miss[2] &- miss[0])
      } else if isMosaic {
        bitsBesideGreen += cost(miss[1] &- miss[0])
        if channels == 4 { bitsBesideGreen += cost(miss[3] &- miss[2]) }
      } else if isVideo {
        if (here[2] &- previous[2]).magnitude > 1 { traits.chromaMoves += 1 }
        if (here[2] &- here[3]).magnitude > 1 { traits.chromaDiffers += 1 }
        if (here[2] &- 128).magnitude > 4 { traits.chromaIsOff += 1 }
        traits.chromaRise += Int((here[2] &- previous[2]).magnitude)
        traits.lumaDistance += Int((here[0] &- here[2]).magnitude)
        if (here[0] &- here[2]).magnitude > 3 || (here[0] &- here[3]).magnitude > 3 {
          traits.lumaDiffers += 1
        }
      }
      for channel in 0..<channels {
        bits[channel] += cost(miss[channel])
        rowBits += cost(missFromAbove[channel])
        leftBits += cost(missFromLeft[channel])
      }
      note(bytes, at: current + group * step, here)
      previous = here
      previousAbove = above
    }
    groupCount += max(1, count)
  }

  /// Mean bits a byte; `nil` when the bytes cannot be of this storage.
  var bitsPerByte: Double? {
    guard groupCount > 0, isPlausible else { return nil }
    let channels = storage.channelCount
    let each = (0..<channels).map { codeLength(bits[$0]) }
    let alone = each.reduce(0, +)
    var told = alone
    if storage.isColor {
      told =
        min(told, each[0] + 2 * codeLength(bitsBesideGreen / 2))
        + (channels == 4 ? each[3] : 0)
      if told > alone { told = alone }
    } else if storage.isMosaic {
      let pairs = max(1, channels / 2)
      let first = channels == 4 ? each[0] + each[2] : each[0]
      told = min(told, first + Double(pairs) * codeLength(bitsBesideGreen / pairs))
    }
    // Where nothing is known of the left, a row of a wrong length is told from a right one.
    let above = Double(channels) * codeLength(rowBits / channels)
    // Where nothing is known of the row above, channels that are taken for one are told apart.
    let left = Double(channels) * codeLength(leftBits / channels)
    let all = told + (0.3 * above + 0.2 * left) * told / max(0.001, alone)
    return all / 1.5 / Double(storage.byteCount)
  }

  /// Bits a number, of the sum of `log2(1 + 2 * abs(miss))`: that is 2.3 below the entropy of misses that
  /// are spread as Laplace has it, and no byte takes more than 8.
  private func codeLength(_ sum: Int) -> Double {
    let mean = Double(sum) / 1024 / Double(groupCount)
    let bytes = Double(storage.byteCount) / Double(storage.channelCount)
    return min(8 * bytes, mean + 2 * min(1, mean / 4))
  }

  /// Mean bits a byte where only the row above is known; 0 before anything was added.
  var bitsPerByteFromAbove: Double {
    groupCount == 0 ? 0 : Double(rowBits) / 1024 / Double(groupCount * storage.byteCount)
  }

  /// Whether the row above predicts the pixels clearly better than it does in `other`, which has
  /// rows of wrong lengths: by a tenth, and by more than chance would.
  func isClearlyBetter(than other: NeighborPrediction) -> Bool {
    guard groupCount > 0, other.groupCount > 0 else { return false }
    let (right, wrong) = (bitsPerByteFromAbove, other.bitsPerByteFromAbove)
    // Costs are spread about as widely as the root of three times their mean.
    let deviation = (3 * wrong / Double(min(groupCount, other.groupCount))).squareRoot()
    return wrong > 1.04 * right && wrong - right > 5 * deviation
  }

  /// Whether the fourth byte is 0 in most pixels, so that it is no alpha.
  var alphaIsUnused: Bool { traits.alphaIsZero * 10 > groupCount * 6 }

  /// Whether no color is like random bytes beside another that is not: the low byte of a word.
  private var colorsAreAlike: Bool {
    let colors = [bits[0], bits[1], bits[2]]
    let (least, most) = (colors.min() ?? 0, colors.max() ?? 0)
    return most < 5 * 1024 * groupCount || least * 2 > most
  }

  /// Whether the fourth byte is as random bytes are, and the colors are not.
  var alphaIsGarbage: Bool {
    let colors = Double(bits[0] + bits[1] + bits[2]) / 3
    let (least, most) = (
      min(bits[0], bits[1], bits[2]), max(bits[0], bits[1], bits[2])
    )
    return Double(bits[3]) > 5.5 * 1024 * Double(groupCount) && Double(bits[3]) > 1.4 * colors
      && traits.alphaIsExtreme * 10 < groupCount
      // The low bytes of words are as random; a color is more like the others than like those.
      && 2 * most < least + bits[3]
  }

  /// The bits that the greatest number takes, where numbers are words.
  var greatestBitCount: Int { Int32.bitWidth - traits.greatest.leadingZeroBitCount }

  /// Whether the third color is brighter than the first.
  var lastColorIsBrighter: Bool { traits.sums[2] > traits.sums[0] }

  private mutating func note(_ bytes: RawSpan, at: Int, _ numbers: SIMD4<Int32>) {
    func byte(_ index: Int) -> UInt8 { bytes.sample(at + index) }
    func isExtreme(_ byte: UInt8) -> Bool { byte == 0 || byte == 255 }
    switch storage.kind {
    case .grayAlpha:
      if isExtreme(byte(1)) { traits.alphaIsExtreme += 1 }
      if byte(1) == 0 { traits.alphaIsZero += 1 }
      if isExtreme(byte(0)) { traits.lowIsExtreme += 1 }
    case .color(let first, let alpha):
      for channel in 0..<3 { traits.sums[channel] += Int(byte(first + channel)) }
      guard let alpha else { return }
      if isExtreme(byte(alpha)) { traits.alphaIsExtreme += 1 }
      if byte(alpha) == 0 { traits.alphaIsZero += 1 }
      if isExtreme(byte(3 - alpha)) { traits.lowIsExtreme += 1 }
      if byte(alpha) == 255 { traits.alphaIsFull += 1 }
      if byte(1) == byte(3), byte(0) != byte(1) { traits.pairsAreEqual += 1 }
      if byte(3 - alpha) == 255 { traits.lowIsFull += 1 }
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
      if byte(isBigEndian ? 3 : 0) == 255 { traits.lowIsFull += 1 }
      if isZero { traits.isZero += 1 }
      traits.topValues.insert(top)
      traits.nextValues.insert(next)
    case .packed565:
      noteWord(byte(0), byte(1))
    case .word:
      noteWord(byte(0), byte(1))
      traits.greatest = max(traits.greatest, numbers[0])
      if numbers[0] == 0 { return }
      // The byte that is the same everywhere, but for zeros, which are bits that are not used.
      let (high, low) = (
        UInt8(truncatingIfNeeded: numbers[0] >> 8), UInt8(truncatingIfNeeded: numbers[0])
      )
      traits.topValues.insert(high == 0 ? low : high)
      traits.nextValues.insert(low == 0 ? high : low)
    case .pair: traits.greatest = max(traits.greatest, numbers[0], numbers[1])
    case .luma2:
      traits.sums[0] += Int(numbers[0])
      traits.sums[1] += Int(numbers[2])
      traits.sums[2] += Int(numbers[3])
    case .wideColor(_, false): traits.greatest = max(traits.greatest, numbers.max())
    case .byte, .mipi: return
    }
  }

  private mutating func noteWord(_ first: UInt8, _ second: UInt8) {
    guard first != second else {
      if first != 0, first != 255 { traits.equalWords += 1 }
      return
    }
    guard first != 0, second != 0 else { return }
    traits.unlikeWords += 1
    traits.wordDistance += min(64, abs(Int(first) - Int(second)))
  }

  /// What speaks against the storage whatever the rows are, in bits.
  var rarity: Double {
    func share(_ count: Int) -> Double { Double(count) / Double(max(1, groupCount)) }
    switch storage.kind {
    case .word, .packed565:
      // The bytes of a word are not alike, as those of two pixels are.
      return share(traits.equalWords) > 0.3
        || share(traits.unlikeWords) > 0.25 && traits.wordDistance < 12 * traits.unlikeWords
        ? 15 : 0
    // Few pictures are transparent nearly everywhere.
    case .grayAlpha: return share(traits.alphaIsZero) > 0.9 ? 8 : 0
    // Colors of so many bits use them.
    case .wideColor(_, false): return greatestBitCount < 13 ? 6 : 0
    case .color(_, .some):
      // What is full everywhere is alpha; two bytes that are the same beside two others are of words.
      return (share(traits.lowIsFull) > 0.999 && share(traits.alphaIsFull) < 0.999 ? 6 : 0)
        + (share(traits.pairsAreEqual) > 0.8 ? 10 : 0)
    default: return 0
    }
  }

  private var isPlausible: Bool {
    func share(_ count: Int) -> Double { Double(count) / Double(groupCount) }
    switch storage.kind {
    case .byte, .packed565, .wideColor(_, false), .pair, .mipi: return true
    case .color(_, nil): return colorsAreAlike
    case .luma2:
      // Chroma is smoother than luma; the low bytes of words are not.
      let chroma = (1...2).map { abs(Double(traits.sums[$0]) / Double(groupCount) - 128) }
      return chroma[0] + chroma[1] < 112 && max(chroma[0], chroma[1]) < 80
        && traits.lumaDiffers * 2 > groupCount
        // Chroma that is not gray is two colors.
        && (traits.chromaDiffers * 10 > groupCount || traits.chromaIsOff * 2 < groupCount)
        && 4 * (bits[2] + bits[3]) < 5 * (bits[0] + bits[1]) + 4 * 512 * groupCount
        && bits[0] + bits[1] < 11 * 1024 * groupCount
        // Cb and Cr that are one color are a sensor's; if luma is that color too, all are gray.
        && (traits.chromaMoves * 10 < groupCount || traits.chromaDiffers > traits.chromaMoves)
        && traits.lumaDistance > 2 * traits.chromaRise + 3 * groupCount
    case .word:
      // The one byte of a word changes; that of luma beside chroma which is gray does not.
      return traits.topValues.count > 1 || traits.nextValues.count < 2
    case .grayAlpha: return share(traits.alphaIsExtreme) > 0.8 && share(traits.lowIsExtreme) < 0.95
    case .color(let first, _):
      let isOpaque = share(traits.alphaIsExtreme) > 0.98 && share(traits.lowIsExtreme) < 0.98
      return colorsAreAlike
        && (share(traits.alphaIsExtreme) > 0.5
          && (first == 0 || isOpaque || share(traits.lowIsExtreme) < 0.9) || alphaIsGarbage)
    case .wideColor(_, true): return share(traits.alphaIsExtreme) > 0.5
    case .doubled: return share(traits.pairsAreEqual) > 0.995
    case .float:
      return share(traits.exponentIsUsual) > 0.98 && share(traits.isZero) < 0.9
        && share(traits.isNoNumber) < 0.5
        && (traits.topValues.count * 2 < traits.nextValues.count
          // Of few levels both have few values.
          || traits.topValues.count <= min(6, traits.nextValues.count)
            && share(traits.lowIsFull) < 0.5)
    case .integer: return share(traits.topIsExtreme) > 0.98 && share(traits.lowIsExtreme) < 0.5
    }
  }

  /// `log2(1 + 2 * abs(number))`, in 1/1024.
  private static let costs: [Int] = (0..<1024).map(costOfLarge)

  private static func costOfLarge(_ magnitude: Int) -> Int {
    let value = UInt(1 + 2 * magnitude)
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
