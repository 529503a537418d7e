import PixelMemory
import PixelViews

/// Finds the layouts that fit a raw file, by its size, its name and how alike its bytes are.
///
/// Rows of a picture resemble each other, and so do neighboring pixels. The distance at which the
/// bytes are most alike is a row's length; for each such length, each storage is tried, and the one
/// that leaves the least to tell about a pixel whose neighbors are known is the best guess. Where its
/// rows start and end, how many frames and planes there are, and what is usual then decide.
struct Guesser: ~Copyable, Sendable {
  let buffer: Buffer
  let excerpts: FileExcerpts
  let distances: ByteDistances
  let breaks: RowBreaks
  let hints: LayoutWords
  /// What says the size: the file's name, or a file beside it.
  let sizeSource: String
  let hintedRawmodes: [Rawmode]
  /// What files of this name and length are.
  let known: Guess?
  /// What the bytes are like as a whole.
  let character: ByteCharacter

  var byteCount: Int { excerpts.fileByteCount }

  let threads: Int

  /// Bytes that are looked at in one place.
  let runByteCount: Int

  init(_ buffer: Buffer, path: String, threads: Int) throws(MemoryError) {
    self.buffer = buffer
    self.threads = threads
    excerpts = try FileExcerpts(buffer)
    distances = ByteDistances(excerpts, threads: threads)
    breaks = RowBreaks(excerpts, distances)
    character = ByteCharacter(excerpts)
    var hints = LayoutWords(name: path)
    let beside = hints.size == nil ? SizeBeside.of(path, byteCount: buffer.byteCount) : nil
    if let beside { hints.size = (beside.width, beside.height) }
    self.hints = hints
    sizeSource = beside.map { "\($0.name.withoutControls()) beside it" } ?? "the name"
    known = KnownLengths.guess(path, byteCount: buffer.byteCount)
    hintedRawmodes = LayoutWords(name: path).words.filter { $0.count > 2 }.compactMap {
      Rawmode.named($0, mode: nil)
    }
    runByteCount = min(240, max(24, buffer.byteCount / 16 / 24 * 24))
  }

  /// Rows of a length and a storage, and how well they fit.
  struct Reading {
    var rows: RowLength
    var storage: GuessedStorage
    var prediction: NeighborPrediction
    /// Bits a byte.
    var cost: Double
    /// Bits; lower is better.
    var penalty: Double
    /// What of it the row above that is moved sideways has saved, in bits.
    var slantGain = 0.0
  }

  /// What bits a byte count, in bits: neighbors say much the same, so that they count far less than
  /// their number is, and the more the fewer they are.
  static func evidence(_ cost: Double) -> Double {
    60 * (max(0, cost) + 0.4).binaryLogarithm + 20 * max(0, cost)
  }

