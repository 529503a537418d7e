import PixelMemory
import PixelViews

extension Guesser {
  /// Rows that stand in planes: three colors, or luma and chroma.
  func planes(
    _ reading: Reading, _ steps: RowSteps, _ header: Header
  ) throws(MemoryError) -> [Guess] {
    let length = reading.rows.byteCount
    let first = reading.rows.offset + header.rows * length
    let rows = (byteCount - first) / length
    guard rows >= 12 else { return [] }
    var found: [Guess] = []
    for count in 1...64 where rows.isMultiple(of: 3 * count) && rows / (3 * count) >= 4 {
      let third = rows / (3 * count)
      let base =
        steps.penalty(ofBreaks: (1..<count).map { header.rows + $0 * 3 * third })
        + (count > 1
          ? 4 + 1.5 * Double(count).binaryLogarithm + steps.likeness(3 * third, header.rows) : 0)
      let atTwo =
        base
        + steps.penalty(
          ofBreaks: (0..<count).map { header.rows + $0 * 3 * third + 2 * third })
      let atOne = steps.penalty(
        ofBreaks: (0..<count).map { header.rows + $0 * 3 * third + third })
      // Only what the rows do not speak against is read.
      guard count == 1 || base < 0 else { continue }
      var colors = try colors(reading, header, third, count, penalty: atTwo + atOne)
      if case .byte = reading.storage.kind {
        let (guesses, hasHalves) = try chroma(reading, header, third, count, penalty: atTwo)
        // A row of a color is one, not two.
        if hasHalves { colors?.penalty += 10 }
        found += guesses
      }
      if let colors { found.append(colors) }
    }
    return Array(found.sorted { $0.penalty < $1.penalty }.prefix(4))
  }

  /// The width of the rows of the first of several parts.
  private func ends(_ reading: Reading, _ header: Header, _ period: Int, _ kept: Int) -> [RowEnd] {
    rowEnds(reading) { row in
      row >= header.rows && (row - header.rows) % period < kept
    }
  }

  /// Three planes of colors.
  private func colors(
    _ reading: Reading, _ header: Header, _ third: Int, _ count: Int, penalty: Double
  ) throws(MemoryError) -> Guess? {
    let (length, size) = (reading.rows.byteCount, reading.storage.byteCount)
    let first = reading.rows.offset + header.rows * length
    let plane = length * third
    var apart = 0
    var alone = 0
    var last = 0
    var pixels = 0
    for place in 0..<48 {
      // Over some rows colors rise together, though their noise does not.
      let rise = min(4, third / 4)
      let row = rise + (third - 1 - rise) * place / 48
      let column = (length / size - 9) * (place * 29 % 48) / 48
      guard row < third, column >= 0 else { return nil }
      let at = first + place % count * 3 * plane + row * length + column * size
      // Where the one plane rises, the others do.
      var rises: [[Int]] = []
      for band in 0..<3 {
        let here = try read(at + band * plane, 8 * size)
        let above = try read(at + band * plane - rise * length, 8 * size)
        let byte = reading.storage.isFloat ? size - 2 : 0
        rises.append((0..<8).map { Int(here[$0 * size + byte]) - Int(above[$0 * size + byte]) })
      }
      for index in 0..<8 {
        apart += abs(rises[0][index] - rises[1][index]) + abs(rises[2][index] - rises[1][index])
        alone += abs(rises[0][index]) + abs(rises[2][index])
        last += abs(rises[2][index])
        pixels += 1
      }
    }
    // Without an edge the planes say nothing of each other.
    let likeness = min(1.3, Double(apart + pixels / 2) / Double(alone + pixels / 2))
    func best(_ rows: Int) -> RowEnd? {
      ends(reading, header, 3 * third, rows).min { $0.penalty < $1.penalty }
    }
    guard let end = best(3 * third), let own = best(third) else { return nil }
    let isFloat = reading.storage.isFloat
    let storage = GuessedStorage(
      mode: .rgb, rawmode: isFloat ? "RGB;32F" : "RGB", byteCount: isFloat ? 12 : 3,
      kind: .color(first: 0, alpha: nil), interleave: .plane)
    var guess = Guess(
      width: end.width, height: third, storage: storage, rawmode: storage.rawmode, mode: .rgb,
      alternatives: isFloat ? [] : ["BGR"], offset: first, stride: length, frameCount: count,
      reasons: [Guesser.reason(reading.cost)],
      penalty: reading.penalty - headerPenalty(reading.rows.offset) + header.penalty + end.penalty
        + penalty + 1 + 25 * (likeness - 0.95)
        // Planes of one picture are padded alike.
        + (own.width * 10 < end.width * 9 ? 20 : 0)
        // A plane without edges beside others is chroma.
        + (last * 8 < alone ? 8 : 0))
    if let why = end.reason { guess.reasons.append(why) }
    guess.reasons.append("three planes follow each other; RGB and BGR fit equally well")
    if count > 1 { guess.reasons.append("rows break off at the end of each of \(count) frames") }
    return guess
  }

