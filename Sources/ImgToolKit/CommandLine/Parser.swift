import ImageFiles
import PixelMemory

/// Reads the words of a command line. No file is opened.
package enum Parser {
  /// What the words ask for.
  package static func parse(_ words: [String]) throws(ToolError) -> Invocation {
    var invocation = Invocation(command: .overview)
    var rest = words[...]
    // General options may stand before the command as well.
    while let word = rest.first, word.hasPrefix("-"), Parser.options[word] == nil {
      rest.removeFirst()
      try readOption(word, &rest, into: &invocation)
    }
    guard let name = rest.popFirst() else { return invocation }
    let command = Parser.options[name] ?? Command.all.first { $0.name == name }
    guard let command else { throw unknownCommand(name) }
    invocation.command = command
    if command.groups.contains(.output) { invocation.running.replace = false }
    while let word = rest.popFirst() {
      if word == "--" {
        invocation.operands += rest
        break
      }
      if word == "-h" || word == "--help" {
        invocation.operands = [command.name]
        invocation.command = .help
        invocation.report.json = asksForJSON(words)
        invocation.report.isShort = word == "-h"
        return invocation
      }
      // `help --stride` asks about the option.
      let isTopic =
        command.name == Command.help.name && !takes(command, String(word.prefix { $0 != "=" }))
      if word == "-" || !word.hasPrefix("-") || isTopic {
        invocation.operands.append(word)
      } else {
        try readOption(word, &rest, into: &invocation)
      }
    }
    guard command.operands.contains(invocation.operands.count) else {
      throw wrongOperands(invocation)
    }
    return invocation
  }

  /// The options that are commands.
  private static let options: [String: Command] = [
    "--version": .version, "-V": .version, "--help": .help, "-h": .help,
  ]

  /// Whether `--json` stands among words of which not all need to be right.
  static func asksForJSON(_ words: [String]) -> Bool {
    words.prefix { $0 != "--" }.contains("--json")
  }

  /// Whether an image would go to standard output, as far as words tell of which not all need to be
  /// right.
  static func savesToStandardOutput(_ words: [String]) -> Bool {
    words.contains("--save=-") || zip(words, words.dropFirst()).contains { $0 == ("--save", "-") }
  }

  private static func takes(_ command: Command, _ option: String) -> Bool {
    command.flags.contains { $0.answers(to: option) }
  }

  private static func unknownCommand(_ name: String) -> ToolError {
    let words = "\(Values.quoted(name)) is not a command"
    guard (try? Syscalls.status(of: name).kind) == .regular else {
      return ToolError(
        words + Suggestion.command(name) + "; `imgtool help` lists them")
    }
    let file = ShellWord.quoted(name)
    return ToolError(
      FileFormat.forPath(name)?.describe == nil
        ? "\(words) but a file; `imgtool guess \(file)` finds layouts that fit, for "
          + "`imgtool frombuffer \(file) --size WxH --mode M`"
        : "\(words) but a file; did you mean `imgtool open \(file)`?")
  }

  private static func readOption(
    _ word: String, _ rest: inout ArraySlice<String>, into invocation: inout Invocation
  ) throws(ToolError) {
    // `-qv` is `-q -v`.
    let letters = word.dropFirst().map { "-\($0)" }
    let command = invocation.command
    if letters.count > 1, !word.hasPrefix("--"), letters.allSatisfy({ takes(command, $0) }) {
      for letter in letters { try readOption(letter, &rest, into: &invocation) }
      return
    }
    let sign = word.hasPrefix("--") ? word.utf8.firstIndex(of: UInt8(ascii: "=")) : nil
    let name = String(sign.map { word[..<$0] } ?? word[...])
    let typed = sign.map { String(word[word.utf8.index(after: $0)...]) } ?? rest.first
    let flag = try find(name, typed, for: invocation.command)
    let text: String
    switch (flag.value, sign) {
    case (nil, nil): text = ""
    case (nil, .some): throw ToolError("\(name) takes no value")
    case (.some, .some): text = typed ?? ""
    case (.some, nil) where flag.valueIsOptional: text = ""
    case (.some(let value), nil):
      guard let next = rest.popFirst() else {
        throw ToolError("\(name) needs a value: \(name) \(value)")
      }
      text = next
    }
    if flag.group.isLayout, invocation.command.groups.contains(.edit) {
      if let step = invocation.steps.first {
        throw ToolError(
          "\(flag.name) is a layout option and must stand before the first step, "
            + step.record.name)
      }
    }
    if !flag.repeats {
      guard flag.value == nil || !invocation.given.contains(flag.name) else {
        throw ToolError("\(flag.name) is given twice; it may stand once")
      }
      invocation.given.append(flag.name)
    }
    if flag.group.isLayout {
      invocation.typedLayout.append(TypedOption(name: flag.name, value: text))
    }
    if flag.placesPixels { invocation.opening.layout.typed.append(flag.name) }
    try flag.apply(&invocation, text)
  }

  /// - Parameter value: the word behind the name, for a hint.
  private static func find(
    _ name: String, _ value: String?, for command: Command
  ) throws(ToolError) -> Flag {
    let flags = command.flags
    if let flag = flags.first(where: { $0.answers(to: name) }) { return flag }
    let isKnown = Flag.all.contains { $0.name == name }
    guard !command.name.isEmpty else {
      throw ToolError(
        isKnown
          ? "\(name) stands behind the command: imgtool COMMAND … \(name)"
          : "unknown option \(name)"
            + (Suggestion.option(name, value, for: .frombuffer)
              ?? Suggestion.hint(name, in: flags.map(\.name)))
            + "; `imgtool help` lists the commands")
    }
    let hint = Suggestion.option(name, value, for: command)
    throw ToolError(
      (isKnown
        ? "`imgtool \(command.name)` takes no \(name)" + (hint ?? "")
        : "unknown option \(name)" + (hint ?? Suggestion.hint(name, in: flags.map(\.name))))
        + "; see `imgtool help \(command.name)`")
  }

  private static func wrongOperands(_ invocation: Invocation) -> ToolError {
    let command = invocation.command
    let usage =
      "usage: imgtool \(command.name)" + (command.usage.isEmpty ? "" : " " + command.usage)
    if invocation.operands.count > command.operands.upperBound {
      let extra = invocation.operands[command.operands.upperBound]
      return ToolError("\(Values.quoted(extra)) is one argument too many; \(usage)")
    }
    // `SOURCE...` stands for one and more.
    let missing = command.usage.split(separator: " ").prefix(command.operands.lowerBound)
      .dropFirst(invocation.operands.count).map { $0.prefix { $0 != "." } }
    return ToolError("\(command.name) needs \(missing.joined(separator: " and ")); \(usage)")
  }
}

extension Flag {
  /// Whether it says where pixels stand.
  fileprivate var placesPixels: Bool { group == .layout || LayoutOptions.choices.contains(name) }

  /// Whether a word is the option's long or short name.
  fileprivate func answers(to word: String) -> Bool {
    name == word || short.map { "-\($0)" } == word
  }
}
