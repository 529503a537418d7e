import PixelMemory
import PixelViews

extension Guesser {
  /// What rows of a length in a storage mean: where they start and end, and how many frames they are.
  func guesses(_ reading: Reading, isLikely: Bool) throws(MemoryError) -> [Guess] {
    let (storage, length) = (reading.storage, reading.rows.byteCount)
    var found: [Guess] = []
    let rows = (byteCount - reading.rows.offset) / length
    guard rows > 0 else { return [] }
    let steps = try RowSteps(self, reading, rows, isLikely: isLikely)
    let allEnds = rowEnds(reading) { _ in true }
    let widths = Set(allEnds.map(\.width))
    let heights = Set(
      UsualSizes.all.filter { widths.contains($0.width) }.map(\.height)
        + [hints.size?.height].compactMap(\.self))
    for header in headers(reading, steps) {
      let kept = rows - header.rows
      guard kept > 0 else { continue }
      for frames in steps.frames(kept, skipping: header.rows, heights: heights) {
        // Three planes are more usual than three frames.
        let isThree = frames.count.isMultiple(of: 3) && storage.isPlanar
        for end in allEnds + usualEnds(reading, allEnds, height: kept / frames.count) {
          var guess = Guess(
            width: end.width, height: kept / frames.count, storage: storage,
            rawmode: storage.rawmode, mode: storage.mode,
            offset: reading.rows.offset + header.rows * length, stride: length,
            frameCount: frames.count, reasons: [],
            penalty: reading.penalty - headerPenalty(reading.rows.offset) + header.penalty
              + frames.penalty + end.penalty + (isThree ? 7 : 0))
          guess.reasons = reasons(reading, end, frames.count)
          guess = Guesser.named(guess, reading.prediction)
          if storage.isMosaic { guess.mosaic = try greens(guess) }
          found.append(guess)
        }
      }
      if storage.isPlanar { found += try planes(reading, steps, header) }
    }
    return found
  }

  private func reasons(_ reading: Reading, _ end: RowEnd, _ frames: Int) -> [String] {
    var reasons: [String] = []
    if reading.rows.depth > 1.1 {
      reasons.append(
        "bytes \(reading.rows.byteCount) apart (one row) are \(reading.rows.depth.text(1)) times as "
          + "similar as average")
    }
    reasons.append(Guesser.reason(reading.cost))
    if let why = end.reason { reasons.append(why) }
    if frames > 1 { reasons.append("rows break off at the end of each of \(frames) frames") }
    return reasons
  }

  static func reason(_ cost: Double) -> String {
    "\(cost.text(2)) bits per byte after predicting from neighbors (8 = random)"
  }

  /// The mosaic whose greens are the two samples of a cell that are more alike; red and blue cannot be
  /// told from each other.
  private func greens(_ guess: Guess) throws(MemoryError) -> String {
    let storage = guess.storage
    let groups = guess.rowByteCount / storage.byteCount
    let telling = storage.tellingBytes
    let step = storage.byteCount / storage.pixelCount
    // Of packed samples the high bits stand in bytes of their own.
    let (first, beside) = storage.isPacked ? (0, 1) : (telling.lowerBound % max(1, step), step)
    var (crossing, main) = (0, 0)
    for place in 0..<128 {
      let row = (guess.height - 2) * place / 128 / 2 * 2
      let at =
        guess.offset + row * guess.stride + groups * (place * 37 % 128) / 128 * storage.byteCount
      let upper = try read(at, storage.byteCount)
      let lower = try read(at + guess.stride, storage.byteCount)
      let second = first + beside
      main += abs(Int(upper[first]) - Int(lower[second]))
      crossing += abs(Int(upper[second]) - Int(lower[first]))
    }
    return crossing <= main ? "rggb" : "grbg"
  }

  /// The guess with the names of what the bytes cannot tell.
  static func named(_ guess: Guess, _ prediction: NeighborPrediction) -> Guess {
    var guess = guess
    switch guess.storage.kind {
    case .color(0, nil): guess.alternatives = ["BGR"]
    case .color(let first, .some):
      let isSpare = prediction.alphaIsUnused || prediction.alphaIsGarbage
      if isSpare { guess.mode = .rgb }
      let names =
        first == 0
        ? isSpare ? ["RGBX", "BGRX"] : ["RGBA", "BGRA"]
        : isSpare ? ["XRGB", "XBGR"] : ["ARGB", "ABGR"]
      // More pictures are warm than cold.
      let isTurned = prediction.lastColorIsBrighter
      guess.rawmode = names[isTurned ? 1 : 0]
      guess.alternatives = [names[isTurned ? 0 : 1]]
    case .packed565(let big): guess.alternatives = [big ? "BGR565BE" : "RGB;16"]
    case .wideColor(let big, false): guess.alternatives = [big ? "BGR;16B" : "BGR;16L"]
    case .luma2(let first): guess.alternatives = [first == 0 ? "yvyu" : "vyuy"]
    case .word(false):
      if prediction.greatestBitCount <= 10, prediction.greatestBitCount > 8 {
        guess.rawmode = "gray10le"
      } else if prediction.greatestBitCount <= 12, prediction.greatestBitCount > 8 {
        guess.rawmode = "gray12le"
      }
    case .pair(wide: true):
      guess.rawmode =
        prediction.greatestBitCount <= 10
        ? "gray10le" : prediction.greatestBitCount <= 12 ? "gray12le" : "I;16"
    default: break
    }
    if let other = guess.alternatives.first {
      guess.reasons.append("\(guess.rawmode) and \(other) fit equally well")
    }
    if guess.storage.isMosaic {
      guess.reasons.append(
        "pixels are like those two columns and rows away, as a sensor's are; red and blue may be swapped"
      )
    }
    return guess
  }
}

