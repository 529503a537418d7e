import PixelMemory
import PixelViews

/// Finds the layouts that fit a raw file, by its size, its name and how alike its bytes are.
///
/// Rows of a picture resemble each other, and so do neighboring pixels. The distance at which the
/// bytes are most alike is a row's length; for each such length, each storage is tried, and the one
/// that leaves the least to tell about a pixel whose neighbors are known is the best guess.
struct Guesser: ~Copyable {
  /// A length of rows to try.
  private struct Rows {
    var byteCount: Int
    /// Bytes before the first row.
    var offset: Int
    /// How much less the bytes differ at this distance than nearby.
    var depth: Double
    /// Whether rows of this length fill the file to its end.
    var isExact: Bool
    /// What speaks for it in bits a byte: rows of a wrong length seldom fill the file.
    var bonus: Double
  }

  private let buffer: Buffer
  private let samples: FileSamples
  private let lengths: RowLengths
  private let hints: FileNameHints
  private let hintedRawmodes: [Rawmode]

  private var byteCount: Int { samples.fileByteCount }

  /// Pixels that are looked at in one place.
  private let runByteCount: Int

  init(_ buffer: Buffer, path: String) throws(MemoryError) {
    self.buffer = buffer
    samples = try FileSamples(buffer)
    lengths = RowLengths(samples)
    hints = FileNameHints(path)
    hintedRawmodes = FileNameHints(path).words.filter { $0.count > 2 }.compactMap {
      Rawmode.named($0, mode: nil)
    }
    runByteCount = min(240, max(24, buffer.byteCount / 16 / 24 * 24))
  }

  /// The best guesses, best first.
  ///
  /// - Throws: ``MemoryError`` when the file cannot be read any more.
  /// - Complexity: O(1): the bytes looked at and the lengths tried are bounded.
  func guesses(_ limit: Int) throws(MemoryError) -> [Guess] {
    let rows = candidates()
    let reach = rows.map(\.byteCount).max() ?? 0
    var coarse: [(rows: Rows, storage: GuessedStorage, penalty: Double)] = []
    let few = samples.places(16, before: reach + 16, after: runByteCount + 8)
    for row in rows {
      for storage in GuessedStorage.all where fits(storage, row) {
        let trial = trial(of: storage, row, few)
        guard let cost = trial.cost else { continue }
        coarse.append((row, storage, cost - row.bonus - storage.bonus))
      }
    }
    coarse.sort { $0.penalty < $1.penalty }
    var found: [Guess] = []
    let many = samples.places(96, before: reach + 16, after: runByteCount + 8)
    for (row, storage, _) in coarse.prefix(32) {
      let trial = trial(of: storage, row, many)
      guard let cost = trial.cost else { continue }
      found += guesses(row, storage, trial, cost)
      if case .byte = storage.kind, let planes = try planes(row, byteCost: cost) {
        found.append(planes)
      }
    }
    found += bySizeAlone(known: found)
    for index in found.indices { found[index] = judged(found[index]) }
    found.sort { $0.penalty < $1.penalty }
    var unique: [Guess] = []
    for guess in found where !unique.contains(where: { $0.isSame(as: guess) }) {
      unique.append(guess)
      if unique.count == limit { break }
    }
    return unique
  }

  // MARK: Lengths of rows

