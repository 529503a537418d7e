/// The alphabets of deflate (RFC 1951, 3.2.5).
enum DeflateSymbols {
  /// What one symbol stands for besides itself.
  typealias Base = (first: Int, extraBits: UInt8)
  /// The symbol for a value, and what the bits behind its code say.
  typealias Part = (symbol: UInt16, extra: UInt16, extraBits: UInt8)

  static let endOfBlock = 256
  /// Literals, the end, and lengths.
  static let count = 286
  static let distanceCount = 30
  static let lengths = 3...258
  static let distances = 1...32768

  /// The first length of each symbol from 257 on.
  private static let lengthBases: [Base] = {
    var bases: [Base] = []
    var length = 3
    for symbol in 257...284 {
      let extraBits = symbol < 265 ? 0 : (symbol - 261) / 4
      bases.append((length, UInt8(extraBits)))
      length += 1 << extraBits
    }
    return bases + [(258, 0)]
  }()

  /// The first distance of each symbol.
  private static let distanceBases: [Base] = {
    var bases: [Base] = []
    var distance = 1
    for symbol in 0..<distanceCount {
      let extraBits = symbol < 4 ? 0 : (symbol - 2) / 2
      bases.append((distance, UInt8(extraBits)))
      distance += 1 << extraBits
    }
    return bases
  }()

  static let ofLength: [Part] = {
    var table = [Part](repeating: (0, 0, 0), count: lengths.upperBound + 1)
    for (index, base) in lengthBases.enumerated() {
      for extra in 0..<1 << Int(base.extraBits) where base.first + extra <= lengths.upperBound {
        table[base.first + extra] = (UInt16(257 + index), UInt16(extra), base.extraBits)
      }
    }
    return table
  }()

  /// How much of a match of any length the next symbol can tell, so that what is left is 0, or long
  /// enough for another one.
  @inline(__always) static func firstPart(of length: Int) -> Int {
    if length <= lengths.upperBound { return length }
    return min(lengths.upperBound, length &- lengths.lowerBound)
  }

  /// The part for a distance.
  @inline(__always) static func ofDistance(_ distance: Int) -> Part {
    let value = UInt32(truncatingIfNeeded: distance &- 1)
    if value < 4 { return (UInt16(value), 0, 0) }
    // The two highest bits choose the symbol, the others follow it.
    let extraBits = UInt32(30 &- value.leadingZeroBitCount)
    let symbol = extraBits &* 2 &+ value &>> extraBits
    return (
      UInt16(truncatingIfNeeded: symbol),
      UInt16(truncatingIfNeeded: value & ((1 &<< extraBits) &- 1)),
      UInt8(truncatingIfNeeded: extraBits)
    )
  }

  /// The bits behind each symbol's code.
  static let extraBits: [UInt8] =
    [UInt8](repeating: 0, count: 257) + lengthBases.map(\.extraBits)
  static let extraDistanceBits: [UInt8] = distanceBases.map(\.extraBits)
}
