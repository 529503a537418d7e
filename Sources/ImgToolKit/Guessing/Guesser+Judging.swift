import PixelViews

extension Guesser {
  /// Layouts that the file's name and length allow where the bytes say nothing, best first: those of
  /// the size that the name says, else of sizes that many files have.
  func unproven() -> [Guess] {
    var found = bySizeAlone(isUsual: true)
    for index in found.indices { found[index] = judged(found[index]) }
    found += grouped(besides: [])
    let named = found.filter(\.isNamed)
    return (named.isEmpty ? found : named).sorted { $0.penalty < $1.penalty }
  }

  /// Sizes that the number of bytes allows, for files whose bytes say nothing.
  ///
  /// - Parameter isUsual: only sizes that many files have, or that the file's name says.
  func bySizeAlone(isUsual: Bool = false) -> [Guess] {
    var found: [Guess] = []
    for storage in GuessedStorage.all {
      guard byteCount.isMultiple(of: storage.byteCount), isWorthTrying(storage) else { continue }
      let pixels = byteCount / storage.byteCount
      let named = hints.size.flatMap { $0.width.multiplied(by: $0.height) == pixels ? $0 : nil }
      let usual = Set(
        ([named].compactMap(\.self) + UsualSizes.all).filter { $0.width * $0.height == pixels }.map(
          \.width)
      ).sorted()
      let root = Double(pixels).squareRoot()
      let wide = Int(root.rounded(.down))
      // The most square factors; factors further apart than 1:4 are no picture.
      let square = (max(1, wide / 2)...max(1, wide)).last { pixels.isMultiple(of: $0) }
      for width in usual + (isUsual ? [] : [square.map { pixels / $0 }].compactMap { $0 }) {
        found.append(
          Guess(
            width: width, height: pixels / width, storage: storage, rawmode: storage.rawmode,
            mode: storage.mode, stride: width * storage.byteCount,
            reasons: ["only the number of bytes speaks for it"],
            penalty: (storage.isFloat ? 8 : 9)
              + Double(storage.byteCount == 1 ? 0 : 5 - storage.byteCount) / 8))
      }
    }
    // However few the bytes are, they are a row of pixels.
    if found.isEmpty, !isUsual, byteCount < Guesser.tellingByteCount, byteCount > 0 {
      let gray = GuessedStorage.all[0]
      found.append(
        Guess(
          width: byteCount, height: 1, storage: gray, rawmode: gray.rawmode, mode: gray.mode,
          stride: byteCount, reasons: ["only the number of bytes speaks for it"], penalty: 9))
    }
    return found
  }

  /// Whether files are worth trying so without any other evidence.
  private func isWorthTrying(_ storage: GuessedStorage) -> Bool {
    if case .float(_, byBytes: false) = storage.kind { return areFloats(storage) }
    let isHinted = hintedRawmodes.contains {
      $0.name == storage.rawmode && $0.bitsPerPixel == storage.byteCount.inBits
    }
    return storage.isCommon || isHinted
  }

  /// The guess with what its size and the file's name say about it.
  func judged(_ guess: Guess) -> Guess {
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
      guess.isNamed = guess.offset + guess.byteCount == byteCount
    }
    if let hinted = hintedRawmodes.first(where: { guess.accepts($0) }) {
      guess.penalty -= 1
      guess.rawmode = hinted.name
      guess.mode = hinted.mode
      guess.reasons.append("the name says \(hinted.name)")
    }
    let rest = byteCount - guess.offset - guess.byteCount
    let rows = "\(guess.height) row\(guess.height == 1 ? "" : "s")"
    let bytes = guess.offset > 0 ? "after a header of \(guess.offset) bytes " : ""
    guess.reasons.insert(
      rest == 0
        ? "\(bytes)\(rows) of \((guess.byteCount / guess.height).bytes) "
          + "\(guess.height == 1 ? "fills" : "fill") the file"
        : "\(rows) \(guess.height == 1 ? "leaves" : "leave") \(rest.bytes)", at: 0)
    return guess
  }
}
