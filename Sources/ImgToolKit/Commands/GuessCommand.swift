import ImageFiles
import PixelMemory
import PixelViews

/// The options of `guess`.
private struct GuessOptions: CommandOptions {
  /// `--limit`: how many guesses to tell.
  var limit = 10
}

extension Command {
  static let guess = Command(
    "guess", "SOURCE", "ranked layouts that fit a raw file, each with its reason",
    operands: 1...1, groups: [],
    own: [
      .own("--limit", "N", "guesses to tell (default 10)") {
        (options: inout GuessOptions, text) throws(ToolError) in
        options.limit = try Values.integer(text, "--limit")
        guard 1...1000 ~= options.limit else {
          throw ToolError("--limit is \(options.limit); 1 to 1000 guesses are expected")
        }
      }
    ],
    examples: [
      Example(
        "imgtool guess fb.raw",
        "sizes and rawmodes that fit, with reasons"),
      Example(
        "imgtool guess fb.raw --limit 3 --json",
        "the same for a script"),
    ]
  ) { invocation, console throws(ToolError) in
    let path = invocation.operands[0]
    let buffer = try Source.map(path, access: .readOnly)
    if let format = try? DescribedFile.format(of: buffer, path: path), format.recognize != nil {
      console.note("\(path) looks like a \(format.name) file; `imgtool open` reads those")
    }
    let guesses: [Guess]
    do throws(MemoryError) {
      guesses = try Guesser(buffer, path: path).guesses(invocation.own(GuessOptions.self).limit)
    } catch { throw ToolError(error, name: path) }
    let report = GuessReport(path: path, byteCount: buffer.byteCount, guesses: guesses)
    try console.answer(invocation.report.json ? report.json.text : report.text)
    return .done
  }
}

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
