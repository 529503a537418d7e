import PixelMemory
import PixelViews

/// How much each row differs from the one above: frames and planes break off, and a header is no row.
struct RowSteps {
  /// In 1/64 of a level; `nil` of rows that were not looked at.
  private var steps: [Int?]
  /// How many of the bytes that are looked at are zeros, and what most rows have at most.
  private var zeros: [Int]
  private let usualZeros: Int
  /// The bytes that are looked at.
  private var samples: [UInt8] = []
  private let great: Int
  /// The steps of the rows that were looked at, least first.
  private var sorted: [Int] = []

  private static let most = 1 << 14

  init(
    _ guesser: borrowing Guesser, _ reading: Guesser.Reading, _ rowCount: Int, isLikely: Bool
  ) throws(MemoryError) {
    let (storage, length, origin) = (
      reading.storage, reading.rows.byteCount, reading.rows.offset
    )
    let count = min(rowCount, RowSteps.most)
    steps = [Int?](repeating: nil, count: count)
    zeros = [Int](repeating: 0, count: count)
    let groups = max(1, reading.rows.kept / storage.byteCount)
    let telling = Array(storage.tellingBytes)
    let columns = (0..<64).map {
      $0 * groups / 64 * storage.byteCount + telling[$0 % telling.count]
    }
    let rise = storage.rowStep
    // A large file is looked at where its frames may end alone.
    guard guesser.excerpts.windows.count == 1 else {
      usualZeros = 64
      var great = Int.max
      var usual: [Int] = []
      if isLikely {
        func look(_ row: Int) throws(MemoryError) -> Int {
          let here = try guesser.read(origin + row * length, length)
          let above = try guesser.read(origin + (row - rise) * length, length)
          return columns.reduce(0) { $0 + min(64, abs(Int(here[$1]) - Int(above[$1]))) }
        }
        for place in 1..<40 where rowCount * place / 40 > rise {
          usual.append(try look(rowCount * place / 40))
        }
        usual.sort()
        great = usual.isEmpty ? .max : usual[usual.count * 93 / 100] + 64
        for count in 2...64 where rowCount.isMultiple(of: count) && rowCount / count > rise {
          for frame in 1..<min(count, 4) where steps.indices.contains(frame * rowCount / count) {
            steps[frame * rowCount / count] = try look(frame * rowCount / count)
          }
        }
      }
      self.great = great
      sorted = usual
      return
    }
    let bytes = guesser.excerpts.bytes
    for row in 0..<count {
      let at = origin + row * length
      var sum = 0
      for column in columns {
        let here: UInt8 = at + column < bytes.byteCount ? bytes.sample(at + column) : 0
        samples.append(here)
        if here == 0 { zeros[row] += 1 }
        guard row >= rise else { continue }
        let above: UInt8 = bytes.sample(at + column - rise * length)
        sum += min(64, abs(Int(here) - Int(above)))
      }
      if row >= rise { steps[row] = sum }
    }
    sorted = steps.compactMap(\.self).sorted()
    great = sorted.isEmpty ? .max : sorted[min(sorted.count - 1, sorted.count * 93 / 100)] + 64
    let behind = zeros.dropFirst(min(count / 2, 4096 / length + 2)).sorted()
    usualZeros = behind.isEmpty ? 64 : behind[min(behind.count - 1, behind.count * 97 / 100)]
  }

  /// Whether a row is far less like the one above than most; `nil` when that is not known.
  private func breaks(_ row: Int) -> Bool? {
    guard steps.indices.contains(row), let step = steps[row] else { return nil }
    return step > great
  }