  private func candidates() -> [Rows] {
    var found: [Int: Rows] = [:]
    let byteCount = byteCount
    let hintedSize = hints.size
    func add(_ rows: Rows) {
      guard rows.byteCount >= 8, rows.byteCount <= RowLengths.longest,
        rows.byteCount <= (byteCount - rows.offset) / 4
      else { return }
      if let known = found[rows.byteCount], known.bonus >= rows.bonus { return }
      found[rows.byteCount] = rows
    }
    for valley in lengths.valleys(16) {
      for length in max(8, valley.byteCount - 16)...valley.byteCount + 16 {
        // Slanted pictures are most alike a little beside the length of their rows.
        add(
          rows(
            length, isNear: abs(length - valley.byteCount) <= 2, unless: length != valley.byteCount)
        )
      }
    }
    let alike = lengths.usual * 4 / 5
    for length in stride(from: 16, to: lengths.differences.count, by: 1)
    where byteCount.isMultiple(of: length) && lengths.differences[length] < alike {
      add(rows(length, isNear: true, unless: false))
    }
    for storage in Set(GuessedStorage.all.map(\.byteCount)) {
      for size in [hintedSize].compactMap({ $0 }) + UsualSizes.all {
        guard let row = size.width.multiplied(by: storage),
          let all = row.multiplied(by: size.height)
        else { continue }
        let offset = byteCount - all
        let isHinted = hintedSize.map { $0 == size } ?? false
        guard offset == 0 || UsualSizes.headers.contains(offset) || isHinted && offset > 0 else {
          continue
        }
        add(
          Rows(
            byteCount: row, offset: offset < 1 << 14 ? offset : 0, depth: lengths.depth(row),
            isExact: offset < 1 << 14, bonus: offset == 0 ? 0.35 : 0.2))
      }
    }
    let ranked = found.values.sorted {
      ($0.bonus + $0.depth, -$0.byteCount) > ($1.bonus + $1.depth, -$1.byteCount)
    }
    return Array(ranked.prefix(48))
  }

  /// Rows of a length, from the offset that lets them fill the file; of length 0 when nothing does
  /// and the length is none that the bytes speak for.
  private func rows(_ length: Int, isNear: Bool, unless isGuessed: Bool) -> Rows {
    let byteCount = byteCount
    var rows = Rows(
      byteCount: length, offset: 0, depth: lengths.depth(length), isExact: true, bonus: 0.35)
    if byteCount.isMultiple(of: length) { return rows }
    if let header = UsualSizes.headers.first(where: {
      byteCount > $0 && (byteCount - $0).isMultiple(of: length)
    }) {
      rows.offset = header
      rows.bonus = isNear ? 0.2 : 0.15
      return rows
    }
    rows.isExact = false
    rows.bonus = 0
    if isGuessed { rows.byteCount = 0 }
    return rows
  }

  // MARK: Storages

  private func fits(_ storage: GuessedStorage, _ rows: Rows) -> Bool {
    rows.byteCount / storage.byteCount >= 4
  }

  private func trial(
    of storage: GuessedStorage, _ rows: Rows, _ places: [(file: Int, copy: Int)]
  ) -> StorageTrial {
    var trial = StorageTrial(storage)
    let step = storage.byteCount
    let bytes = samples.bytes
    for place in places {
      let from = place.file - rows.offset
      guard from >= rows.byteCount + 2 * step else { continue }
      // Down to the start of a pixel, counted from the start of its row.
      let start = place.copy - from % rows.byteCount % step
      trial.add(
        bytes, current: start - step, upper: start - step - rows.byteCount,
        count: runByteCount / step)
    }
    return trial
  }

  /// What a storage with rows of a length means: one guess, or several where the bytes do not say
  /// all.
  private func guesses(
    _ rows: Rows, _ storage: GuessedStorage, _ trial: StorageTrial, _ cost: Double
  ) -> [Guess] {
    let width = rows.byteCount / storage.byteCount
    let height = (byteCount - rows.offset) / rows.byteCount
    var guess = Guess(
      width: width, height: height, storage: storage, rawmode: storage.rawmode, mode: storage.mode,
      offset: rows.offset, stride: rows.byteCount, reasons: [],
      penalty: cost - rows.bonus - storage.bonus)
    if rows.depth > 1.1 {
      guess.reasons.append(
        "bytes \(rows.byteCount) apart are \(rows.depth.text(1)) times as alike as others")
    }
    guess.reasons.append("neighbors leave \(cost.text(2)) of 8 bits a byte open")
    var found = padded(guess)
    if let padding = found.first, padding.width != width {
      // Both stay; how the rows end decides which comes first.
    } else if !rows.byteCount.isMultiple(of: storage.byteCount) {
      guess.penalty += rows.byteCount.isMultiple(of: 4) ? 0.3 : 0.6
    }
    found.append(guess)
    return found.flatMap { Guesser.colorOrders($0, trial) }
  }

