/// A command of the tool: what it takes, what it says about itself, what it does.
package struct Command: Sendable {
  let name: String
  /// What follows the name, for the usage line.
  let usage: String
  /// One line.
  let summary: String
  /// What people come to it for.
  let purpose: Purpose
  /// How many paths it takes.
  let operands: ClosedRange<Int>
  /// The groups of shared options that it takes besides the general ones.
  let groups: [Flag.Group]
  /// The options that it takes alone.
  let own: [Flag]
  /// What else the help lists.
  let tables: [HelpTable]
  /// Command lines to start from; each runs in the tests.
  let examples: [Example]
  /// Does it. The console is told whether standard output carries an image, before anything is answered.
  let run: @Sendable (Invocation, inout Console) throws(ToolError) -> ExitStatus

  /// What people come to a command for, by which the help groups them.
  enum Purpose: String, CaseIterable, Sendable {
    case looking = "Look"
    case converting = "Convert and edit"
    case comparing = "Compare and prove"
    case listing = "List and learn"
  }

  init(
    _ name: String, _ usage: String, _ summary: String, for purpose: Purpose = .listing,
    operands: ClosedRange<Int>,
    groups: [Flag.Group], own: [Flag] = [], tables: [HelpTable] = [], examples: [Example] = [],
    run: @escaping @Sendable (Invocation, inout Console) throws(ToolError) -> ExitStatus
  ) {
    self.name = name
    self.usage = usage
    self.summary = summary
    self.purpose = purpose
    self.operands = operands
    self.groups = groups
    self.own = own
    self.tables = tables
    self.examples = examples
    self.run = run
  }

  /// The options that the command takes.
  var flags: [Flag] {
    Flag.shared.filter { groups.contains($0.group) || $0.group == .general } + own
  }

  /// Whether it takes options besides the general ones.
  var hasOptions: Bool { !groups.isEmpty || !own.isEmpty }

  /// The options in the order of the help, each group with its title.
  var sections: [(title: String, flags: [Flag])] {
    Flag.Group.allCases.compactMap { group in
      let members = flags.filter { $0.group == group }
      return members.isEmpty ? nil : (title(of: group), members)
    }
  }

  /// What a group is called for this command.
  func title(of group: Flag.Group) -> String {
    group == .own ? "Options of \(name)" : group.title
  }

  /// The groups of all steps.
  static let stepGroups = Flag.Group.allCases.filter(\.isStep)
}

/// What a command takes besides options, such as keys, each with what it does.
struct HelpTable: Sendable {
  struct Row: Sendable {
    let term, text: String
  }

  let title: String
  let rows: [Row]
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
