/// Finds the longest match for the bytes at a place among those before it, through chains of places
/// whose first bytes have the same hash.
@unsafe struct MatchFinder {
  private let base: UnsafePointer<UInt8>
  private let end: Int
  private let heads: UnsafeMutablePointer<Int32>
  private let previous: UnsafeMutablePointer<Int32>

  static let shortest = 3
  /// A match this near is a run: of a byte, or of up to eight that repeat.
  static let runDistance = 8
  private static let hashBits: UInt32 = 15
  private static let window = DeflateSymbols.distances.upperBound
  /// How many places of a chain are looked at, and which length ends the search.
  private static let chainLimit = 32
  private static let niceLength = 128
  /// The shortest matches are only worth a code for a distance up to this.
  private static let shortestReach = 4096

  /// The bytes that `heads` and `previous` need.
  static let capacity =
    ((1 << Int(hashBits)) + window) * MemoryLayout<Int32>.stride

  /// - Parameter memory: `capacity` bytes.
  init(_ base: UnsafePointer<UInt8>, _ end: Int, memory: UnsafeMutableRawBufferPointer) {
    let all = unsafe memory.baseAddress!.assumingMemoryBound(to: Int32.self)
    unsafe self.base = unsafe base
    unsafe self.end = end
    unsafe heads = unsafe all
    unsafe previous = unsafe all + 1 << Int(Self.hashBits)
    unsafe heads.update(repeating: -1, count: 1 << Int(Self.hashBits))
  }

  /// Whether there are bytes enough for a match.
  @inline(__always) func isInside(_ at: Int) -> Bool { unsafe at &+ Self.shortest <= end }

  /// Makes a place known; it must be inside.
  @inline(__always) func insert(_ at: Int) {
    let hash = unsafe hash(at)
    unsafe previous[at & (Self.window &- 1)] = unsafe heads[hash]
    unsafe heads[hash] = Int32(truncatingIfNeeded: at)
  }

  /// The longest match at a place that is longer than `best`; 0 if there is none.
  func longest(at: Int, beyond best: Int) -> (length: Int, distance: Int) {
    var (found, distance) = (0, 0)
    var best = unsafe max(best, Self.shortest - 1)
    let first = unsafe word(at)
    var candidate = unsafe Int(heads[hash(at)])
    var rest = unsafe Self.chainLimit
    while unsafe candidate >= 0 && at &- candidate <= Self.window && rest > 0 && at &+ best < end {
      if unsafe base[candidate &+ best] == base[at &+ best] && word(candidate) == first {
        let length = unsafe length(candidate, at)
        // What one symbol cannot tell is no reason for a great distance: the rest may be a run.
        let capped =
          unsafe at &- candidate <= Self.runDistance
          ? length : min(length, DeflateSymbols.lengths.upperBound)
        let isWorthIt = unsafe length > Self.shortest || at &- candidate <= Self.shortestReach
        if capped > best && isWorthIt {
          (best, found, distance) = (capped, capped, at &- candidate)
          if unsafe length >= Self.niceLength { break }
        }
      }
      candidate = unsafe Int(previous[candidate & (Self.window &- 1)])
      rest &-= 1
    }
    return (found, distance)
  }

  /// How many bytes from two places on are equal.
  @inline(__always) private func length(_ candidate: Int, _ at: Int) -> Int {
    var length = 0
    while unsafe at &+ length &+ 8 <= end {
      let different = unsafe double(candidate &+ length) ^ double(at &+ length)
      if different != 0 { return length &+ different.trailingZeroBitCount &>> 3 }
      length &+= 8
    }
    while unsafe at &+ length < end && base[candidate &+ length] == base[at &+ length] {
      length &+= 1
    }
    return length
  }

  @inline(__always) private func hash(_ at: Int) -> Int {
    Int(truncatingIfNeeded: unsafe (word(at) &* 0x9e37_79b1) &>> (32 &- Self.hashBits))
  }

  /// The bytes of the shortest match.
  @inline(__always) private func word(_ at: Int) -> UInt32 {
    let pair = UInt16(
      littleEndian: unsafe UnsafeRawPointer(base).loadUnaligned(
        fromByteOffset: at, as: UInt16.self))
    return unsafe UInt32(pair) | UInt32(base[at &+ 2]) &<< 16
  }

  @inline(__always) private func double(_ at: Int) -> UInt64 {
    UInt64(
      littleEndian: unsafe UnsafeRawPointer(base).loadUnaligned(
        fromByteOffset: at, as: UInt64.self))
  }
}
