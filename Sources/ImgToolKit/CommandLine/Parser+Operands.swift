import ImageFiles
import PixelMemory

/// What is said of words that stand where they do not belong.
extension Parser {
  /// - Parameter next: the word after the name.
  static func unknownCommand(_ name: String, before next: String?) -> ToolError {
    let words = "\(Values.quoted(name)) is not a command"
    if let first = name.split(separator: " ").first, first.count < name.count,
      Command.all.contains(where: { $0.name == first })
    {
      return ToolError("\(words) but several words in one; leave out the quotes around them")
    }
    guard isFile(name) else {
      return ToolError(words + Suggestion.command(name) + "; `imgtool help` lists them")
    }
    let file = ShellWord.file(name)
    guard FileFormat.forPath(name)?.describe != nil else {
      return ToolError(
        "\(words) but a file; `imgtool guess \(file)` finds layouts that fit, for "
          + "`imgtool frombuffer \(file) --size WxH --mode M`")
    }
    let save = next.flatMap(saving).map { " " + $0 } ?? ""
    return ToolError("\(words) but a file; did you mean `imgtool open \(file)\(save)`?")
  }

  /// The hint for an option that stands with its value in one word.
  static func oneWord(_ word: String, for command: Command) -> String? {
    let name = word.prefix { $0 != " " }
    guard name.count < word.count, takes(command, String(name)) else { return nil }
    return " (the option and its value are one word; leave out the quotes around them)"
  }

  /// The error of too few paths, or too many.
  static func wrongOperands(_ invocation: Invocation) -> ToolError {
    let command = invocation.command
    let usage =
      "usage: imgtool \(command.name)" + (command.usage.isEmpty ? "" : " " + command.usage)
    if invocation.operands.count > command.operands.upperBound {
      let extra = invocation.operands[command.operands.upperBound]
      return ToolError(
        "\(Values.quoted(extra)) is one argument too many\(hint(extra, in: invocation)); \(usage)")
    }
    // `SOURCE...` stands for one and more.
    let missing = command.usage.split(separator: " ").prefix(command.operands.lowerBound)
      .dropFirst(invocation.operands.count).map { $0.prefix { $0 != "." } }
    let pipe = missing.contains("SOURCE") ? ", a file, or - for standard input" : ""
    return ToolError("\(command.name) needs \(missing.joined(separator: " and "))\(pipe); \(usage)")
  }

  /// What one argument too many may have been meant as.
  private static func hint(_ extra: String, in invocation: Invocation) -> String {
    let command = invocation.command
    let bare = extra.drop { dashes.contains($0) }
    if let first = extra.first, first != "-", dashes.contains(first), takes(command, "--\(bare)") {
      return " (its dash is not the - of a keyboard; did you mean --\(bare)?)"
    }
    let before = command.operands.upperBound > 0 ? command.operands.upperBound - 1 : 0
    let joined = "\(invocation.operands[before]) \(extra)"
    if isFile(joined) { return " (did you mean \(ShellWord.file(joined))?)" }
    if let step = invocation.steps.first(where: \.lacksSign) {
      return " (did you mean \(step.text)=\(extra)?)"
    }
    if command.groups.contains(.save), let save = saving(extra) {
      return " (did you mean \(save)?)"
    }
    return isFile(extra) ? " (`imgtool \(command.name)` takes one file at a time)" : ""
  }

  /// The option that saves to a path that is not there and could be saved to.
  private static func saving(_ path: String) -> String? {
    guard FileFormat.forPath(path)?.isWritten == true, !isFile(path) else { return nil }
    return "--save \(ShellWord.file(path))"
  }

  private static func isFile(_ path: String) -> Bool {
    (try? Syscalls.status(of: path).kind) == .regular
  }

  /// What word processors and web pages make of `-` and `--`.
  private static let dashes: Set<Character> = ["-", "\u{2010}", "\u{2013}", "\u{2014}", "\u{2212}"]
}

extension TypedStep {
  /// Whether `=` and what follows it are missing in the value.
  fileprivate var lacksSign: Bool {
    record.value?.hasSuffix("=V") == true && record.value?.contains("|") == false
      && argument?.contains("=") == false
  }
}
