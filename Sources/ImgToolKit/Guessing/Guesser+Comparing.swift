import PixelMemory
import PixelViews

extension Guesser {
  /// How well pixels of a storage are predicted from their neighbors at some places.
  func predict(
    _ storage: GuessedStorage, _ rows: RowLength, _ places: [(file: Int, copy: Int)]
  ) -> NeighborPrediction {
    var prediction = NeighborPrediction(storage)
    add(rows, places, movedBy: 0, to: &prediction)
    return prediction
  }

  /// How differently rows rise and fall from what stands some bytes before them, as a part of how much
  /// they do: rows of a sensor are like those one row up, which see other colors, and two rows that are
  /// taken for one are like their half. More than 1 where there is hardly an edge.
  func distance(
    _ reading: Reading, to length: Int, _ places: [(file: Int, copy: Int)]
  ) -> Double {
    let storage = reading.storage
    let step = storage.byteCount
    let bytes = excerpts.bytes
    var (apart, alone) = (0, 0)
    let rows = reading.rows
    let count = groupCount(rows, step)
    guard count > 0 else { return 1.05 }
    var used = 0
    for place in places {
      guard let (start, column) = start(place, rows, step, count, up: length) else { continue }
      // What is in the padding is not compared.
      let other = (column + rows.byteCount - length % rows.byteCount) % rows.byteCount
      guard rows.tail.byteCount == 0 || other + runByteCount <= rows.kept else { continue }
      used += 1
      for group in 0..<count {
        let at = start + group * step
        let here = storage.numbers(bytes, at: at)
        let rise = here &- storage.left(here, behind: storage.numbers(bytes, at: at - step))
        let above = storage.numbers(bytes, at: at - length)
        let riseAbove =
          above &- storage.left(above, behind: storage.numbers(bytes, at: at - length - step))
        for channel in 0..<min(3, storage.channelCount) {
          alone += Int(rise[channel].magnitude)
          apart += Int((rise[channel] &- riseAbove[channel]).magnitude)
        }
      }
    }
    guard used > 7 else { return 2 }
    return alone > runByteCount * used / step / 16 ? Double(apart) / Double(alone) : 1.05
  }

  /// What speaks against the colors of a sensor, in bits: its greens, which stand on a diagonal that is
  /// another one in each second row, are more alike than what stands beside each other.
  func mosaicPenalty(
    _ storage: GuessedStorage, _ rows: RowLength, _ places: [(file: Int, copy: Int)]
  ) -> Double {
    let step = storage.byteCount
    let bytes = excerpts.bytes
    var beside = 0
    var diagonals = SIMD2<Int>()
    var count = 0
    func distance(_ a: Int32, _ b: Int32) -> Int { Int((a &- b).magnitude) }
    let groups = groupCount(rows, step)
    guard groups > 0 else { return 0 }
    for place in places {
      guard let (start, _) = start(place, rows, step, groups, up: rows.byteCount) else { continue }
      let first = place.file - place.copy - rows.offset
      for group in 0..<groups {
        let at = start + group * step
        // A run goes on in the next row, whose greens stand on the other diagonal.
        let parity = (first + at) / rows.byteCount % 2
        let here = storage.numbers(bytes, at: at)
        let above = storage.numbers(bytes, at: at - rows.byteCount)
        for pair in 0..<storage.channelCount / 2 {
          let (a, b) = (2 * pair, 2 * pair + 1)
          beside += distance(here[a], here[b])
          diagonals[parity] += distance(here[a], above[b])
          diagonals[1 - parity] += distance(here[b], above[a])
        }
      }
      count += groups
    }
    guard count > 32 else { return 0 }
    let greens = diagonals.min()
    // Only a sensor has a diagonal that is far more alike than the other.
    let likeness = (Double(diagonals.max() + count) / Double(greens + count)).binaryLogarithm
    if likeness > 1 { return -10 * min(2, likeness) }
    return beside * 100 < greens * 115 ? 30 : beside * 10 < greens * 13 ? 8 : -10
  }

