extension Guesser {
  /// The lengths worth trying: where the bytes are alike, and what usual sizes make of the file.
  func rowLengths() -> [RowLength] {
    var found: [Int: RowLength] = [:]
    let byteCount = byteCount
    let hintedSize = hints.size
    func add(_ rows: RowLength) {
      guard rows.byteCount >= 8, rows.byteCount <= ByteDistances.longest,
        rows.byteCount <= (byteCount - rows.offset) / 4
      else { return }
      if let known = found[rows.byteCount], known.bonus >= rows.bonus { return }
      found[rows.byteCount] = rows
    }
    for valley in distances.valleys(16) {
      for length in max(8, valley.byteCount - 16)...valley.byteCount + 16 {
        // Slanted pictures are most alike a little beside the length of their rows.
        add(
          rows(
            length, isNear: abs(length - valley.byteCount) <= 2, unless: length != valley.byteCount)
        )
      }
    }
    let alike = distances.usual * 4 / 5
    for length in stride(from: 16, to: distances.differences.count, by: 1)
    where byteCount.isMultiple(of: length) && distances.differences[length] < alike {
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
          RowLength(
            byteCount: row, offset: offset < 1 << 14 ? offset : 0, depth: distances.depth(row),
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
  private func rows(_ length: Int, isNear: Bool, unless isGuessed: Bool) -> RowLength {
    let byteCount = byteCount
    var rows = RowLength(
      byteCount: length, offset: 0, depth: distances.depth(length), isExact: true, bonus: 0.35)
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
}
