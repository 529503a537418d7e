extension Flag {
  /// The options of `compare` and `hash`.
  static let comparing: [Flag] =
    ComparisonOption.all.map { option in
      Flag(option.name, option.value, .compare, option.summary, choices: option.choices) {
        invocation, text throws(ToolError) in
        invocation.comparing.apply(try option.read(text))
      }
    } + [
      extra(
        "--check", "FILE", .hash, "read lines that hash has printed and verify them",
        choices: .file)
    ]

  /// The same for the steps `--compare` that follow.
  static let comparingSteps: [Flag] = ComparisonOption.all.map { option in
    .step(
      option.name, option.value, .check, "for the comparisons that follow: \(option.summary)",
      choices: option.choices
    ) { text throws(ToolError) in .setComparison(try option.read(text)) }
  }
}

/// An option that says how images are compared: for the command once, for steps until changed.
private struct ComparisonOption: Sendable {
  let name: String
  let value: String
  let summary: String
  var choices = Flag.Choices.none
  let read: @Sendable (String) throws(ToolError) -> ComparisonSettings.Change

  static let all: [ComparisonOption] = [
    ComparisonOption(
      name: "--fail", value: "V", summary: "accept differences of up to V per sample (default 0)"
    ) { text throws(ToolError) in
      let error = try Values.number(text, "--fail")
      guard error >= 0 else {
        throw ToolError("--fail is \(text); an error of 0 or more is expected")
      }
      return .error(error)
    },
    ComparisonOption(
      name: "--fail-percent", value: "P",
      summary: "the share of pixels that may have larger errors (default 0)"
    ) { text throws(ToolError) in
      let percent = try Values.number(text, "--fail-percent")
      guard 0...100 ~= percent else {
        throw ToolError("--fail-percent is \(text); 0 to 100 is expected")
      }
      return .percent(percent)
    },
    ComparisonOption(
      name: "--region", value: "WxH+X+Y", summary: "compare this rectangle of both images"
    ) { text throws(ToolError) in .region(try Values.rectangle(text, "--region")) },
    ComparisonOption(
      name: "--diff", value: "OUT",
      summary: "where images differ, save a gray picture of the errors", choices: .file
    ) { text throws(ToolError) in
      guard text != "-" else {
        throw ToolError("--diff is -; a file name is expected, whose suffix says the format")
      }
      return .picture(text)
    },
  ]
}
