import PixelMemory
import PixelViews

/// Finds the layouts that fit a raw file, by its size, its name and how alike its bytes are.
///
/// Rows of a picture resemble each other, and so do neighboring pixels. The distance at which the
/// bytes are most alike is a row's length; for each such length, each storage is tried, and the one
/// that leaves the least to tell about a pixel whose neighbors are known is the best guess.
struct Guesser: ~Copyable {
  let buffer: Buffer
  let excerpts: FileExcerpts
  let distances: ByteDistances
  let hints: LayoutWords
  let hintedRawmodes: [Rawmode]
  /// What the bytes are like as a whole.
  let character: ByteCharacter

  var byteCount: Int { excerpts.fileByteCount }

  /// Bytes that are looked at in one place.
  let runByteCount: Int

  init(_ buffer: Buffer, path: String) throws(MemoryError) {
    self.buffer = buffer
    excerpts = try FileExcerpts(buffer)
    distances = ByteDistances(excerpts)
    character = ByteCharacter(excerpts)
    hints = LayoutWords(name: path)
    hintedRawmodes = LayoutWords(name: path).words.filter { $0.count > 2 }.compactMap {
      Rawmode.named($0, mode: nil)
    }
    runByteCount = min(240, max(24, buffer.byteCount / 16 / 24 * 24))
  }

  /// All guesses that something speaks for, best first; none where the bytes are like noise, text or
  /// one color.
  ///
  /// - Throws: ``MemoryError`` when the file cannot be read any more.
  /// - Complexity: O(1): the bytes looked at and the lengths tried are bounded.
  func guesses() throws(MemoryError) -> [Guess] {
    let rowLengths = rowLengths()
    let reach = rowLengths.map(\.byteCount).max() ?? 0
    var coarse: [(rows: RowLength, storage: GuessedStorage, penalty: Double)] = []
    let few = excerpts.places(16, before: reach + 16, after: runByteCount + 8)
    for row in rowLengths {
      for storage in GuessedStorage.all where fits(storage, row) {
        let prediction = predict(storage, row, few)
        guard let cost = prediction.bitsPerByte else { continue }
        coarse.append((row, storage, cost - row.bonus - storage.bonus))
      }
    }
    coarse.sort { $0.penalty < $1.penalty }
    var found: [Guess] = []
    let many = excerpts.places(96, before: reach + 16, after: runByteCount + 8)
    for (row, storage, _) in coarse.prefix(32) {
      let prediction = predict(storage, row, many)
      guard let cost = prediction.bitsPerByte else { continue }
      let isRow = prediction.isClearlyBetter(than: mispredict(storage, row, many))
      var here = guesses(row, storage, prediction, cost)
      if case .byte = storage.kind, let planes = try planes(row, byteCost: cost) {
        here.append(planes)
      }
      for index in here.indices { here[index].isSupported = isRow }
      found += here
    }
    found += bySizeAlone().map { smooth($0) ?? $0 }
    for index in found.indices { found[index] = judged(found[index]) }
    found += grouped(besides: found)
    if byteCount >= Guesser.tellingByteCount {
      if character == .text { found.removeAll { !$0.isNamed } }
      let isProven = found.contains(where: \.isSupported)
      // What the name says counts beside what the bytes say, not without it.
      found.removeAll { !isProven || !$0.isSupported && !$0.isNamed }
    }
    found.sort { $0.penalty < $1.penalty }
    var unique: [Guess] = []
    for guess in found where !unique.contains(where: { $0.isSame(as: guess) }) {
      unique.append(guess)
    }
    return unique
  }

  /// Fewer bytes say nothing about rows, nor against them.
  static let tellingByteCount = 256

  /// The guess with what a picture without an edge has to say, which looks the same with rows of every
  /// length: that its pixels are alike, and many files have its size.
  private func smooth(_ guess: Guess) -> Guess? {
    guard UsualSizes.contain(guess.width, guess.height) else { return nil }
    let rows = RowLength(byteCount: guess.stride, offset: 0, depth: 1, isExact: true, bonus: 0.35)
    let places = excerpts.places(96, before: guess.stride + 16, after: runByteCount + 8)
    guard let cost = predict(guess.storage, rows, places).bitsPerByte, cost > 0, cost < 3 else {
      return nil
    }
    var guess = guess
    guess.isSupported = true
    guess.penalty = cost - rows.bonus - guess.storage.bonus
    guess.reasons = [Guesser.reason(cost)]
    return guess
  }

  private func fits(_ storage: GuessedStorage, _ rows: RowLength) -> Bool {
    rows.byteCount / storage.byteCount >= 4
      && (byteCount >= Guesser.tellingByteCount
        || rows.byteCount.isMultiple(of: storage.byteCount))
  }

  /// Whether the bytes may be floats, whatever their rows are.
  func areFloats(_ storage: GuessedStorage) -> Bool {
    let rows = RowLength(
      byteCount: 4 * storage.byteCount, offset: 0, depth: 1, isExact: true, bonus: 0)
    let places = excerpts.places(96, before: rows.byteCount + 16, after: runByteCount + 8)
    return predict(storage, rows, places).bitsPerByte != nil
  }

  /// How well pixels of a storage are predicted from their neighbors at some places.
  private func predict(
    _ storage: GuessedStorage, _ rows: RowLength, _ places: [(file: Int, copy: Int)]
  ) -> NeighborPrediction {
    var prediction = NeighborPrediction(storage)
    add(rows, places, movedBy: 0, to: &prediction)
    return prediction
  }

  /// The same with rows above that are moved sideways, as those of a wrong length are.
  private func mispredict(
    _ storage: GuessedStorage, _ rows: RowLength, _ places: [(file: Int, copy: Int)]
  ) -> NeighborPrediction {
    var prediction = NeighborPrediction(storage)
    for parts in [31, 43, 57, 69] {
      let pixels = rows.byteCount / storage.byteCount * parts / 100
      add(rows, places, movedBy: max(1, pixels) * storage.byteCount, to: &prediction)
    }
    return prediction
  }

  private func add(
    _ rows: RowLength, _ places: [(file: Int, copy: Int)], movedBy shift: Int,
    to prediction: inout NeighborPrediction
  ) {
    let step = prediction.storage.byteCount
    let bytes = excerpts.bytes
    for place in places {
      let from = place.file - rows.offset
      guard from >= rows.byteCount + 2 * step else { continue }
      // Down to the start of a pixel, counted from the start of its row.
      let start = place.copy - from % rows.byteCount % step
      prediction.add(
        bytes, current: start - step, upper: start - step - rows.byteCount + shift,
        count: runByteCount / step)
    }
  }
}