  /// A plane of luma, and one or two of chroma with half its rows.
  private func chroma(
    _ reading: Reading, _ header: Header, _ third: Int, _ count: Int, penalty: Double
  ) throws(MemoryError) -> (guesses: [Guess], hasHalves: Bool) {
    let length = reading.rows.byteCount
    let height = 2 * third
    guard length.isMultiple(of: 2), height.isMultiple(of: 2), third >= 4 else { return ([], false) }
    let first = reading.rows.offset + header.rows * length
    let start = first + height * length
    let frame = 3 * third * length
    guard
      let end = ends(reading, header, 3 * third, height).filter({ $0.width.isMultiple(of: 2) })
        .min(by: { $0.penalty < $1.penalty })
    else { return ([], false) }
    var alone = NeighborPrediction(GuessedStorage.gray)
    var pairs = NeighborPrediction(GuessedStorage.chroma)
    var halves = NeighborPrediction(GuessedStorage.gray)
    var sum = 0
    var pixels = 0
    var (jump, usual) = (0, 0)
    for place in 0..<64 {
      let at = start + place % count * frame
      let row = 1 + (third - 1) * place / 64
      // Where rows of both kinds have pixels: before the padding of rows that are half as long.
      let kept = min(length, end.width)
      let run = min(64, kept / 4) / 2 * 2
      let column = (kept / 2 - run - 2) * (place * 29 % 64) / 64 / 2 * 2
      guard row < third, column >= 0, run > 3 else { return ([], false) }
      // Where two rows of a plane stand in one of luma, they break off in its middle.
      let middle = try read(at + row * length + length / 2 - 2, 4)
      func step(_ index: Int) -> Int { abs(Int(middle[index]) - Int(middle[index + 1])) }
      jump += 2 * step(1)
      usual += step(0) + step(2)
      let here = try read(at + row * length + column, run + 2)
      let above = try read(at + (row - 1) * length + column, run + 2)
      let half = try read(at + row * length + column - length / 2, run + 2)
      sum += here.reduce(0) { $0 + Int($1) }
      pixels += here.count
      let all = here + above + half
      let bytes = unsafe all.span.bytes
      alone.add(bytes, current: 0, upper: run + 2, count: run)
      pairs.add(bytes, current: 0, upper: run + 2, count: run / 2)
      halves.add(bytes, current: 0, upper: 2 * (run + 2), count: run)
    }
    guard let aloneCost = alone.bitsPerByte, let pairCost = pairs.bitsPerByte,
      let halfCost = halves.bitsPerByte
    else { return ([], false) }
    let mean = Double(sum) / Double(max(1, pixels))
    guard abs(mean - 128) < 40 else { return ([], false) }
    let isHalved = jump * 2 > usual * 5 + 3 * 64
    let guesses = [("nv12", "nv21", pairCost), ("yuv420p", "yvu420p", halfCost)].compactMap {
      (name, other, cost) -> Guess? in
      guard let rawmode = Rawmode.named(name, mode: nil),
        let row = rawmode.rowByteCount(width: end.width)
      else { return nil }
      // Chroma is calmer than luma, and in gray pictures the same everywhere.
      let calm = (cost + 0.02) / (max(0, 3 * reading.cost - cost) / 2 + 0.02)
      var guess = Guess(
        width: end.width, height: height, storage: GuessedStorage.gray, rawmode: name,
        mode: rawmode.mode, alternatives: [other], grouped: (row, frame), offset: first,
        stride: length, frameCount: count, reasons: [Guesser.reason(reading.cost)],
        penalty: reading.penalty - headerPenalty(reading.rows.offset) + header.penalty
          + end.penalty + penalty + (calm < 0.3 ? -10 : calm < 0.6 ? -5 : calm > 0.9 ? 4 : -1)
          + (isHalved ? name == "nv12" ? 6 : -10 : 0)
          + max(
            -24,
            Guesser.evidence(max(reading.cost / 2, reading.cost + (cost - aloneCost) / 3))
              - Guesser.evidence(reading.cost))
      )
      if let why = end.reason { guess.reasons.append(why) }
      guess.reasons.append(
        "the last third is like chroma (\(cost.text(2)) bits per byte; \(aloneCost.text(2)) as rows "
          + "of gray)")
      guess.reasons.append("\(name) and \(other) fit equally well")
      if count > 1 { guess.reasons.append("rows break off at the end of each of \(count) frames") }
      return guess
    }
    return (guesses, isHalved || halfCost < 0.7 * aloneCost)
  }

  /// Some bytes of the file.
  func read(_ offset: Int, _ count: Int) throws(MemoryError) -> [UInt8] {
    let end = min(byteCount, offset + count)
    guard offset >= 0, offset < end else { return [UInt8](repeating: 0, count: count) }
    if let window = excerpts.windows.first(where: {
      $0.offset <= offset && end <= $0.range.upperBound
    }) {
      let start = window.start + offset - window.offset
      let bytes = excerpts.bytes
      let found = (start..<start + end - offset).map { bytes.sample($0, as: UInt8.self) }
      return found + [UInt8](repeating: 0, count: count - found.count)
    }
    // Pages around those that are read come along.
    defer { buffer.forget(max(0, offset - (1 << 17))..<min(byteCount, end + (1 << 17))) }
    return try buffer.bytes(offset..<end) + [UInt8](repeating: 0, count: count - (end - offset))
  }
}