  /// The same with the order of colors that the bytes cannot tell.
  private static func colorOrders(_ guess: Guess, _ trial: StorageTrial) -> [Guess] {
    guard case .color(0, let alpha) = guess.storage.kind else { return [guess] }
    var (first, second) = (guess, guess)
    if alpha == nil {
      second.rawmode = "BGR"
    } else {
      let names = trial.alphaIsUnused ? ["RGBX", "BGRX"] : ["RGBA", "BGRA"]
      if trial.alphaIsUnused {
        first.mode = .rgb
        second.mode = .rgb
      }
      // More pictures are warm than cold.
      first.rawmode = names[trial.lastColorIsBrighter ? 1 : 0]
      second.rawmode = names[trial.lastColorIsBrighter ? 0 : 1]
    }
    second.penalty += 0.05
    second.reasons.append("the bytes do not say whether red or blue comes first")
    return [first, second]
  }

  /// The guess with rows that end in padding, where they do.
  private func padded(_ guess: Guess) -> [Guess] {
    let size = guess.storage.byteCount
    guard guess.stride.isMultiple(of: 4), let tail = rowEnd(guess) else { return [] }
    let width = (guess.stride - tail.zeros + size - 1) / size
    let padding = guess.stride - width * size
    guard width >= 4, padding > 0 else { return [] }
    for alignment in [4, 8, 16, 32, 64, 128]
    where guess.stride.isMultiple(of: alignment) && padding < alignment {
      var found = guess
      found.width = width
      found.penalty += tail.isAbrupt ? -0.1 : 0.15
      found.reasons.append(
        "rows end in \(tail.zeros) equal bytes, up to a multiple of \(alignment)")
      return [found]
    }
    return []
  }

  /// How many bytes at the end of rows are the same in all of them, and whether the ones before are
  /// not at all like them.
  private func rowEnd(_ guess: Guess) -> (zeros: Int, isAbrupt: Bool)? {
    let longest = min(160, guess.stride / 2)
    let bytes = samples.bytes
    var zeros = longest
    var value: UInt8?
    var ends: [Int] = []
    for window in samples.windows {
      let first = (max(window.offset, guess.offset) - guess.offset) / guess.stride + 2
      let last = (window.range.upperBound - guess.offset) / guess.stride
      guard first < last else { continue }
      for row in stride(from: first, to: last, by: max(1, (last - first) / 16)) {
        let end = guess.offset + row * guess.stride - window.offset + window.start
        ends.append(end)
        let own = value ?? bytes.sample(end - 1)
        value = own
        guard own == 0 || own == 255 else { return nil }
        zeros = (0..<zeros).first { bytes.sample(end - 1 - $0, as: UInt8.self) != own } ?? zeros
        if zeros == 0 { return nil }
      }
    }
    // A wide band of one color is a part of the picture.
    guard let value, ends.count > 3, zeros < longest else { return nil }
    let jump = ends.reduce(0) { sum, end in
      let before = bytes.sample(end - 1 - zeros, as: UInt8.self)
      return sum + Int(before > value ? before - value : value - before)
    }
    return (zeros, jump / ends.count > 24)
  }

