import ImageFiles
import PixelMemory

extension Command {
  /// What `imgtool` alone prints.
  static let overview = Command("", "", "", operands: 0...0, groups: []) {
    invocation, console throws(ToolError) in
    if invocation.report.json {
      try console.answer(HelpFacts.commands(all))
    } else {
      var page = HelpText(style: .output(invocation.report.color))
      HelpPage.overview(into: &page)
      try console.answer(verbatim: page.text)
    }
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
    "help", "[COMMAND|OPTION|WORD...]", "explain a command, an option, a name or an error",
    operands: 0...Int.max, groups: [],
    examples: [
      Example("imgtool help frombuffer", "explain one command"),
      Example("imgtool help stride", "explain one option"),
      Example("imgtool help nv12", "explain a rawmode, a mode or a format"),
      Example("imgtool help cannot hold mode", "explain an error, and say what to do"),
    ]
  ) { invocation, console throws(ToolError) in
    let isJSON = invocation.report.json
    guard !invocation.operands.isEmpty else { return try overview.run(invocation, &console) }
    let name = invocation.operands.joined(separator: " ")
    var page = HelpText(style: .output(invocation.report.color))
    if let command = all.first(where: { $0.name == name }) {
      if isJSON {
        try console.answer(HelpFacts.commands([command]))
        return .done
      }
      if invocation.report.isShort {
        HelpPage.short(command, into: &page)
      } else {
        HelpPage.long(command, into: &page)
        for topic in HelpTopic.all where topic.name == name { topic.write(into: &page) }
      }
      try console.answer(verbatim: page.text)
      return .done
    }
    var found = HelpSearch.named(name)
    // What the word means in other tools is more than where it happens to stand.
    let meant = found.isEmpty ? Suggestion.topic(name) : nil
    if found.isEmpty, meant == nil { found = HelpSearch.saying(name) }
    guard !found.isEmpty else {
      let isOption = name.hasPrefix("-")
      let names = (isOption ? [] : all.map(\.name)) + Flag.all.map { String($0.name.dropFirst(2)) }
      let typed = isOption ? String(name.drop { $0 == "-" }) : name
      throw ToolError(
        "there is no help on \(Values.quoted(name))" + (meant ?? Suggestion.hint(typed, in: names))
          + "; `imgtool help` lists the commands")
    }
    if isJSON {
      try console.answer(HelpFacts.entries(found))
    } else {
      HelpPage.entries(found, into: &page)
      try console.answer(verbatim: page.text)
    }
    return .done
  }
}

/// The tables of commands and options as JSON.
private enum HelpFacts {
  static func commands(_ commands: [Command]) -> String {
    JSON.record([
      "version": 1, "commands": .array(commands.map { facts($0) }), "exit": 0,
    ]).text
  }

  /// Options alone are an array of options; what else there is stands beside it.
  static func entries(_ entries: [HelpSearch.Entry]) -> String {
    var (options, topics): ([JSON], [JSON]) = ([], [])
    for entry in entries {
      switch entry {
      case .option(let flag, let title): options.append(facts(flag, title))
      case .topic(let topic):
        topics.append(fact(topic.isError ? "error" : "topic", topic.name, topic.words))
      case .row(let kind, let name, let text): topics.append(fact(kind, name, text))
      }
    }
    return JSON.record([
      "version": 1, "options": .array(options), "topics": .array(topics), "exit": 0,
    ]).text
  }

  private static func fact(_ kind: String, _ name: String, _ text: String) -> JSON {
    .record(["kind": .string(kind), "name": .string(name), "text": .string(text)])
  }

  private static func facts(_ command: Command) -> JSON {
    .record([
      "name": .string(command.name), "usage": .string(command.usage),
      "summary": .string(command.summary), "purpose": .string(command.purpose.rawValue),
      "options": .array(command.flags.map { facts($0, command.title(of: $0.group)) }),
      "tables": .array(command.tables.map(facts)),
      "examples": .array(
        command.examples.map {
          .record(["line": .string($0.line), "meaning": .string($0.meaning)])
        }),
    ])
  }

  private static func facts(_ table: HelpTable) -> JSON {
    let rows = table.rows.map { row in
      JSON.record(["term": .string(row.term), "text": .string(row.text)])
    }
    return .record(["title": .string(table.title), "rows": .array(rows)])
  }

  private static func facts(_ flag: Flag, _ title: String) -> JSON {
    .record([
      "name": .string(flag.name), "short": flag.short.map { .string("-\($0)") } ?? .null,
      "value": flag.value.map(JSON.string) ?? .null, "group": .string(title),
      "summary": .string(flag.summary), "details": .string(flag.details.text),
      "example": flag.details.example.isEmpty ? .null : .string(flag.details.example),
    ])
  }
}
