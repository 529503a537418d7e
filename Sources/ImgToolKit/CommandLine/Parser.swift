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
    guard let command else { throw unknownCommand(name, before: rest.first) }
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

  static func takes(_ command: Command, _ option: String) -> Bool {
    command.flags.contains { $0.answers(to: option) }
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
        // A shell takes the rest of a line for a comment from `#` on.
        let isColor = value.hasPrefix("V")
        throw ToolError(
          "\(name) needs a value: \(name) \(value)"
            + (isColor ? "; a color that begins with # needs quotes, as in '#ff0000'" : ""))
      }
      guard !next.hasPrefix("--") || !takes(command, next) else {
        throw ToolError(
          "\(name) needs a value, and the option \(next) follows it: \(name) \(value)")
      }
      text = next
    }
    if flag.group.isLayout, invocation.command.groups.contains(.edit) {
      if let step = invocation.steps.first {
        throw ToolError(
          "\(flag.name) is a layout option and goes before the first step, "
            + step.record.name)
      }
    }
    if !flag.repeats {
      guard flag.value == nil || !invocation.given.contains(flag.name) else {
        throw ToolError("\(flag.name) is given twice; give it once")
      }
      invocation.given.append(flag.name)
    }
    if flag.group.isLayout {
      invocation.typedLayout.append(TypedOption(name: flag.name, value: text))
    }
    if flag.placesPixels { invocation.opening.layout.typed.append(flag.name) }
    try flag.apply(&invocation, text)
  }

  /// - Parameter value: the word after the name, for a hint.
  private static func find(
    _ name: String, _ value: String?, for command: Command
  ) throws(ToolError) -> Flag {
    let flags = command.flags
    if let flag = flags.first(where: { $0.answers(to: name) }) { return flag }
    let names = flags.map(\.name) + options.keys.filter { $0.hasPrefix("--") }.sorted()
    let isKnown = Flag.all.contains { $0.name == name }
    guard !command.name.isEmpty else {
      throw ToolError(
        isKnown
          ? "\(name) comes after the command: imgtool COMMAND … \(name)"
          : "unknown option \(name)"
            + (Suggestion.option(name, value, for: .frombuffer)
              ?? Suggestion.hint(name, in: names))
            + "; `imgtool help` lists the commands")
    }
    let hint = oneWord(name, for: command) ?? Suggestion.option(name, value, for: command)
    throw ToolError(
      (isKnown
        ? "`imgtool \(command.name)` takes no \(name)" + (hint ?? "")
        : "unknown option \(name)" + (hint ?? Suggestion.hint(name, in: names)))
        + "; see `imgtool help \(command.name)`")
  }
}

extension Flag {
  /// Whether it says where pixels stand.
  fileprivate var placesPixels: Bool { group == .layout || LayoutOptions.choices.contains(name) }

  /// Whether a word is the option's long or short name.
  func answers(to word: String) -> Bool {
    name == word || short.map { "-\($0)" } == word
  }
}