  /// How many rows are at least as far from the one above.
  private func rank(_ step: Int) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < step { low = middle + 1 } else { high = middle }
    }
    return sorted.count - low
  }

  /// What speaks against breaks at some rows, in bits.
  func penalty(ofBreaks rows: [Int]) -> Double {
    var sum = 0.0
    for row in rows.prefix(64) where steps.indices.contains(row) {
      guard let step = steps[row] else { continue }
      // How seldom another row breaks as much.
      let share = Double(max(1, rank(step))) / Double(max(1, sorted.count))
      sum += min(1.5, max(-10, 2 + share.binaryLogarithm))
    }
    return max(sum, -20)
  }

  /// The numbers of frames that rows may be, with what speaks against each.
  ///
  /// - Parameter heights: those of frames that are told whatever the rows say.
  func frames(
    _ rowCount: Int, skipping first: Int, heights: Set<Int>
  ) -> [(count: Int, penalty: Double)] {
    var found: [(count: Int, penalty: Double)] = [(1, 0)]
    var known: [(count: Int, penalty: Double)] = []
    for count in 2...256 where rowCount.isMultiple(of: count) && rowCount / count >= 8 {
      let height = rowCount / count
      let breaks = self.penalty(ofBreaks: (1..<count).map { first + $0 * height })
      let rarity = (count.isMultiple(of: 3) ? 6 : 4) + 2 * Double(count).binaryLogarithm
      let penalty = rarity + breaks + likeness(height, first) + (height < 48 ? 6 : 0)
      if heights.contains(height) {
        known.append((count, penalty))
      } else if penalty < 4 {
        found.append((count, penalty))
      }
    }
    return Array(found.sorted { $0.penalty < $1.penalty }.prefix(3))
      + (found.count > 3 ? [(1, 0)] : []) + known.sorted { $0.penalty < $1.penalty }.prefix(3)
  }

  /// What speaks against frames of some rows, which are more alike than other parts of a file, in bits.
  func likeness(_ height: Int, _ first: Int) -> Double {
    guard !samples.isEmpty, height > 15, steps.count >= first + 2 * height else { return 0 }
    let own = difference(height, first)
    let others = [height - height / 4, height - height / 7, height + height / 6]
      .compactMap { difference($0, first) }
    guard let own, let other = others.min(), other > 8 else { return 0 }
    let ratio = Double(own + 16) / Double(other + 16)
    let isSeveral =
      ratio < 0.9
      && [2, 3, 5].contains { parts in
        height.isMultiple(of: parts) && difference(height / parts, first).map { $0 <= own } ?? false
      }
    // Frames are about this much likelier than other parts to be as alike.
    let steps = [(0.25, -20.0), (0.4, -14), (0.5, -10), (0.6, -7), (0.8, -2), (0.95, 2)]
    return (steps.first { ratio < $0.0 }?.1 ?? 5) + (isSeveral ? 12 : 0)
  }

  /// How differently rows look that are some rows apart; `nil` where there are none.
  private func difference(_ lag: Int, _ first: Int) -> Int? {
    let last = steps.count - lag
    guard last > first else { return nil }
    var sum = 0
    let step = max(1, (last - first) / 64)
    for row in stride(from: first, to: last, by: step) {
      for column in 0..<64 {
        let (here, there) = (samples[row * 64 + column], samples[(row + lag) * 64 + column])
        sum += min(64, abs(Int(here) - Int(there)))
      }
    }
    return sum / max(1, (last - first) / step)
  }

  /// What speaks against some rows being those of a header, in bits: negative where they are empty
  /// and the picture is not.
  func penalty(ofHeader rowCount: Int) -> Double {
    guard rowCount > 0 else { return 0 }
    var sum = 0.0
    for row in 0..<min(rowCount, zeros.count) {
      sum += zeros[row] > usualZeros + 20 ? -5 : zeros[row] > usualZeros + 4 ? -3 : 2
      if row > 0, breaks(row) == true { sum -= 2 }
    }
    sum = max(sum, -9 + sum / 50)
    if let isBreak = breaks(rowCount) { sum += isBreak ? -3 : 3 }
    return sum
  }
}

extension Guesser {
  /// A header in whole rows, and what speaks against all of the header.
  struct Header {
    var rows: Int
    var penalty: Double
  }

  private var startsWithZeros: Bool {
    let bytes = excerpts.bytes
    return (0..<min(8, bytes.byteCount)).allSatisfy { bytes.sample($0, as: UInt8.self) == 0 }
  }

  /// How many rows belong to a header.
  func headers(_ reading: Reading, _ steps: RowSteps) -> [Header] {
    let (length, first) = (reading.rows.byteCount, reading.rows.offset)
    let rows = (byteCount - first) / length
    let most = reading.rows.isEnded ? min(rows / 4, max(0, 4096 - first) / length) : 0
    let found = (0...max(0, most)).map { count in
      Header(
        rows: count,
        penalty: headerPenalty(first + count * length) + steps.penalty(ofHeader: count)
          // A header starts with something.
          + (count > 0 && startsWithZeros ? 12 : 0))
    }
    return Array(found.sorted { $0.penalty < $1.penalty }.prefix(2))
  }
}
