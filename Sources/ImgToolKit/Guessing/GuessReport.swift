import PixelViews

/// Guesses as a table or JSON.
struct GuessReport {
  let path: String
  let byteCount: Int
  let guesses: [Guess]

  /// How likely each guess is among those that were made: 1 in all.
  private var scores: [Double] {
    let best = guesses.first?.penalty ?? 0
    let weights = guesses.map { (8 * ($0.penalty - best)).negativePowerOfTwo }
    let total = weights.reduce(0, +)
    return weights.map { ($0 / total * 1000).rounded() / 1000 }
  }

  var json: JSON {
    .record([
      "version": 1, "source": .string(path), "byteCount": .integer(byteCount),
      "candidates": .array(
        zip(guesses, scores).map { guess, score in
          .record([
            "size": [.integer(guess.width), .integer(guess.height)],
            "mode": .string(guess.mode.name), "rawmode": .string(guess.rawmode),
            "interleave": .string(guess.storage.interleave.rawValue),
            "offset": .integer(guess.offset), "stride": .integer(guess.stride),
            "score": .number(score), "reason": .string(guess.reason),
            "command": .string(guess.command(path)),
          ])
        }),
      "exit": 0,
    ])
  }

  var text: String {
    let name = path.withoutControls()
    guard !guesses.isEmpty else { return "\(name): \(byteCount) bytes, and no layout fits them" }
    var lines = ["\(name): \(byteCount) bytes"]
    for (guess, score) in zip(guesses, scores) {
      let rawmode = guess.rawmode == guess.mode.name ? "" : " (\(guess.rawmode))"
      let planes = guess.storage.interleave == .plane ? ", in planes" : ""
      let percent = "\(Int((score * 100).rounded())) %"
      lines += [
        "",
        String(repeating: " ", count: max(0, 5 - percent.count)) + percent
          + "  \(guess.width)x\(guess.height) \(guess.mode.name)\(rawmode)\(planes)",
        "       \(guess.reason)",
        "       \(guess.command(path))",
      ]
    }
    return lines.joined(separator: "\n")
  }
}

extension Guess {
  fileprivate var reason: String { reasons.joined(separator: "; ") }
}
