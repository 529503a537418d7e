/// The prefix codes of deflate (RFC 1951, 3.2.2).
enum HuffmanCode {
  /// The code lengths that make data with these frequencies shortest, or nearly so where the limit
  /// binds; 0 for what does not occur.
  ///
  /// - Precondition: `1 << limit` is not less than the number of symbols.
  static func lengths(_ frequencies: [UInt32], limit: Int) -> [UInt8] {
    var lengths = [UInt8](repeating: 0, count: frequencies.count)
    var leaves = Leaves(repeating: 0)
    let count = collect(frequencies, into: &leaves)
    if count <= 2 {
      for (symbol, frequency) in frequencies.enumerated() where frequency > 0 {
        lengths[symbol] = 1
      }
      return lengths
    }
    sort(&leaves, count)
    var counts = lengthCounts(&leaves, count, limit: limit)
    limitLengths(&counts, limit: limit)
    assign(&counts, to: &leaves, limit: limit, in: &lengths)
    return lengths
  }

  /// The symbols that occur, each below its frequency in the upper 48 bits: as many as deflate has at
  /// most, in memory that nobody has to ask for.
  private typealias Leaves = InlineArray<288, UInt64>
  private typealias LengthCounts = InlineArray<16, Int>

  // What follows takes such memory `inout` even to read it: else it was copied with each element.

  /// - Returns: how many symbols occur.
  private static func collect(_ frequencies: [UInt32], into leaves: inout Leaves) -> Int {
    var count = 0
    for (symbol, frequency) in frequencies.enumerated() where frequency > 0 {
      leaves[count] = UInt64(frequency) << 16 | UInt64(symbol)
      count += 1
    }
    return count
  }

  /// Gives the rarest symbols the longest codes.
  private static func assign(
    _ counts: inout LengthCounts, to leaves: inout Leaves, limit: Int, in lengths: inout [UInt8]
  ) {
    var next = 0
    for length in stride(from: limit, through: 1, by: -1) {
      for _ in 0..<counts[length] {
        lengths[Int(leaves[next] & 0xffff)] = UInt8(length)
        next += 1
      }
    }
  }

  /// Sorts by frequency, and where that is the same by symbol, as the leaves are to begin with: by one
  /// byte of the frequency after the other.
  private static func sort(_ leaves: inout Leaves, _ count: Int) {
    var largest: UInt64 = 0
    for leaf in 0..<count { largest |= leaves[leaf] >> 16 }
    var other = leaves
    for shift in stride(from: UInt64(16), to: 48, by: 8) where largest >> (shift - 16) > 0 {
      var places = InlineArray<257, Int>(repeating: 0)
      for leaf in 0..<count { places[Int(leaves[leaf] &>> shift & 0xff) + 1] += 1 }
      for digit in 1...256 { places[digit] += places[digit - 1] }
      for leaf in 0..<count {
        let digit = Int(leaves[leaf] &>> shift & 0xff)
        other[places[digit]] = leaves[leaf]
        places[digit] += 1
      }
      swap(&leaves, &other)
    }
  }

  /// The codes for such lengths: numbered by length, then by symbol, and turned around, because
  /// deflate packs a code from its high bit on and all else from the low one.
  static func codes(_ lengths: [UInt8]) -> [UInt16] {
    var counts = InlineArray<16, UInt16>(repeating: 0)
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    var next = InlineArray<16, UInt16>(repeating: 0)
    for length in 2..<16 { next[length] = (next[length - 1] &+ counts[length - 1]) << 1 }
    return lengths.map { length in
      if length == 0 { return 0 }
      defer { next[Int(length)] &+= 1 }
      return reversed(next[Int(length)], bitCount: Int(length))
    }
  }

  private static func reversed(_ code: UInt16, bitCount: Int) -> UInt16 {
    var bits = code
    bits = (bits &>> 1 & 0x5555) | (bits & 0x5555) &<< 1
    bits = (bits &>> 2 & 0x3333) | (bits & 0x3333) &<< 2
    bits = (bits &>> 4 & 0x0f0f) | (bits & 0x0f0f) &<< 4
    return bits.byteSwapped >> UInt16(16 - bitCount)
  }

  /// How many codes of each length Huffman's tree has, with those beyond the limit counted in it.
  ///
  /// - Parameter leaves: in rising order, at least two.
  private static func lengthCounts(
    _ leaves: inout Leaves, _ leafCount: Int, limit: Int
  ) -> LengthCounts {
    // Nodes are made in rising order too, so the two lightest trees are at the fronts of two queues.
    var nodes = Leaves(repeating: 0)
    var leafParents = InlineArray<288, Int>(repeating: 0)
    var nodeParents = leafParents
    var (leaf, node) = (0, 0)
    for made in 0..<leafCount - 1 {
      var weight: UInt64 = 0
      for _ in 0..<2 {
        let takesLeaf =
          if leaf == leafCount { false } else if node == made { true } else {
            leaves[leaf] >> 16 <= nodes[node]
          }
        if takesLeaf {
          weight += leaves[leaf] >> 16
          leafParents[leaf] = made
          leaf += 1
        } else {
          weight += nodes[node]
          nodeParents[node] = made
          node += 1
        }
      }
      nodes[made] = weight
    }
    var depths = InlineArray<288, Int>(repeating: 0)
    for node in stride(from: leafCount - 3, through: 0, by: -1) {
      depths[node] = depths[nodeParents[node]] + 1
    }
    var counts = LengthCounts(repeating: 0)
    for leaf in 0..<leafCount { counts[min(depths[leafParents[leaf]] + 1, limit)] += 1 }
    return counts
  }

  /// Makes room for the codes that were shortened: splits shorter ones until Kraft's sum is 1.
  private static func limitLengths(_ counts: inout LengthCounts, limit: Int) {
    var total = 0
    for length in 1...limit { total += counts[length] << (limit - length) }
    while total > 1 << limit {
      counts[limit] -= 1
      var length = limit - 1
      while counts[length] == 0 { length -= 1 }
      counts[length] -= 1
      counts[length + 1] += 2
      total -= 1
    }
  }
}
