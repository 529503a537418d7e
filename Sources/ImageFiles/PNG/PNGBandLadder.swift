import PixelMemory

/// Levels 2 to 9: how bands are made that are to be small, and each level's no larger than those of the
/// level before.
///
/// It looks at the band only, so a file does not depend on the number of threads.
struct PNGBandLadder: ~Copyable {
  /// What a band is made by: the smallest of runs of bytes and these methods.
  struct Choice: Hashable {
    var filtering: PNGFiltering
    var methods: [DeflateMethod]
  }

  /// libdeflate's level for each of ours: where two of its levels make the same of photographs, one is
  /// left out. From 10 on it looks for the best parse and not for the next match.
  private static let rungs: [Int32] = [1, 1, 1, 4, 5, 6, 8, 10, 11, 12]
  /// The fewest matches: above it, strings found by accident cost noisy rows more than they save.
  private static let lowest = DeflateMethod.libdeflate(level: 1)
  /// Filters are compared with no more effort than this: what is better then stays better.
  private static let highestForSamples: Int32 = 6
  /// Rows from side to side, and a small part of a band.
  private static let sampleByteCount = 64 << 10
  /// Where a sample becomes so many times smaller, it is too empty to tell of the rest.
  private static let flatFactor = 8

  private let rowByteCount: Int
  private let filterings: [PNGFiltering]
  private var filtered = Scratch()
  private var output = Scratch()

  init(_ header: PNGHeader) {
    rowByteCount = header.rowByteCount
    filterings = header.isPredictable ? PNGFiltering.allCases : [.none]
  }

  /// How a band is best made, from what is made of a sample of its rows.
  ///
  /// - Parameter level: 2 to 9.
  mutating func choose(
    level: Int, rows: borrowing Scratch, rowCount: Int, rowFilter: PNGRowFilter,
    deflater: inout Deflater
  ) throws(PNGError) -> Choice {
    let count = min(rowCount, max(1, Self.sampleByteCount / (rowByteCount + 1)))
    let start = (rowCount - count) / 2
    let middle = start..<start + count
    let found = try compare(level, rows, middle, rowFilter, &deflater)
    if found.size * Self.flatFactor >= count * (rowByteCount + 1) || count == rowCount {
      return found.choice
    }
    return try compare(level, rows, 0..<rowCount, rowFilter, &deflater).choice
  }

  private mutating func compare(
    _ level: Int, _ rows: borrowing Scratch, _ range: Range<Int>, _ rowFilter: PNGRowFilter,
    _ deflater: inout Deflater
  ) throws(PNGError) -> (choice: Choice, size: Int) {
    let rung = Self.rungs[level]
    let method = DeflateMethod.libdeflate(level: min(rung, Self.highestForSamples))
    let byteCount = range.count * (rowByteCount + 1)
    try filtered.resize(byteCount: byteCount)
    try output.resize(byteCount: Deflater.capacity(for: byteCount))
    var best = (choice: Choice(filtering: .none, methods: []), size: Int.max)
    for filtering in filterings {
      rowFilter.filter(rows, range, into: &filtered, filtering: filtering)
      let runs = try size(byteCount, .runs, &deflater)
      let lowest = try size(byteCount, Self.lowest, &deflater)
      let own = method == Self.lowest ? lowest : try size(byteCount, method, &deflater)
      let least = min(runs, lowest, own)
      guard least < best.size else { continue }
      let methods = [DeflateMethod.libdeflate(level: rung)] + (lowest < own ? [Self.lowest] : [])
      best = (Choice(filtering: filtering, methods: methods), least)
    }
    return best
  }

  private mutating func size(
    _ byteCount: Int, _ method: DeflateMethod, _ deflater: inout Deflater
  ) throws(PNGError) -> Int {
    do throws(DeflateError) {
      return try deflater.deflate(
        filtered, 0..<byteCount, into: &output, at: 0, method: method, isLast: true)
    } catch { throw PNGError(error) }
  }
}