/// Where rows may end.
struct RowEnd {
  var width: Int
  /// In bits.
  var penalty: Double
  var reason: String?
}

extension Guesser {
  /// How rows may end, with what speaks against it: at their last byte, or before padding.
  func rowEnds(_ reading: Reading, _ isKept: (Int) -> Bool) -> [RowEnd] {
    let (storage, length) = (reading.storage, reading.rows.byteCount)
    let size = storage.byteCount
    let whole = length / size * storage.pixelCount
    let rest = length % size
    let profile = RowProfile(
      excerpts, stride: length, origin: reading.rows.offset, lag: size, rowStep: storage.rowStep,
      isKept: isKept)
    func width(_ padding: Int) -> Int { (length - padding + size - 1) / size * storage.pixelCount }
    var full = RowEnd(
      width: whole, penalty: rest == 0 ? 0 : Guesser.alignment(length, rest) == nil ? 9 : 6)
    var found: [RowEnd] = []
    let tail = profile.tail
    if tail.byteCount > 0, width(tail.byteCount) >= 4, width(tail.byteCount) < whole || rest > 0 {
      let padded = width(tail.byteCount)
      let padding = length - padded / storage.pixelCount * size
      let isAbrupt = profile.isAbrupt(tail.byteCount, pixel: size)
      let alignment = Guesser.alignment(length, padding)
      let count = tail.byteCount
      if padding > 0 {
        var penalty = alignment == nil ? 9.0 : 2
        penalty += tail.byte == 0 ? 0 : tail.byte == 255 ? 3 : 5
        penalty += isAbrupt ? 0 : 4
        if UsualSizes.hasWidth(whole), !UsualSizes.hasWidth(padded) { penalty += 3 }
        found.append(
          RowEnd(
            width: padded, penalty: penalty,
            reason: "rows end in \(count) equal bytes"
              + (alignment.map { ", up to a multiple of \($0)" } ?? "")))
        // All rows end alike by chance in few pictures.
        full.penalty += (isAbrupt ? 7 : 3) + (tail.byte == 0 ? min(6, Double(padding) / 2) : 0)
      }
    }
    let telling = storage.tellingBytes
    let garbage = profile.garbage { telling.contains($0 % size) }
    let kept = (length - garbage) / size * storage.pixelCount
    if garbage > 0, kept >= 4 {
      let padded = kept
      let padding = length - padded / storage.pixelCount * size
      let alignment = Guesser.alignment(length, padding)
      if padding > 0 {
        found.append(
          RowEnd(
            width: padded, penalty: alignment == nil ? 8 : 3,
            reason: "the last \(padding.bytes) of each row are like random ones"))
        full.penalty += 6 + min(10, Double(padding))
      }
    }
    // Where a row ends, its last pixel and the first of the next one have nothing in common.
    let seam = profile.seam(size)
    // Rows of a wrong length are like those above that are moved as well, and end nowhere.
    let wrong = seam < 4 && reading.rows.tail.byteCount == 0 ? reading.slantGain : 0
    let several: Double = profile.isSeveral ? 15 : 0
    for index in found.indices { found[index].penalty += wrong - seam + several }
    full.penalty += wrong - seam + several
    return found + [full]
  }

  /// Usual sizes of some height, where rows end in zeros, which may be a part of the picture.
  private func usualEnds(_ reading: Reading, _ ends: [RowEnd], height: Int) -> [RowEnd] {
    guard let padded = ends.first, let full = ends.last, padded.width < full.width else {
      return []
    }
    return UsualSizes.all.filter {
      $0.height == height && $0.width > padded.width && $0.width < full.width
    }.compactMap { size in
      let row = size.width / reading.storage.pixelCount * reading.storage.byteCount
      let length = reading.rows.byteCount
      guard row < length, let alignment = Guesser.alignment(length, length - row) else {
        return nil
      }
      return RowEnd(
        width: size.width, penalty: padded.penalty + 4,
        reason: "rows end in equal bytes, up to a multiple of \(alignment)")
    }
  }

  /// The power of two up to which padding fills rows; `nil` when there is none.
  static func alignment(_ stride: Int, _ padding: Int) -> Int? {
    (2...16).lazy.map { 1 << $0 }.first { stride.isMultiple(of: $0) && padding < $0 }
  }
}