  /// The cost where the row above is moved to where it is most alike, as that of slanted stripes and
  /// slopes is; `nil` where that is above.
  func slanted(
    _ storage: GuessedStorage, _ rows: RowLength, _ places: [(file: Int, copy: Int)]
  ) -> Double? {
    let (size, length) = (storage.byteCount, rows.byteCount)
    let known = distances.differences
    guard rows.hasSeam || fills(length), known.indices.contains(length * storage.rowStep) else {
      return nil
    }
    // Where a row is moved by a part of a pixel, one further up is moved by a whole one.
    let reach = min(64, (length - 1) / 4 / size)
    let own = known[length * storage.rowStep]
    var lags: [(byteCount: Int, difference: Int)] = []
    for rise in stride(from: storage.rowStep, through: 6, by: storage.rowStep) {
      let moved = (-reach...reach).lazy.map { rise * length + $0 * size }
      let best = moved.filter { known.indices.contains($0) }.min { known[$0] < known[$1] }
      if let best, known[best] * 10 < own * 8 { lags.append((best, known[best])) }
    }
    // What the bytes of some places say of two that are nearly as alike is chance.
    return lags.sorted { $0.difference < $1.difference }.prefix(2).compactMap { lag in
      // What is padding there is none here.
      let moved = RowLength(byteCount: lag.byteCount, offset: byteCount % lag.byteCount, depth: 1)
      guard
        rows.tail.byteCount > 0 || lag.byteCount > 2 * length
          || excerpts.tail(moved).byteCount == 0
      else { return nil }
      var prediction = NeighborPrediction(storage)
      add(rows, places, movedBy: storage.rowStep * length - lag.byteCount, to: &prediction)
      return prediction.bitsPerByte.map(rows.cost(ofKept:))
    }.min()
  }

  /// The same with rows above that are moved sideways, as those of a wrong length are.
  func mispredict(
    _ storage: GuessedStorage, _ rows: RowLength, _ places: [(file: Int, copy: Int)]
  ) -> NeighborPrediction {
    var prediction = NeighborPrediction(storage)
    // Numbers of up to 8 bytes stay where they are in their words.
    let word = storage.byteCount * (storage.byteCount.isMultiple(of: 8) ? 1 : 8)
    let step = rows.byteCount > 4 * word ? word : storage.byteCount
    for parts in [31, 43, 57, 69] {
      let shift = rows.byteCount * parts / 100 / step * step
      add(rows, places, movedBy: max(step, shift), to: &prediction)
    }
    return prediction
  }

  private func add(
    _ rows: RowLength, _ places: [(file: Int, copy: Int)], movedBy shift: Int,
    to prediction: inout NeighborPrediction
  ) {
    let step = prediction.storage.byteCount
    let rise = rows.byteCount * prediction.storage.rowStep
    let bytes = excerpts.bytes
    let count = groupCount(rows, step)
    guard count > 0 else { return }
    for place in places {
      let up = max(rise, rise - shift)
      guard let (start, _) = start(place, rows, step, count, up: up) else { continue }
      prediction.add(
        bytes, current: start - step, upper: start - step - rise + shift, count: count)
    }
  }

  /// The groups that are looked at in one place: those of a row that say something of pixels.
  private func groupCount(_ rows: RowLength, _ step: Int) -> Int {
    min(runByteCount, rows.kept - 2 * step) / step
  }

  /// Where the copy of the first group to look at stands near a place, and its column, counted from the
  /// start of its row: before what rows end in. `nil` where there is no room for the bytes up to `up` before.
  private func start(
    _ place: (file: Int, copy: Int), _ rows: RowLength, _ step: Int, _ count: Int, up: Int
  ) -> (start: Int, column: Int)? {
    let from = place.file - rows.offset
    guard from >= up + 2 * step else { return nil }
    var column = from % rows.byteCount
    if rows.tail.byteCount > 0 {
      column = max(0, column * (rows.kept - runByteCount - step) / rows.byteCount) + step
    }
    let start = place.copy - from % rows.byteCount + column - column % step
    guard start - step - up >= 0, start + (count + 1) * step <= excerpts.bytes.byteCount else {
      return nil
    }
    return (start, column)
  }
}
