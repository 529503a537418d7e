import Testing

@testable import ImgToolKit

/// The tables of options, steps and commands, each record against what the others rely on.
@Suite struct FlagTableTests {
  @Test(arguments: Command.all.map(\.name)) func noCommandHasAnOptionTwice(_ name: String) throws {
    let command = try command(name)
    let flags = command.flags
    let names = flags.map(\.name) + flags.compactMap(\.short).map { "-\($0)" }
    #expect(Set(names).count == names.count, "\(command.name): \(names)")
  }

  @Test func commandsAndStepsHaveNamesOfTheirOwn() {
    #expect(Set(Command.all.map(\.name)).count == Command.all.count)
    #expect(Set(StepRecord.all.map(\.name)).count == StepRecord.all.count)
    #expect(StepRecord.all.count >= 33)
  }

  @Test(arguments: Flag.all.map(\.name)) func everyOptionIsDocumented(_ name: String) throws {
    let flags = Flag.all.filter { $0.name == name }
    for flag in flags {
      #expect(flag.name.hasPrefix("--") && flag.name == flag.name.lowercased())
      #expect(!flag.summary.isEmpty && !flag.summary.hasSuffix("."))
      #expect(!flag.summary.contains("\n"))
      #expect(flag.value != "")
    }
    let sections = Flag.sections.flatMap(\.flags).filter { $0.name == name }
    #expect(sections.count == flags.count, "each stands in the help once")
  }

  @Test(arguments: Flag.shared.map(\.name)) func everySharedOptionBelongsToACommand(_ name: String)
  {
    let takers = Command.all.filter { $0.flags.contains { $0.name == name } }
    #expect(!takers.isEmpty)
  }

  @Test func theGroupsOfStepsAreThoseOfTheRecords() {
    let groups = Set(StepRecord.all.map(\.group))
    #expect(groups == Set(Command.stepGroups))
    for step in StepRecord.all {
      #expect(step.traits.contains(.edits) == (step.group == .edit), "\(step.name)")
      #expect(
        step.traits.contains(.views) == (step.group == .view || step.group == .derived),
        "\(step.name)")
      #expect(step.traits.contains(.reports) == (step.group == .report), "\(step.name)")
    }
  }

  @Test func settingsAndOptionsAreForStepsThatThereAre() {
    let names = StepRecord.all.map(\.name)
    let served = StepRecord.all.compactMap(\.governs) + Flag.shared.flatMap(\.serves)
    #expect(served.count >= 13)
    for name in served { #expect(names.contains(name)) }
  }

  /// A value of each kind that is right, and one that is not, where there is one.
  static let values: [String: (right: [String], wrong: String?)] = [
    "X,Y=V": (["3,4=5"], "3,4"), "V|WxH+X+Y=V": (["7", "2x2+0+0=7"], "2x2=7"),
    "h|v": (["h", "v"], "x"), "A,B": (["R,B"], "R"), "N": (["3"], "x"),
    "FILE@X,Y": (["a.png@1,2"], "a.png"), "WxH+X+Y": (["4x3+2+1"], "4x3"), "B": (["R"], nil),
    "h|v|90|180|270": (["h", "v", "90", "180", "270"], "45"), "NxM": (["2x3"], "0x1"),
    "MODE": (["RGB", "l"], "XYZ"),
    "LO,HI|auto[,P%]": (["0,255", "-1,0.5", "auto", "auto,0.5%"], "auto,50%"),
    "OFFSET=HEX": (["0x10=ff00"], "1=f"), "COMMAND": (["true"], nil), "PATH": (["a.png"], ""),
    "F": (["png"], nil), "RAWMODE": (["BGR"], nil), "0..9": (["0", "9"], "10"),
    "1..100": (["1", "100"], "0"), "444|422|420": (["444", "422", "420"], "411"),
    "1|2|4|8|16": (["1", "2", "4", "8", "16"], "3"), "V": (["0", "2.5"], "-1"),
    "DB": (["40", "-3.5"], "nan"), "S": (["0.98", "-1"], "1.5"),
    "P": (["0", "100"], "101"), "OUT": (["errors.png"], "-"),
    "viridis|turbo|gray": (["viridis", "turbo", "gray"], "jet"),
    "highlight|gray": (["highlight", "gray"], "grey"),
    "H": ([String(repeating: "0a", count: 32)], "0a"), "FILE": (["a.png"], nil),
    "X,Y": (["0,0"], "1"), "N|R,G1,G2,B": (["64", "1,2,3,4"], "1,2"),
    "auto|R,G,B": (["auto", "2,1,1.5"], "2"), "srgb|V": (["srgb", "2.2"], "gamma"),
    "half|bilinear|malvar": (["half", "bilinear", "malvar"], "best"),
  ]

  @Test(arguments: StepRecord.all.map(\.name)) func everyKindOfValueIsRead(_ name: String) throws {
    let step = try #require(StepRecord.all.first { $0.name == name })
    guard let value = step.value else {
      var settings = StepSettings()
      _ = try step.make("", &settings)
      return
    }
    let known = try #require(FlagTableTests.values[value], "\(step.name) \(value)")
    for text in known.right {
      var settings = StepSettings()
      #expect(throws: Never.self) { _ = try step.make(text, &settings) }
    }
    if let wrong = known.wrong {
      var settings = StepSettings()
      let error = #expect(throws: ToolError.self) { _ = try step.make(wrong, &settings) }
      #expect(error?.status == .refused && error?.message.isEmpty == false)
    }
  }

  @Test(arguments: Command.all.map(\.name)) func everyExampleIsUnderstood(_ name: String) throws {
    let command = try command(name)
    for example in command.examples {
      let line = example.line.split(separator: ">")[0].filter { $0 != "'" }
      let words = line.split(separator: " ").map(String.init)
      try #require(words.first == "imgtool", "\(example.line)")
      let invocation = try Parser.parse(Array(words.dropFirst()))
      #expect(invocation.command.name == command.name)
      guard command.groups.contains(.save) else { continue }
      var console = Console(isQuiet: true)
      _ = try RunPlan(invocation.steps, given: invocation.given, &console)
    }
  }

  @Test func helpManualAndCompletionsNameEveryOption() {
    let manual = ManPage.text
    let scripts = CompletionShell.allCases.map(\.script)
    for command in Command.all {
      var page = HelpText(width: 80)
      HelpPage.long(command, into: &page)
      let help = page.text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
      for flag in command.flags {
        let word = "\(command.name) \(flag.name)"
        #expect(help.contains(flag.usage) && help.contains(flag.explanation), "\(word)")
        #expect(manual.contains(flag.name.replacing("-", with: #"\-"#)), "\(word)")
        for script in scripts { #expect(script.contains(flag.name.dropFirst(2)), "\(word)") }
      }
    }
  }

  private func command(_ name: String) throws -> Command {
    try #require(Command.all.first { $0.name == name })
  }
}
