import PixelViews

extension Guesser {
  /// What a storage with rows of a length means: one guess, or several where the bytes do not say
  /// all.
  func guesses(
    _ rows: RowLength, _ storage: GuessedStorage, _ prediction: NeighborPrediction, _ cost: Double
  ) -> [Guess] {
    let width = rows.byteCount / storage.byteCount
    let height = (byteCount - rows.offset) / rows.byteCount
    var guess = Guess(
      width: width, height: height, storage: storage, rawmode: storage.rawmode, mode: storage.mode,
      offset: rows.offset, stride: rows.byteCount, reasons: [],
      penalty: cost - rows.bonus - storage.bonus)
    if rows.depth > 1.1 {
      guess.reasons.append(
        "bytes \(rows.byteCount) apart (one row) are \(rows.depth.text(1)) times as similar as "
          + "average")
    }
    guess.reasons.append(Guesser.reason(cost))
    var found = padded(guess)
    if let padding = found.first, padding.width != width {
      // Both stay; how the rows end decides which comes first.
    } else if !rows.byteCount.isMultiple(of: storage.byteCount) {
      guess.penalty += rows.byteCount.isMultiple(of: 4) ? 0.3 : 0.6
    }
    found.append(guess)
    return found.flatMap { Guesser.colorOrders($0, prediction) }
  }

  static func reason(_ cost: Double) -> String {
    "\(cost.text(2)) bits per byte after predicting from neighbors (8 = random)"
  }

  /// The same with the order of colors that the bytes cannot tell.
  private static func colorOrders(_ guess: Guess, _ prediction: NeighborPrediction) -> [Guess] {
    guard case .color(0, let alpha) = guess.storage.kind else { return [guess] }
    var (first, second) = (guess, guess)
    if alpha == nil {
      second.rawmode = "BGR"
    } else {
      let names = prediction.alphaIsUnused ? ["RGBX", "BGRX"] : ["RGBA", "BGRA"]
      if prediction.alphaIsUnused {
        first.mode = .rgb
        second.mode = .rgb
      }
      // More pictures are warm than cold.
      first.rawmode = names[prediction.lastColorIsBrighter ? 1 : 0]
      second.rawmode = names[prediction.lastColorIsBrighter ? 0 : 1]
    }
    second.penalty += 0.05
    second.reasons.append("\(first.rawmode) and \(second.rawmode) fit equally well")
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
    let bytes = excerpts.bytes
    var zeros = longest
    var value: UInt8?
    var ends: [Int] = []
    for window in excerpts.windows {
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
    var jump = 0
    for end in ends {
      // A dark picture may have one color that is not: that of the band that stands out counts.
      let last = (0..<guess.storage.byteCount).map { byte in
        Int(bytes.sample(max(0, end - 1 - zeros - byte), as: UInt8.self))
      }
      jump += last.map { abs($0 - Int(value)) }.max() ?? 0
    }
    return (zeros, jump / ends.count > 24)
  }
}
