import PixelMemory
import PixelViews

/// Where bytes break off from those some distance before, which they are like nearly everywhere else: at
/// the ends of rows. Stripes and slopes are most alike at distances that are no row's length, but only at
/// multiples of that length do they break off each time.
struct RowBreaks {
  /// A distance at which bytes are alike, how far apart they are at a break, and how often they are.
  private struct Lag {
    let byteCount: Int
    let least: Int
    let share: Double
  }

  private var lags: [Lag] = []

  private static let windowByteCount = 4
  /// Longer rows are not looked for.
  private static let longest = 1 << 14

  init(_ excerpts: borrowing FileExcerpts, _ distances: ByteDistances) {
    let known = distances.differences
    guard known.count > 64 else { return }
    let usual = distances.usual
    func isAlike(_ lag: Int) -> Bool { known[lag] * 3 < usual }
    var found: [Int] = []
    func add(_ lag: Int?) {
      if let lag, isAlike(lag), !found.contains(lag) { found.append(lag) }
    }
    add(
      (3..<min(1024, known.count - 1)).first {
        isAlike($0) && known[$0] <= known[$0 - 1] && known[$0] <= known[$0 + 1]
      })
    add((64..<known.count).min { known[$0] < known[$1] })
    add((16..<min(2048, known.count)).min { known[$0] < known[$1] })
    add(distances.valleys(1).first?.byteCount)
    for lag in found {
      let places = excerpts.places(4096, before: lag, after: RowBreaks.windowByteCount)
      let steps = places.map { RowBreaks.step(excerpts.bytes, $0.copy, lag) }.sorted()
      guard steps.count > 255 else { continue }
      let least = max(6, steps[steps.count * 93 / 100] + 1)
      let count = steps.count { $0 >= least }
      lags.append(
        Lag(
          byteCount: lag, least: least,
          share: max(0.005, Double(count) / Double(steps.count))))
    }
  }

  /// The greatest difference of some bytes from those a distance before.
  @inline(__always)
  private static func step(_ bytes: RawSpan, _ at: Int, _ lag: Int) -> Int {
    var most = 0
    for index in at..<at + windowByteCount {
      let here: UInt8 = bytes.sample(index)
      let there: UInt8 = bytes.sample(index - lag)
      most = max(most, abs(Int(here) - Int(there)))
    }
    return most
  }

  /// How many of some rows break off at a column or right before it.
  private struct Share {
    var rowCount = 0
    var share = 0.0
    /// The same of each second and of each third row, the least: of rows that are half as long as the right
    /// ones only each second one breaks off.
    var least = 0.0
  }

  private func share(
    _ excerpts: borrowing FileExcerpts, _ lag: Lag, _ length: Int, origin: Int, count: Int
  ) -> Share {
    let bytes = excerpts.bytes
    let margin = RowBreaks.windowByteCount
    let each = max(1, count / excerpts.windows.count)
    var all = SIMD8<Int32>()
    var (starts, ends) = (all, all)
    for window in excerpts.windows {
      let from = window.offset + lag.byteCount + margin - origin
      let first = max(0, (from + length - 1) / length)
      let last = (window.range.upperBound - margin - origin) / length
      guard first <= last else { continue }
      let steps = min(each, last - first + 1)
      for step in 0..<steps {
        let near = first + (steps == 1 ? 0 : (last - first) * step / (steps - 1))
        let row = steps == last - first + 1 ? near : min(last, near + step % 6)
        let at = origin + row * length - window.offset + window.start
        let (half, third) = (row % 2, 2 + row % 3)
        all[half] += 1
        all[third] += 1
        if RowBreaks.step(bytes, at, lag.byteCount) >= lag.least {
          starts[half] += 1
          starts[third] += 1
        }
        if RowBreaks.step(bytes, at - margin, lag.byteCount) >= lag.least {
          ends[half] += 1
          ends[third] += 1
        }
      }
    }
    func share(_ breaks: SIMD8<Int32>) -> Share {
      let rows = Int(all[0] + all[1])
      return Share(
        rowCount: rows, share: Double(breaks[0] + breaks[1]) / Double(max(1, rows)),
        least: (0..<5).map { Double(breaks[$0]) / Double(max(1, all[$0])) }.min() ?? 0)
    }
    let (first, last) = (share(starts), share(ends))
    return first.share > last.share ? first : last
  }

  /// Whether the ends of rows of a length are breaks: not where bytes of one column are compared.
  private func isTelling(_ lag: Lag, _ length: Int) -> Bool {
    !lag.byteCount.isMultiple(of: length)
      && (lag.byteCount < 64 || !length.isMultiple(of: lag.byteCount))
  }

  private func isBreak(_ share: Share, _ lag: Lag, least: Double) -> Bool {
    share.rowCount > 11 && share.share > 0.25 && share.share > 2.5 * lag.share
      && share.least > least * share.share
  }

  /// What breaks at the ends of rows that reach the file's end say for their length, in bits: 0
  /// where each of them may be several rows.
  ///
  /// - Complexity: O(1).
  func evidence(_ excerpts: borrowing FileExcerpts, _ length: Int, offset: Int) -> Double {
    var best = 0.0
    for lag in lags where isTelling(lag, length) {
      let found = share(excerpts, lag, length, origin: offset, count: 96)
      guard isBreak(found, lag, least: 0.62) else { continue }
      let isSeveral = (2...7).contains { parts in
        length.isMultiple(of: parts)
          && share(
            excerpts, lag, length, origin: offset + length / parts, count: 48
          ).share > 0.65 * found.share
      }
      guard !isSeveral else { continue }
      best = max(best, 0.5 * Double(found.rowCount) * rarity(found.share, lag.share))
    }
    return min(45, best)
  }

  /// How many bits it takes that a share is another one by chance, for each row.
  private func rarity(_ share: Double, _ usual: Double) -> Double {
    let rest = max(0.001, 1 - share)
    return share * (share / usual).binaryLogarithm + rest * (rest / (1 - usual)).binaryLogarithm
  }

  /// The lengths at whose multiples bytes break off, best first.
  ///
  /// - Complexity: O(1): all lengths up to a limit are looked at.
  func lengths(_ excerpts: borrowing FileExcerpts, threads: Int) -> [Int] {
    let byteCount = excerpts.fileByteCount
    let (first, last) = (16, max(17, min(RowBreaks.longest, byteCount / 12)))
    let part = 1 << 10
    let count = (last - first + part - 1) / part
    let found = Parallel.map(count: count, threads: threads) { index -> [Found] in
      let start = first + index * part
      return (start..<min(last, start + part)).compactMap { self.found(excerpts, $0) }
    }.flatMap(\.self)
    return found.sorted { ($0.evidence, -$0.length) > ($1.evidence, -$1.length) }.prefix(6)
      .map(\.length)
  }

  private typealias Found = (length: Int, evidence: Double)

  /// A length at whose multiples bytes break off, and what that says for it; `nil` for others.
  private func found(_ excerpts: borrowing FileExcerpts, _ length: Int) -> Found? {
    let origin = excerpts.fileByteCount % length
    let isLikely = lags.contains { lag in
      isTelling(lag, length)
        // Most lengths are none of rows, which few rows say.
        && share(excerpts, lag, length, origin: origin, count: 8).share > 0.13
        && isBreak(share(excerpts, lag, length, origin: origin, count: 24), lag, least: 0.5)
    }
    guard isLikely else { return nil }
    let evidence = evidence(excerpts, length, offset: origin)
    return evidence > 12 ? (length, evidence) : nil
  }
}
