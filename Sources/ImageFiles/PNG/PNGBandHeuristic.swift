import PixelMemory

/// How one band is filtered and deflated.
struct PNGBandMethod: Hashable, Sendable {
  var filtering: PNGFiltering
  var deflating: DeflateMethod
}

/// Tells how a band is best filtered and deflated, from what fast methods make of a sample of its
/// rows.
///
/// It looks at the band only, so a file does not depend on the number of threads.
struct PNGBandHeuristic: ~Copyable {
  /// Percentages of the size that a method must stay below, measured on photographs, renderings,
  /// drawings, masks and screens.
  private enum Share {
    /// igzip's search for matches takes a little longer than one for runs, zlib's eight times as long.
    #if ISAL && canImport(CISAL)
      static let matches = 99
    #else
      static let matches = 96
    #endif
    /// Where matches are so much better than runs, a longer search finds many more of them; where time
    /// is worth more than size, a fast one is only begun there.
    static let manyMatches = 90
    /// Where runs are so much better than matches, no search finds enough to catch up.
    static let manyRuns = 80
    /// Where runs are only somewhat better than matches, the sample tells what a search finds.
    static let someRuns = 95
    static let search = 95
  }

  /// How many times smaller rows get that are flat: screens, drawings, masks. Hardly ever does what
  /// a camera saw.
  private static let flatFactor = 8
  /// The same for rows of few and long matches, where lazy matching of our own finds as much as zlib
  /// does, and sooner.
  private static let veryFlatFactor = 16
  /// The same for rows that show nothing.
  private static let emptyFactor = 100
  /// A longer search gains more over a fast one on plain rows than on filtered ones.
  private static let gain = (plain: 11, filtered: 12)
  /// zlib's level where none is given.
  private static let defaultLevel: Int32 = 6
  /// Rows from side to side, and a small part of a band.
  private static let sampleByteCounts = 16 << 10...64 << 10
  private static let sampleShare = 8
  /// Where this part of the sample is so much larger by matches, in percent, the rest is not looked at:
  /// photographs, where a search takes longer than all that follows.
  private static let firstLook = (byteCount: 12 << 10, hopeless: 104)
  /// The same where time is worth more than size.
  private static let hastyLook = (byteCount: 6 << 10, hopeless: Share.manyMatches)
  /// Where the sample does not tell enough: all rows but the longest.
  private static let middleByteCount = 1 << 20

  private let rowByteCount: Int
  private let isPredictable: Bool
  /// Rows without a filter.
  private var plain = Scratch()
  private var output = Scratch()

  init(_ header: PNGHeader) {
    rowByteCount = header.rowByteCount
    isPredictable = header.isPredictable
  }

  /// The method for a band.
  ///
  /// - Parameter filtered: the band's rows, filtered adaptively if the header is predictable.
  mutating func choose(
    _ effort: PNGEffort, rows: borrowing Scratch, rowCount: Int, filtered: borrowing Scratch,
    rowFilter: PNGRowFilter, deflater: inout Deflater
  ) throws(PNGError) -> PNGBandMethod {
    let filtering = isPredictable ? PNGFiltering.adaptive : .none
    let limits = Self.sampleByteCounts
    let share = bytes(0..<rowCount).count / Self.sampleShare
    let sample = bytes(
      middle(of: rowCount, byteCount: min(max(share, limits.lowerBound), limits.upperBound)))
    let inHaste = effort == .fast
    switch effort {
    case .stored: return PNGBandMethod(filtering: .none, deflating: .stored)
    case .fast, .balanced:
      let look = inHaste ? Self.hastyLook : Self.firstLook
      let first = bytes(middle(of: rowCount, byteCount: look.byteCount))
      if first.count * 2 <= sample.count {
        let runs = try size(filtered, first, .runs, &deflater)
        let matches = try size(filtered, first, .fast, &deflater)
        if matches * 100 > runs * look.hopeless, runs * 2 > first.count {
          return PNGBandMethod(filtering: filtering, deflating: .runs)
        }
      }
      let runs = try size(filtered, sample, .runs, &deflater)
      let matches = try size(filtered, sample, .fast, &deflater)
      let isFlat =
        runs * Self.flatFactor < sample.count || matches * 100 < runs * Share.manyMatches
      if inHaste || !isFlat {
        let isWorthIt = matches * 100 < runs * Share.matches && (isFlat || !inHaste)
        return PNGBandMethod(filtering: filtering, deflating: isWorthIt ? .fast : .runs)
      }
      if runs * 100 < matches * Share.someRuns,
        try runsAreBetter(rowCount, sample: (sample, runs), filtered, &deflater)
      {
        return PNGBandMethod(filtering: filtering, deflating: .runs)
      }
      let choice = try filteringForMatches(
        rows: rows, rowCount, filtered: filtered, rowFilter, &deflater)
      return PNGBandMethod(
        filtering: choice.filtering,
        deflating: choice.factor >= Self.veryFlatFactor
          ? .lazy : .zlib(level: Self.defaultLevel))
    case .thorough: preconditionFailure("the ladder chooses")
    }
  }

