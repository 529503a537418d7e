import ImageFiles
import PixelMemory
import PixelViews

/// What `guess` answers, as text or JSON.
struct GuessReport {
  /// What was found out about a file.
  enum Answer {
    /// A file that is of a known kind, and so not raw.
    case known(FileContent)
    /// Layouts that fit, best first.
    case guesses([Guess])
    /// Nothing fits: why not, and what the length and the name allow all the same.
    case nothing(ByteCharacter, unproven: [Guess])
  }

  let path: String
  let byteCount: Int
  let answer: Answer
  /// How many guesses are told.
  let limit: Int

  /// Looks at a file.
  init(
    _ buffer: Buffer, path: String, limit: Int, threads: Int = Syscalls.hardwareThreads
  ) throws(ToolError) {
    self.path = path
    self.limit = limit
    byteCount = buffer.byteCount
    do throws(FormatError) {
      if let kind = try FileContent.of(buffer, isCertain: true) {
        answer = .known(kind)
        return
      }
    } catch { throw ToolError(error, name: path) }
    do throws(MemoryError) {
      let guesser = try Guesser(buffer, path: path, threads: threads)
      let guesses = try guesser.guesses()
      answer =
        guesses.isEmpty
        ? .nothing(guesser.character, unproven: guesser.unproven())
        : .guesses(guesses)
    } catch { throw ToolError(error, name: path) }
  }

  var status: ExitStatus {
    switch answer {
    case .known(.format), .guesses: .done
    case .known(.foreign), .nothing: .answerIsNo
    }
  }

  /// How likely each of the guesses is: 1 in all, those beyond the limit counted.
  private func scored(_ guesses: [Guess]) -> [(guess: Guess, score: Double)] {
    let best = guesses.first?.penalty ?? 0
    let weights = guesses.map { (($0.penalty - best) / 2.2).negativePowerOfTwo }
    let total = weights.reduce(0, +)
    return zip(guesses, weights).prefix(limit).map { guess, weight in
      (guess, (weight / total * 1000).rounded() / 1000)
    }
  }

  /// The command that opens a file of a known format.
  private var opening: String? {
    guard case .known(.format) = answer else { return nil }
    return "imgtool open \(ShellWord.file(path))"
  }

  /// What only the length and the name allow, up to the limit.
  private var unproven: [Guess] {
    if case .nothing(_, let unproven) = answer { Array(unproven.prefix(limit)) } else { [] }
  }

  /// Why there are no guesses; `nil` when there are some.
  private var reason: String? {
    switch answer {
    case .guesses: nil
    case .known(.format(let format)): "\(FileContent.format(format).phrase), which describes itself"
    case .known(.foreign(let format)):
      "\(FileContent.foreign(format).phrase), which is not read here; \(format.advice)"
    case .nothing(let character, _): "no layout fits: \(character.reason)"
    }
  }

  var json: JSON {
    var candidates: [JSON] = []
    if case .guesses(let guesses) = answer {
      candidates = scored(guesses).map { $0.guess.json(score: $0.score, path: path) }
    }
    let kind: String? = if case .known(let kind) = answer { kind.name } else { nil }
    return .record([
      "version": 1, "source": .string(path), "byteCount": .integer(byteCount),
      "candidates": .array(candidates),
      "unproven": .array(unproven.map { $0.json(score: nil, path: path) }),
      "kind": kind.map(JSON.string) ?? .null,
      "reason": reason.map(JSON.string) ?? .null,
      "command": opening.map(JSON.string) ?? .null,
      "exit": .integer(Int(status.rawValue)),
    ])
  }

  var text: String {
    let name = path.withoutControls()
    var lines = ["\(name): \(byteCount.bytes)" + (reason.map { "; \($0)" } ?? "")]
    if let opening { lines.append("       \(opening)") }
    switch answer {
    case .known: break
    case .guesses(let guesses):
      for (guess, score) in scored(guesses) {
        lines += guess.lines(score: score, path: path)
      }
    case .nothing:
      if let first = unproven.first {
        lines += [
          "",
          !first.isNamed
            ? "its length alone allows:"
            : first.sizeSource == "the name"
              ? "its name and length alone allow:"
              : "\(first.sizeSource) and its length alone allow:",
        ]
      }
      lines += unproven.map { "       \($0.command(path))" }
    }
    return lines.joined(separator: "\n")
  }
}

extension Guess {
  private var reason: String { reasons.joined(separator: "; ") }

  fileprivate func json(score: Double?, path: String) -> JSON {
    .record([
      "size": [.integer(width), .integer(height)],
      "mode": .string(mode.name), "rawmode": .string(rawmode),
      "interleave": .string(storage.interleave.rawValue),
      "offset": .integer(offset), "stride": .integer(stride),
      "frames": .integer(frameCount), "alternatives": .array(alternatives.map(JSON.string)),
      "bayer": mosaic.map(JSON.string) ?? .null,
      "score": score.map(JSON.number) ?? .null, "reason": .string(reason),
      "command": .string(command(path)),
    ])
  }

  fileprivate func lines(score: Double, path: String) -> [String] {
    let names = ([rawmode] + alternatives).joined(separator: " or ")
    let storedAs = names == mode.name ? "" : " (\(names))"
    let planes = storage.interleave == .plane ? ", in planes" : ""
    let frames = frameCount > 1 ? ", \(frameCount) frames" : ""
    let sensor = mosaic == nil ? "" : ", a sensor's mosaic of colors"
    let percent = "\(Int((score * 100).rounded())) %"
    return [
      "",
      String(repeating: " ", count: max(0, 5 - percent.count)) + percent
        + "  \(width)x\(height) \(mode.name)\(storedAs)\(planes)\(sensor)\(frames)",
      "       \(reason)",
      "       \(command(path))",
    ]
  }
}

extension ByteCharacter {
  /// Why no layout fits bytes like these.
  fileprivate var reason: String {
    switch self {
    case .constant(let byte): "all bytes are \(byte)"
    case .text: "the bytes are text"
    case .random: "the bytes are as even as random ones (noise, or compressed or encrypted data)"
    case .other: "the bytes are alike at no distance that could be a row"
    }
  }
}