  /// Three planes, where rows of bytes are as long as needed and many enough.
  private func planes(_ rows: Rows, byteCost: Double) throws(MemoryError) -> Guess? {
    let height = (byteCount - rows.offset) / rows.byteCount
    guard rows.isExact, height.isMultiple(of: 3), height >= 12 else { return nil }
    let plane = rows.byteCount * (height / 3)
    let count = min(80, rows.byteCount - 1)
    var colors = StorageTrial(.planes)
    var alone = StorageTrial(GuessedStorage.all[0])
    let places = 24
    for index in 0..<places {
      let room = plane - rows.byteCount - count - 1
      guard room > 0 else { return nil }
      let first = rows.byteCount + room / places * index
      var pixels = [UInt8](repeating: 0, count: 6 * (count + 1))
      for band in 0..<3 {
        let start = rows.offset + band * plane + first
        let here = try buffer.bytes(start..<start + count + 1)
        let above = try buffer.bytes(start - rows.byteCount..<start - rows.byteCount + count + 1)
        for pixel in 0...count {
          pixels[pixel * 3 + band] = here[pixel]
          pixels[3 * (count + 1) + pixel * 3 + band] = above[pixel]
        }
        let both = here + above
        alone.add(unsafe both.span.bytes, current: 0, upper: count + 1, count: count)
      }
      colors.add(unsafe pixels.span.bytes, current: 0, upper: 3 * (count + 1), count: count)
    }
    guard let cost = colors.cost, let aloneCost = alone.cost else { return nil }
    var guess = Guess(
      width: rows.byteCount, height: height / 3, storage: .planes, rawmode: "RGB", mode: .rgb,
      offset: rows.offset, stride: rows.byteCount, reasons: [],
      penalty: byteCost + cost - aloneCost - rows.bonus - 0.04)
    guess.reasons.append(
      "the thirds of the file resemble each other: \(cost.text(2)) of 8 bits a byte stay open, "
        + "\(aloneCost.text(2)) one by one")
    return guess
  }

  // MARK: Size and name

  /// Sizes that the number of bytes allows, for files whose bytes say nothing.
  private func bySizeAlone(known: [Guess]) -> [Guess] {
    var found: [Guess] = []
    for storage in GuessedStorage.all where storage.isCommon {
      guard byteCount.isMultiple(of: storage.byteCount) else { continue }
      let pixels = byteCount / storage.byteCount
      let usual = UsualSizes.all.filter { $0.width * $0.height == pixels }.map(\.width)
      let root = Double(pixels).squareRoot()
      let wide = Int(root.rounded(.down))
      // The most square factors; factors further apart than 1:4 are no picture.
      let square = (max(1, wide / 2)...max(1, wide)).last { pixels.isMultiple(of: $0) }
      for width in usual + [square.map { pixels / $0 }].compactMap({ $0 }) {
        found.append(
          Guess(
            width: width, height: pixels / width, storage: storage, rawmode: storage.rawmode,
            mode: storage.mode, stride: width * storage.byteCount,
            reasons: ["only the number of bytes speaks for it"],
            penalty: 9 + Double(storage.byteCount == 1 ? 0 : 5 - storage.byteCount) / 8))
      }
    }
    return found
  }

  /// The guess with what its size and the file's name say about it.
  private func judged(_ guess: Guess) -> Guess {
    var guess = guess
    let shape = (Double(guess.width) / Double(guess.height)).magnitudeOfLogarithm
    guess.penalty += 0.08 * max(0, shape - 1.3)
    if UsualSizes.contain(guess.width, guess.height) {
      guess.penalty -= 0.05
      guess.reasons.append("\(guess.width)x\(guess.height) is a usual size")
    }
    if let size = hints.size, size == (guess.width, guess.height) {
      guess.penalty -= 1.5
      guess.reasons.append("the name says \(size.width)x\(size.height)")
    }
    if let hinted = hintedRawmodes.first(where: { guess.accepts($0) }) {
      guess.penalty -= 1
      guess.rawmode = hinted.name
      guess.mode = hinted.mode
      guess.reasons.append("the name says \(hinted.name)")
    }
    let rest = byteCount - guess.offset - guess.byteCount
    let bytes = guess.offset > 0 ? "after a header of \(guess.offset) bytes " : ""
    guess.reasons.insert(
      rest == 0
        ? "\(bytes)\(guess.height) rows of \(guess.byteCount / guess.height) bytes are all "
          + "\(guess.byteCount) bytes"
        : "\(guess.height) rows leave \(rest) bytes", at: 0)
    return guess
  }
}