  /// All guesses that something speaks for, best first; none where the bytes are like noise, text or
  /// one color.
  ///
  /// - Throws: ``MemoryError`` when the file cannot be read any more.
  /// - Complexity: O(1): the bytes looked at and the lengths tried are bounded.
  func guesses() throws(MemoryError) -> [Guess] {
    let rowLengths = rowLengths()
    let reach = 2 * (rowLengths.map(\.byteCount).max() ?? 0)
    let coarse = readings(
      rowLengths, excerpts.places(16, before: reach + 16, after: runByteCount + 16))
    var found: [Guess] = []
    let many = excerpts.places(96, before: reach + 16, after: runByteCount + 16)
    var best = Double.infinity
    var worthy = worthALook(coarse)
    var closer = closer(worthy, many)
    // Storages that only few places allow must not keep out all others.
    let possible = Set(zip(worthy, closer).compactMap { $1 == nil ? nil : $0.storage.rawmode })
    let impossible = Set(worthy.map(\.storage.rawmode)).subtracting(possible)
    if !impossible.isEmpty {
      worthy = worthALook(coarse.filter { !impossible.contains($0.storage.rawmode) })
      closer = self.closer(worthy, many)
    }
    for (place, reading) in closer.enumerated() {
      // What is far from the best is not gone into.
      guard var fine = reading,
        place > 24 || found.count < 6 || worthy[place].penalty < best + 40
      else { continue }
      let (storage, rows) = (fine.storage, fine.rows)
      weigh(&fine, slant: slanted(storage, rows, many))
      fine.penalty += repetitionPenalty(fine, many)
      best = min(best, fine.penalty)
      let isRow = fine.prediction.isClearlyBetter(than: mispredict(storage, rows, many))
      var here = try guesses(fine, isLikely: place < 3)
      for index in here.indices { here[index].isSupported = isRow }
      found += here
    }
    found += bySizeAlone().map { smooth($0) ?? $0 }
    for index in found.indices { found[index] = judged(found[index]) }
    found += grouped(besides: found)
    if let known, found.contains(where: \.isSupported) { found.append(known) }
    if character == .text { found.removeAll { !$0.isNamed } }
    if byteCount >= Guesser.tellingByteCount {
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

  /// The best of all readings, and the best of each length that fills the file.
  private func worthALook(_ readings: [Reading]) -> [Reading] {
    var found = Array(readings.prefix(25))
    var lengths = Set(found.map(\.rows.byteCount))
    for reading in readings.dropFirst(25)
    where found.count < 40 && fills(reading.rows.byteCount)
      && lengths.insert(reading.rows.byteCount).inserted
    {
      found.append(reading)
    }
    return found
  }

  private func closer(
    _ readings: [Reading], _ places: [(file: Int, copy: Int)]
  ) -> [Reading?] {
    Parallel.map(count: readings.count, threads: threads) { closer(readings[$0], places) }
  }

  /// A reading at more places; `nil` where its storage cannot be.
  private func closer(_ reading: Reading, _ places: [(file: Int, copy: Int)]) -> Reading? {
    var fine = reading
    fine.prediction = predict(reading.storage, reading.rows, places)
    guard let cost = fine.prediction.bitsPerByte.map(reading.rows.cost(ofKept:)) else {
      return nil
    }
    fine.cost = cost
    return fine
  }

  /// Each storage with each length of rows, best first.
  private func readings(
    _ rowLengths: [RowLength], _ places: [(file: Int, copy: Int)]
  ) -> [Reading] {
    let found = Parallel.map(count: rowLengths.count, threads: threads) {
      readings(rowLengths[$0], places)
    }.flatMap(\.self)
    return found.sorted { $0.penalty < $1.penalty }
  }

  private func readings(_ rows: RowLength, _ places: [(file: Int, copy: Int)]) -> [Reading] {
    GuessedStorage.all.filter { fits($0, rows) }.compactMap { storage in
      let prediction = predict(storage, rows, places)
      guard let cost = prediction.bitsPerByte.map(rows.cost(ofKept:)) else { return nil }
      var reading = Reading(
        rows: rows, storage: storage, prediction: prediction, cost: cost, penalty: 0)
      weigh(&reading, slant: slanted(storage, rows, places))
      return reading
    }
  }

  /// What speaks against rows of a length in a storage, before their ends are known.
  private func weigh(_ reading: inout Reading, slant: Double?) {
    let cost = Guesser.evidence(reading.cost - reading.storage.bonus)
    let slanted = slant.map { Guesser.evidence($0 - reading.storage.bonus) + 16 } ?? cost
    reading.slantGain = max(0, cost - slanted)
    reading.penalty =
      min(cost, slanted) + reading.storage.rarity
      + headerPenalty(reading.rows.offset)
      + (reading.rows.isEnded ? 0 : reading.rows.startsUnlike ? 35 : 20)
      - reading.rows.breaks + reading.prediction.rarity
      - (isNamed(reading.rows, reading.storage) ? 20 : 0)
  }

  /// Whether rows of a length in a storage are as wide as the name says.
  private func isNamed(_ rows: RowLength, _ storage: GuessedStorage) -> Bool {
    guard let size = hints.size else { return false }
    return size.width.multiplied(by: storage.byteCount) == rows.byteCount * storage.pixelCount
      || byteCount / rows.byteCount == size.height
  }

  /// Fewer bytes say nothing about rows, nor against them.
  static let tellingByteCount = 256

  /// The guess with what a picture without an edge has to say, which looks the same with rows of every
  /// length: that its pixels are alike, and many files have its size.
  private func smooth(_ guess: Guess) -> Guess? {
    guard UsualSizes.contain(guess.width, guess.height) else { return nil }
    let rows = RowLength(byteCount: guess.stride, offset: 0, depth: 1)
    let places = excerpts.places(96, before: 2 * guess.stride + 16, after: runByteCount + 16)
    let prediction = predict(guess.storage, rows, places)
    guard let cost = prediction.bitsPerByte, cost > 0, cost < 3 else { return nil }
    var guess = guess
    guess.isSupported = true
    guess.penalty =
      Guesser.evidence(cost - guess.storage.bonus) + guess.storage.rarity
    guess.reasons = [Guesser.reason(cost)]
    return Guesser.named(guess, prediction)
  }

  private func fits(_ storage: GuessedStorage, _ rows: RowLength) -> Bool {
    let width = rows.byteCount / storage.byteCount * storage.pixelCount
    return width >= 4 && (width <= 40 * (byteCount / rows.byteCount) || byteCount < 4096)
      && (byteCount >= Guesser.tellingByteCount
        || storage.pixelCount == 1 && rows.byteCount.isMultiple(of: storage.byteCount))
  }

  /// Whether the bytes may be floats, whatever their rows are.
  func areFloats(_ storage: GuessedStorage) -> Bool {
    let rows = RowLength(byteCount: 4 * storage.byteCount, offset: 0, depth: 1)
    let places = excerpts.places(96, before: 2 * rows.byteCount + 16, after: runByteCount + 16)
    return predict(storage, rows, places).bitsPerByte != nil
  }
}
