/// The prefix codes of deflate (RFC 1951, 3.2.2).
enum HuffmanCode {
  /// The code lengths that make data with these frequencies shortest, or nearly so where the limit
  /// binds; 0 for what does not occur.
  ///
  /// - Precondition: `1 << limit` is not less than the number of symbols.
  static func lengths(_ frequencies: [UInt32], limit: Int) -> [UInt8] {
    var lengths = [UInt8](repeating: 0, count: frequencies.count)
    var leaves: [UInt64] = []
    leaves.reserveCapacity(frequencies.count)
    for (symbol, frequency) in frequencies.enumerated() where frequency > 0 {
      leaves.append(UInt64(frequency) << 16 | UInt64(symbol))
    }
    if leaves.count <= 2 {
      for leaf in leaves { lengths[Int(leaf & 0xffff)] = 1 }
      return lengths
    }
    sort(&leaves)
    var counts = lengthCounts(leaves.map { $0 >> 16 }, limit: limit)
    limitLengths(&counts, limit: limit)
    // The rarest symbols get the longest codes.
    var next = leaves.startIndex
    for length in stride(from: limit, through: 1, by: -1) {
      for _ in 0..<counts[length] {
        lengths[Int(leaves[next] & 0xffff)] = UInt8(length)
        next += 1
      }
    }
    return lengths
  }

  /// Sorts by frequency, and where that is the same by symbol, as the leaves are to begin with: by one
  /// byte of the frequency after the other.
  private static func sort(_ leaves: inout [UInt64]) {
    let largest = leaves.reduce(0, |) >> 16
    var other = leaves
    for shift in stride(from: UInt64(16), to: 48, by: 8) where largest >> (shift - 16) > 0 {
      var places = [Int](repeating: 0, count: 257)
      for leaf in leaves { places[Int(leaf &>> shift & 0xff) + 1] += 1 }
      for digit in 1...256 { places[digit] += places[digit - 1] }
      for leaf in leaves {
        let digit = Int(leaf &>> shift & 0xff)
        other[places[digit]] = leaf
        places[digit] += 1
      }
      swap(&leaves, &other)
    }
  }

  /// The codes for such lengths: numbered by length, then by symbol, and turned around, because
  /// deflate packs a code from its high bit on and all else from the low one.
  static func codes(_ lengths: [UInt8]) -> [UInt16] {
    var counts = [UInt16](repeating: 0, count: 16)
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    var next = [UInt16](repeating: 0, count: 16)
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
  /// - Parameter weights: in rising order, at least two.
  private static func lengthCounts(_ weights: [UInt64], limit: Int) -> [Int] {
    let leafCount = weights.count
    // Nodes are made in rising order too, so the two lightest trees are at the fronts of two queues.
    var nodes = [UInt64](repeating: 0, count: leafCount - 1)
    var parents = [Int](repeating: 0, count: 2 * leafCount - 1)
    var (leaf, node) = (0, 0)
    for made in nodes.indices {
      var weight: UInt64 = 0
      for _ in 0..<2 {
        if leaf < leafCount, node >= made || weights[leaf] <= nodes[node] {
          weight += weights[leaf]
          parents[leaf] = leafCount + made
          leaf += 1
        } else {
          weight += nodes[node]
          parents[leafCount + node] = leafCount + made
          node += 1
        }
      }
      nodes[made] = weight
    }
    var depths = [Int](repeating: 0, count: 2 * leafCount - 1)
    var counts = [Int](repeating: 0, count: limit + 1)
    for index in stride(from: 2 * leafCount - 3, through: 0, by: -1) {
      depths[index] = depths[parents[index]] + 1
      if index < leafCount { counts[min(depths[index], limit)] += 1 }
    }
    return counts
  }

  /// Makes room for the codes that were shortened: splits shorter ones until Kraft's sum is 1.
  private static func limitLengths(_ counts: inout [Int], limit: Int) {
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
