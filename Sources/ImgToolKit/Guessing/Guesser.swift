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
  let hints: FileNameHints
  let hintedRawmodes: [Rawmode]

  var byteCount: Int { excerpts.fileByteCount }

  /// Bytes that are looked at in one place.
  let runByteCount: Int

  init(_ buffer: Buffer, path: String) throws(MemoryError) {
    self.buffer = buffer
    excerpts = try FileExcerpts(buffer)
    distances = ByteDistances(excerpts)
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
      found += guesses(row, storage, prediction, cost)
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

  private func fits(_ storage: GuessedStorage, _ rows: RowLength) -> Bool {
    rows.byteCount / storage.byteCount >= 4
  }

  /// How well pixels of a storage are predicted from their neighbors at some places.
  private func predict(
    _ storage: GuessedStorage, _ rows: RowLength, _ places: [(file: Int, copy: Int)]
  ) -> NeighborPrediction {
    var prediction = NeighborPrediction(storage)
    let step = storage.byteCount
    let bytes = excerpts.bytes
    for place in places {
      let from = place.file - rows.offset
      guard from >= rows.byteCount + 2 * step else { continue }
      // Down to the start of a pixel, counted from the start of its row.
      let start = place.copy - from % rows.byteCount % step
      prediction.add(
        bytes, current: start - step, upper: start - step - rows.byteCount,
        count: runByteCount / step)
    }
    return prediction
  }
}
