import ImageFiles
import PixelMemory

extension Command {
  /// What `imgtool` alone prints.
  static let overview = Command("", "", "", operands: 0...0, groups: []) {
    invocation, console throws(ToolError) in
    try console.answer(invocation.report.json ? HelpFacts.commands(all) : overviewText)
    return .done
  }

  static let version = Command(
    "version", "", "print the version, and those of the libraries", operands: 0...0, groups: []
  ) { invocation, console throws(ToolError) in
    let (libpng, deflate) = (PNGEncoder.libraryVersion, PNGEncoder.deflateLibrary)
    let others = OptionalLibrary.all.compactMap { library in
      library.version.map { (purpose: library.purpose, words: "\(library.name) \($0)") }
    }
    if invocation.report.json {
      let versions = [("tool", Library.version), ("libpng", libpng), ("deflate", deflate)]
      let texts = versions + others.map { ($0.purpose.lowercased(), $0.words) }
      let members = texts.map { JSON.Member(key: $0, value: .string($1)) }
      try console.answer(
        JSON.object(
          [JSON.Member(key: "version", value: 1)] + members + [JSON.Member(key: "exit", value: 0)]
        ).text)
    } else {
      let libraries = others.map { ", \($0.purpose) by \($0.words)" }.joined()
      try console.answer(
        "imgtool \(Library.version) (libpng \(libpng), deflate by \(deflate)\(libraries))")
    }
    return .done
  }

  static let help = Command(
    "help", "[COMMAND]", "explain how to use a command", operands: 0...1, groups: [],
    examples: [
      Example("imgtool help frombuffer", "everything about one command"),
      Example("imgtool help stride", "one option"),
    ]
  ) { invocation, console throws(ToolError) in
    let isJSON = invocation.report.json
    guard let name = invocation.operands.first else {
      return try overview.run(invocation, &console)
    }
    if let command = all.first(where: { $0.name == name }) {
      try console.answer(isJSON ? HelpFacts.commands([command]) : helpText(command))
      return .done
    }
    let flags = Flag.sections.flatMap { section in
      section.flags.filter { $0.name == name || $0.name == "--" + name }
        .map { (flag: $0, title: section.title) }
    }
    guard !flags.isEmpty else {
      let isOption = name.hasPrefix("-")
      let names = (isOption ? [] : all.map(\.name)) + Flag.all.map { String($0.name.dropFirst(2)) }
      let typed = isOption ? String(name.drop { $0 == "-" }) : name
      throw ToolError(
        "there is no help on \(Values.quoted(name))"
          + (Suggestion.topic(name) ?? Suggestion.hint(typed, in: names))
          + "; `imgtool help` lists the commands")
    }
    if isJSON {
      try console.answer(HelpFacts.options(flags))
    } else {
      for (flag, _) in flags { try console.answer(line(flag, width: 0)) }
    }
    return .done
  }

  /// As much as a terminal of 80x24 shows.
  static var overviewText: String {
    let main = all.filter(\.hasOptions)
    let width = (main.map(\.name.count).max() ?? 0) + 2
    let commands = main.map { "  " + padded($0.name, width) + $0.summary }.joined(separator: "\n")
    let others = all.filter { !$0.hasOptions }.map(\.name).joined(separator: " ")
    return """
      imgtool maps raw pixel files as images: looks, edits, saves and verifies
      without copying.

        imgtool frombuffer raw.bin --size 640x480 --mode RGB --save out.png
        imgtool open photo.bmp --convert L --save gray.pgm
        imgtool guess raw.bin

      Commands:
      \(commands)
        \(others)

      Run `imgtool help COMMAND` for details.
      """
  }

  static func helpText(_ command: Command) -> String {
    var lines = ["imgtool \(command.name) \(command.usage)", "", command.summary]
    let flags = command.flags
    let width = (flags.map { heading($0).count }.max() ?? 0) + 2
    for section in command.sections {
      lines += ["", "\(section.title):"] + section.flags.map { line($0, width: width) }
    }
    for table in command.tables {
      let width = (table.rows.map(\.term.count).max() ?? 0) + 2
      lines += ["", "\(table.title):"]
      lines += table.rows.map { "  " + padded($0.term, width) + $0.text }
    }
    if !command.examples.isEmpty {
      lines += ["", "Examples:"]
      lines += command.examples.flatMap { ["  " + $0.line, "      " + $0.meaning] }
    }
    return lines.joined(separator: "\n")
  }

  private static func heading(_ flag: Flag) -> String {
    (flag.short.map { "-\($0), " } ?? "") + flag.usage
  }

  private static func line(_ flag: Flag, width: Int) -> String {
    "  " + padded(heading(flag), max(width, heading(flag).count + 2)) + flag.summary
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

/// The tables of commands and options as JSON.
private enum HelpFacts {
  static func commands(_ commands: [Command]) -> String {
    JSON.record([
      "version": 1, "commands": .array(commands.map { facts($0) }), "exit": 0,
    ]).text
  }

  static func options(_ flags: [(flag: Flag, title: String)]) -> String {
    JSON.record([
      "version": 1, "options": .array(flags.map { facts($0.flag, $0.title) }), "exit": 0,
    ]).text
  }

  private static func facts(_ command: Command) -> JSON {
    .record([
      "name": .string(command.name), "usage": .string(command.usage),
      "summary": .string(command.summary),
      "options": .array(command.flags.map { facts($0, command.title(of: $0.group)) }),
      "examples": .array(
        command.examples.map {
          .record(["line": .string($0.line), "meaning": .string($0.meaning)])
        }),
    ])
  }

  private static func facts(_ flag: Flag, _ title: String) -> JSON {
    .record([
      "name": .string(flag.name), "short": flag.short.map { .string("-\($0)") } ?? .null,
      "value": flag.value.map(JSON.string) ?? .null, "group": .string(title),
      "summary": .string(flag.summary),
    ])
  }
}
