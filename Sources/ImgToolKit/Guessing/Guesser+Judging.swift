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
            penalty: Guesser.evidence(storage.isFloat ? 8 : 9)
              + Double(storage.byteCount == 1 ? 0 : 5 - storage.byteCount)
              + (width * width < pixels ? 0.5 : 0)))
      }
    }
    // However few the bytes are, they are a row of pixels.
    if found.isEmpty, !isUsual, byteCount < Guesser.tellingByteCount, byteCount > 0 {
      let gray = GuessedStorage.gray
      found.append(
        Guess(
          width: byteCount, height: 1, storage: gray, rawmode: gray.rawmode, mode: gray.mode,
          stride: byteCount, reasons: ["only the number of bytes speaks for it"],
          penalty: Guesser.evidence(9)))
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
    guess.penalty += 6 * max(0, shape - 1.1) + 3 * max(0, shape - 2.5)
    if byteCount > 20_000 {
      let side = min(guess.width, guess.height)
      // The more bytes, the fewer small pictures are in them.
      let size = (Double(byteCount) / 20_000).binaryLogarithm
      guess.penalty += side < 32 ? 26 + 3 * size : side < 48 ? 12 + 3 * size : 0
    }
    // Three planes of floats look like one that is tall.
    if guess.storage.isFloat, guess.frameCount == 1, guess.height.isMultiple(of: 3),
      guess.height * 5 > guess.width * 6
    {
      guess.penalty += 5
    }
    if UsualSizes.contain(guess.width, guess.height) {
      guess.penalty -= 5
      guess.reasons.append("\(guess.width)x\(guess.height) is a usual size")
    }
    if let size = hints.size, size == (guess.width, guess.height) {
      guess.penalty -= 40
      guess.reasons.append("\(sizeSource) says \(size.width)x\(size.height)")
      guess.sizeSource = sizeSource
      guess.isNamed = guess.offset + guess.byteCount * guess.frameCount == byteCount
    }
    if let hinted = hintedRawmodes.first(where: { guess.accepts($0) }) {
      guess.penalty -= 20
      guess.rawmode = hinted.name
      guess.mode = hinted.mode
      if !guess.alternatives.isEmpty {
        guess.reasons.removeAll { $0.hasSuffix("fit equally well") }
      }
      guess.alternatives = []
      guess.reasons.append("the name says \(hinted.name)")
    }
    let rest = byteCount - guess.offset - guess.byteCount * guess.frameCount
    let rows =
      guess.frameCount > 1
      ? "\(guess.frameCount) frames of \(guess.byteCount.bytes)"
      : guess.grouped == nil && guess.storage.interleave == .pixel
        ? "\(guess.height) row\(guess.height == 1 ? "" : "s") of \(guess.stride.bytes)"
        : "a frame of \(guess.byteCount.bytes)"
    let isOne = guess.frameCount == 1 && (guess.height == 1 || rows.hasPrefix("a "))
    let start = guess.offset > 0 ? "after a header of \(guess.offset.bytes) " : ""
    guess.reasons.insert(
      rest == 0
        ? "\(start)\(rows) \(isOne ? "fills" : "fill") the file"
        : "\(start)\(rows) \(isOne ? "leaves" : "leave") \(rest.bytes)", at: 0)
    return guess
  }
}
