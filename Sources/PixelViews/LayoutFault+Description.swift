extension LayoutFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .sampleType(let type, let mode):
      "mode \(mode.name) has no \(type.rawValue) samples"
    case .fieldCount(let found, let mode):
      "there \(found == 1 ? "is 1 field" : "are \(found) fields"), mode \(mode.name) has "
        + "\(mode.bandCount) (\(mode.bands.joined(separator: ",")))"
    case .quantity(let name, let found, let allowed):
      "\(name) is \(found); \(LayoutFault.text(allowed)) is expected"
    case .field(let band, let name, let found, let allowed):
      "\(name) of field \(band) is \(found); \(LayoutFault.text(allowed)) is expected"
    case .wordSize(let band, let byteCount):
      "the word of field \(band) has \(byteCount) bytes; 1, 2, 4 or 8 are expected"
    case .beyondWord(let band, let shift, let bitCount, let wordBitCount):
      "field \(band) ends beyond its word: shift \(shift) + bitCount \(bitCount) = "
        + "\(shift + bitCount), the word has \(wordBitCount) bits"
    case .wordOffByte(let band, let bits):
      "field \(band) is a word, which must start on a byte; \(bits) bits are not a multiple of 8"
    case .flippedBits(let band, let found, let bitCount):
      "flippedBits of field \(band) is 0x\(String(found, radix: 16)), the field has \(bitCount) bits"
    case .number(let band, let number, let bitCount, let scaling, let type):
      "field \(band) is a number (\(number.rawValue), \(bitCount) bits, scaling "
        + "\(scaling.rawValue)) that \(type.rawValue) samples cannot hold"
    case .constantInGrid(let band):
      "plane \(band) has a constant field; a grid has samples only"
    case .unlikeFields(let band):
      "the fields of plane \(band) differ in bitCount, number, scaling or flippedBits; those of one "
        + "band must be alike"
    case .lensBeyondGrid(let name, let first, let step, let count, let size):
      "\(count) \(name) from \(first) on in steps of \(step) are not within the grid's \(size)"
    case .notBilevel(let band):
      "field \(band) has more values than 0 and 255, which is all that mode 1 has"
    }
  }

  private static func text(_ range: ClosedRange<Int>) -> String {
    range.lowerBound == range.upperBound
      ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }
}
