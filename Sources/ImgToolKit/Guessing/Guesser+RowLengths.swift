extension Guesser {
  /// The lengths worth trying: where the bytes are alike, and what usual sizes make of the file.
  func rowLengths() -> [RowLength] {
    var ranks: [Int: Double] = [:]
    let byteCount = byteCount
    let longest = min(ByteDistances.longest, byteCount / 4)
    func add(_ length: Int, _ bonus: Double, depth: Double? = nil) {
      guard length >= 8, length <= longest else { return }
      let rank = bonus + (depth ?? distances.depth(length)).binaryLogarithm
      ranks[length] = max(ranks[length] ?? -9, rank)
    }
    let valleys = distances.valleys(16)
    for (place, valley) in valleys.enumerated() {
      add(valley.byteCount, 2)
      // Rows of a sensor are like those two rows up.
      if place < 6, valley.byteCount.isMultiple(of: 2) {
        add(valley.byteCount / 2, 1.5, depth: valley.depth)
      }
      for length in max(8, valley.byteCount - 16)...valley.byteCount + 16 {
        // Slanted pictures are most alike a little beside the length of their rows.
        if fills(length) { add(length, 0.5) }
        if place < 6, length.isMultiple(of: 2), fills(length / 2) { add(length / 2, 0.6) }
      }
    }
    let seams = breaks.lengths(excerpts, threads: threads).filter { $0 <= longest }
    for length in seams { add(length, 2.5) }
    let alike = distances.usual * 4 / 5
    for length in stride(from: 16, to: distances.differences.count, by: 1)
    where distances.differences[length] < alike && fills(length) {
      add(length, 0.3)
    }
    for length in usualLengths() { add(length, 0.8) }
    // Rows of usual widths, with the padding that is usual.
    for width in Set(UsualSizes.all.map(\.width) + (hints.size.map { [$0.width] } ?? [])) {
      for size in Set(GuessedStorage.all.map(\.byteCount)) {
        let row = width.multiplied(by: size) ?? 0
        for alignment in [4, 16, 64, 256, 4096] {
          let length = row.roundedUp(to: alignment) ?? 0
          if distances.depth(length) > 1.3 { add(length, width == hints.size?.width ? 3 : 0.3) }
        }
      }
    }
    for length in namedLengths() { add(length, 9) }
    let ranked = ranks.sorted { ($0.value, -$0.key) > ($1.value, -$1.key) }.map(\.key)
    let filling = ranked.dropFirst(28).filter { fills($0) }
    return (ranked.prefix(28) + filling.prefix(20)).enumerated().flatMap { place, length in
      let rest = byteCount % length
      let depth = distances.depth(length)
      var ended = RowLength(byteCount: length, offset: rest, depth: depth)
      ended.tail = excerpts.tail(ended)
      ended.hasSeam = seams.contains(length)
      ended.breaks = breaks.evidence(excerpts, length, offset: rest)
      if rest == 0 || place > 5 { return [ended] }
      // Rows that reach the file's end, or start where it does.
      var begun = RowLength(byteCount: length, offset: 0, depth: depth, isEnded: false)
      begun.tail = excerpts.tail(begun)
      begun.startsUnlike = excerpts.startsUnlike(length)
      begun.breaks = breaks.evidence(excerpts, length, offset: 0)
      return [ended, begun]
    }
  }

  /// Whether rows of a length fill the file, or what is behind a usual header.
  func fills(_ length: Int) -> Bool {
    byteCount.isMultiple(of: length)
      || UsualSizes.headers.contains { byteCount > $0 && (byteCount - $0).isMultiple(of: length) }
  }

  /// The lengths with which pictures of usual sizes fill the file.
  private func usualLengths() -> [Int] {
    let rests = ([0] + UsualSizes.headers).map { byteCount - $0 }.filter { $0 > 0 }
    var found: [Int] = []
    for eighths in [8, 10, 12, 16, 24, 32, 48, 64] {
      for size in UsualSizes.all where (size.width * eighths).isMultiple(of: 8) {
        let row = size.width * eighths / 8
        let length = row * size.height
        guard length <= byteCount else { continue }
        // Planes of chroma are half as large as that of luma.
        if rests.contains(where: { rest in
          rest.isMultiple(of: length) && rest / length < 64 || rest * 2 == length * 3
        }) {
          found.append(row)
        }
      }
    }
    return found
  }

  private func namedLengths() -> [Int] {
    var found = [hints.stride].compactMap { $0 }
    guard let size = hints.size else { return found }
    found += Set(GuessedStorage.all.map(\.byteCount)).compactMap {
      size.width.multiplied(by: $0)
    }
    if byteCount.isMultiple(of: size.height) { found.append(byteCount / size.height) }
    return found
  }

  /// What speaks against a header of a length, in bits.
  func headerPenalty(_ length: Int) -> Double {
    if length == 0 { return 0 }
    if UsualSizes.headers.contains(length) { return 4 }
    return length <= 4096 ? 10 : length <= 1 << 16 ? 14 : 20
  }
}