  /// Whether runs alone make flat rows smaller than zlib would, or nearly as small.
  private mutating func runsAreBetter(
    _ rowCount: Int, sample: (range: Range<Int>, runs: Int), _ filtered: borrowing Scratch,
    _ deflater: inout Deflater
  ) throws(PNGError) -> Bool {
    // The sample can be the empty space between two lines of text.
    let middle = bytes(middle(of: rowCount, byteCount: Self.middleByteCount))
    let runs = try size(filtered, middle, .runs, &deflater)
    let matches = try size(filtered, middle, .fast, &deflater)
    if runs * 100 < matches * Share.manyRuns { return true }
    if runs * 100 >= matches * Share.someRuns { return false }
    if sample.runs * Self.emptyFactor < sample.range.count { return false }
    let found = try size(filtered, sample.range, .lazy, &deflater)
    return found * 100 >= sample.runs * Share.search
  }

  /// Whether matches are rather found in plain rows or in filtered ones, and how many times smaller
  /// a fast search makes these.
  private mutating func filteringForMatches(
    rows: borrowing Scratch, _ rowCount: Int, filtered: borrowing Scratch,
    _ rowFilter: PNGRowFilter, _ deflater: inout Deflater
  ) throws(PNGError) -> (filtering: PNGFiltering, factor: Int) {
    let middle = middle(of: rowCount, byteCount: Self.middleByteCount)
    let range = bytes(middle)
    let filteredSize = try size(filtered, range, .fast, &deflater)
    guard isPredictable else { return (.none, range.count / filteredSize) }
    try plain.resize(byteCount: range.count)
    rowFilter.filter(rows, middle, into: &plain, filtering: .none)
    let plainSize = try Self.size(plain, 0..<range.count, .fast, &deflater, &output)
    return plainSize * Self.gain.plain < filteredSize * Self.gain.filtered
      ? (.none, range.count / plainSize) : (.adaptive, range.count / filteredSize)
  }

  private func middle(of rowCount: Int, byteCount: Int) -> Range<Int> {
    let count = min(rowCount, max(1, byteCount / (rowByteCount + 1)))
    let start = (rowCount - count) / 2
    return start..<start + count
  }

  private func bytes(_ rows: Range<Int>) -> Range<Int> {
    rows.lowerBound * (rowByteCount + 1)..<rows.upperBound * (rowByteCount + 1)
  }

  private mutating func size(
    _ data: borrowing Scratch, _ range: Range<Int>, _ method: DeflateMethod,
    _ deflater: inout Deflater
  ) throws(PNGError) -> Int {
    try Self.size(data, range, method, &deflater, &output)
  }

  private static func size(
    _ data: borrowing Scratch, _ range: Range<Int>, _ method: DeflateMethod,
    _ deflater: inout Deflater, _ output: inout Scratch
  ) throws(PNGError) -> Int {
    try output.resize(byteCount: Deflater.capacity(for: range.count))
    do throws(DeflateError) {
      return try deflater.deflate(data, range, into: &output, at: 0, method: method, isLast: false)
    } catch { throw PNGError(error) }
  }
}
