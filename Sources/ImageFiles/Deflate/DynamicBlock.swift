/// The codes of one block of deflate, and the block's header (RFC 1951, 3.2.7).
struct DynamicBlock {
  /// Four literals, or a length and a distance with their extra bits, always fit a bit writer.
  private static let literalLimit = 14
  private static let distanceLimit = 14

  /// For each literal and length its code; the low byte is the code's length.
  let literals: [UInt32]
  /// The same for each distance.
  let distances: [UInt32]
  /// The size of the block with its header.
  let bitCount: Int
  private let header: [(value: UInt16, bitCount: UInt8)]

  /// - Parameters:
  ///   - literals: how often each of `DeflateSymbols.count` symbols occurs; the block's end once.
  ///   - distances: how often each of `DeflateSymbols.distanceCount` symbols occurs.
  init(literals: [UInt32], distances: [UInt32]) {
    let literalLengths = HuffmanCode.lengths(literals, limit: Self.literalLimit)
    var distanceLengths = HuffmanCode.lengths(distances, limit: Self.distanceLimit)
    // A block without a match has to have a code for distances all the same.
    if !distanceLengths.contains(where: { $0 > 0 }) { distanceLengths[0] = 1 }
    self.literals = Self.entries(literalLengths)
    self.distances = Self.entries(distanceLengths)
    header = Self.header(literalLengths, distanceLengths)
    bitCount =
      header.reduce(0) { $0 + Int($1.bitCount) }
      + Self.bitCount(literals, literalLengths, DeflateSymbols.extraBits)
      + Self.bitCount(distances, distanceLengths, DeflateSymbols.extraDistanceBits)
  }

  private static func entries(_ lengths: [UInt8]) -> [UInt32] {
    zip(HuffmanCode.codes(lengths), lengths).map { UInt32($0) << 8 | UInt32($1) }
  }

  private static func bitCount(
    _ frequencies: [UInt32], _ lengths: [UInt8], _ extraBits: [UInt8]
  ) -> Int {
    var bitCount = 0
    for symbol in lengths.indices where frequencies[symbol] > 0 {
      bitCount += Int(frequencies[symbol]) * (Int(lengths[symbol]) + Int(extraBits[symbol]))
    }
    return bitCount
  }

  @unsafe func writeHeader(to writer: inout BitWriter, isLast: Bool) {
    unsafe writer.put(isLast ? 0b101 : 0b100, 3)
    for field in header.dropFirst() {
      unsafe writer.put(UInt64(field.value), UInt64(field.bitCount))
      unsafe writer.flush()
    }
  }

  /// The order in which the lengths of the code for lengths are sent.
  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  /// The first field, the block's type, is only counted here.
  private static func header(
    _ literals: [UInt8], _ distances: [UInt8]
  ) -> [(value: UInt16, bitCount: UInt8)] {
    let literalCount = max(257, (literals.lastIndex { $0 > 0 } ?? 0) + 1)
    let distanceCount = (distances.lastIndex { $0 > 0 } ?? 0) + 1
    let runs = runs(literals[..<literalCount] + distances[..<distanceCount])
    var frequencies = [UInt32](repeating: 0, count: 19)
    for run in runs { frequencies[Int(run.symbol)] += 1 }
    let runLengths = HuffmanCode.lengths(frequencies, limit: 7)
    let runCodes = HuffmanCode.codes(runLengths)
    let sent = max(4, (order.lastIndex { runLengths[$0] > 0 } ?? 0) + 1)
    var fields: [(value: UInt16, bitCount: UInt8)] = [
      (0, 3), (UInt16(literalCount - 257), 5), (UInt16(distanceCount - 1), 5),
      (UInt16(sent - 4), 4),
    ]
    for symbol in order[..<sent] { fields.append((UInt16(runLengths[symbol]), 3)) }
    for run in runs {
      fields.append((runCodes[Int(run.symbol)], runLengths[Int(run.symbol)]))
      if run.extraBits > 0 { fields.append((UInt16(run.extra), run.extraBits)) }
    }
    return fields
  }

  /// Code lengths with runs of equal ones shortened: 16 repeats the one before 3 to 6 times, 17 is 3
  /// to 10 zeros, 18 is 11 to 138.
  private static func runs(
    _ lengths: ArraySlice<UInt8>
  ) -> [(symbol: UInt8, extra: UInt8, extraBits: UInt8)] {
    var runs: [(symbol: UInt8, extra: UInt8, extraBits: UInt8)] = []
    var start = lengths.startIndex
    while start < lengths.endIndex {
      let length = lengths[start]
      let end = lengths[start...].firstIndex { $0 != length } ?? lengths.endIndex
      var rest = end - start
      start = end
      if length != 0 {
        runs.append((length, 0, 0))
        rest -= 1
      }
      while rest >= 3 {
        if length == 0, rest >= 11 {
          let part = min(rest, 138)
          runs.append((18, UInt8(part - 11), 7))
          rest -= part
        } else if length == 0 {
          runs.append((17, UInt8(rest - 3), 3))
          rest = 0
        } else {
          let part = min(rest, 6)
          runs.append((16, UInt8(part - 3), 2))
          rest -= part
        }
      }
      for _ in 0..<rest { runs.append((length, 0, 0)) }
    }
    return runs
  }
}
