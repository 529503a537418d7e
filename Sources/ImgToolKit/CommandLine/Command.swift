/// A command of the tool: what it takes, what it says about itself, what it does.
package struct Command: Sendable {
  let name: String
  /// What follows the name, for the usage line.
  let usage: String
  /// One line.
  let summary: String
  /// How many paths it takes.
  let operands: ClosedRange<Int>
  /// The groups of options that it takes besides the general ones.
  let groups: [Flag.Group]
  /// Command lines to start from; each runs in the tests.
  let examples: [Example]
  let run: @Sendable (Invocation, Console) throws(ToolError) -> ExitStatus

  init(
    _ name: String, _ usage: String, _ summary: String, operands: ClosedRange<Int>,
    groups: [Flag.Group], examples: [Example] = [],
    run: @escaping @Sendable (Invocation, Console) throws(ToolError) -> ExitStatus
  ) {
    self.name = name
    self.usage = usage
    self.summary = summary
    self.operands = operands
    self.groups = groups
    self.examples = examples
    self.run = run
  }

  /// The options that the command takes.
  var flags: [Flag] {
    Flag.all.filter { groups.contains($0.group) || $0.group == .general }
  }

  /// The groups of all steps.
  static let stepGroups = Flag.Group.allCases.filter(\.isStep)
}

/// A command line that shows what a command is good for.
struct Example: Sendable {
  let line: String
  /// What it does, in a few words; `(exit 1)` in them is part of the promise.
  let meaning: String

  init(_ line: String, _ meaning: String) {
    self.line = line
    self.meaning = meaning
  }
}
