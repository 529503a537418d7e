/// Reads the words of a command line. No file is touched.
package enum Parser {
  /// What the words ask for.
  package static func parse(_ words: [String]) throws(ToolError) -> Invocation {
    guard let name = words.first else { return Invocation(command: .overview) }
    if name == "--version" || name == "-V" { return Invocation(command: .version) }
    if name == "--help" || name == "-h" { return Invocation(command: .help) }
    guard let command = Command.all.first(where: { $0.name == name }) else {
      let names = Command.all.map(\.name)
      throw ToolError(
        "\(Values.quoted(name)) is no command" + Suggestion.hint(name, in: names)
          + "; `imgtool help` lists them")
    }
    var invocation = Invocation(command: command)
    var rest = words.dropFirst()
    while let word = rest.popFirst() {
      if word == "--" {
        invocation.operands += rest
        break
      }
      if word == "-h" || word == "--help" {
        var help = Invocation(command: .help)
        help.operands = [command.name]
        return help
      }
      if word == "-" || !word.hasPrefix("-") {
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

  private static func readOption(
    _ word: String, _ rest: inout ArraySlice<String>, into invocation: inout Invocation
  ) throws(ToolError) {
    let sign = word.hasPrefix("--") ? word.utf8.firstIndex(of: UInt8(ascii: "=")) : nil
    let name = String(sign.map { word[..<$0] } ?? word[...])
    let flag = try find(name, for: invocation.command)
    let text: String
    switch (flag.value, sign) {
    case (nil, nil): text = ""
    case (nil, .some): throw ToolError("\(name) takes no value")
    case (.some, .some(let sign)): text = String(word[word.utf8.index(after: sign)...])
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
          "\(flag.name) is a layout option and must stand before the first step, \(step.name)")
      }
    }
    if !flag.repeats, flag.value != nil {
      guard !invocation.given.contains(flag.name) else {
        throw ToolError("\(flag.name) is given twice; it may stand once")
      }
      invocation.given.append(flag.name)
    }
    try flag.apply(&invocation, text)
  }

  private static func find(_ name: String, for command: Command) throws(ToolError) -> Flag {
    let flags = command.flags
    if let flag = flags.first(where: { $0.name == name || $0.short.map { "-\($0)" } == name }) {
      return flag
    }
    if Flag.all.contains(where: { $0.name == name }) {
      throw ToolError(
        "`imgtool \(command.name)` takes no \(name); see `imgtool help \(command.name)`")
    }
    throw ToolError(
      "unknown option \(name)" + Suggestion.hint(name, in: flags.map(\.name))
        + "; see `imgtool help \(command.name)`")
  }

  private static func wrongOperands(_ invocation: Invocation) -> ToolError {
    let command = invocation.command
    let usage = "usage: imgtool \(command.name) \(command.usage)"
    if invocation.operands.count > command.operands.upperBound {
      let extra = invocation.operands[command.operands.upperBound]
      return ToolError("\(Values.quoted(extra)) is one argument too many; \(usage)")
    }
    return ToolError(
      "\(command.name) needs \(command.usage.split(separator: " ").first ?? ""); \(usage)")
  }
}
