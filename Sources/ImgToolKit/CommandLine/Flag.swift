/// One option of the command line. The same record feeds the parser, the help, the man page, the
/// completions and `imgtool steps`.
package struct Flag: Sendable {
  /// With its dashes.
  let name: String
  let short: Character?
  /// What the value looks like; `nil` for options without one, `[=N]` for one that may be left out.
  let value: String?
  let group: Group
  /// One line.
  let summary: String
  /// The names that the value may have, for completions.
  let choices: Choices
  /// Whether it may stand more than once; steps always may.
  let repeats: Bool
  /// Puts the option into an invocation.
  let apply: @Sendable (inout Invocation, String) throws(ToolError) -> Void

  /// Where an option belongs in the help, and which commands take it.
  enum Group: String, CaseIterable, Sendable {
    case layout, mapping, edit, view, derived, copy, outside, save, check, report, durability
    case concurrent, verify, output, general
    /// Options of one command alone.
    case compare, show, watch, header, hexdump, guess, hash, info

    /// Steps run from left to right and may be repeated.
    var isStep: Bool {
      switch self {
      case .edit, .view, .derived, .copy, .outside, .save, .check, .report, .durability: true
      default: false
      }
    }

    /// Layout options stand before the first step, each at most once.
    var isLayout: Bool { self == .layout || self == .mapping }

    var title: String {
      switch self {
      case .layout: "Layout of a raw file"
      case .mapping: "Mapping"
      case .edit: "Edits, in place"
      case .view: "Views, no copy"
      case .derived: "Derived, no copy"
      case .copy: "Copying"
      case .outside: "From outside"
      case .save: "Save"
      case .check: "Checks"
      case .report: "Reports"
      case .durability: "Durability"
      case .concurrent: "While others write"
      case .verify: "Verify"
      case .output: "Output"
      case .general: "General"
      default: "Options of \(rawValue)"
      }
    }
  }

  /// Whether the value may be left out; it then stands behind `=` only.
  var valueIsOptional: Bool { value?.hasPrefix("[") == true }

  /// The option with what its value looks like.
  var usage: String { name + (value.map { (valueIsOptional ? "" : " ") + $0 } ?? "") }

  /// What a shell may offer for a value.
  enum Choices: Sendable {
    case none
    case file
    case modes
    case rawmodes
    case formats
    case names([String])
  }

  init(
    _ name: String, short: Character? = nil, _ value: String? = nil, _ group: Group,
    _ summary: String, choices: Choices = .none, repeats: Bool = false,
    apply: @escaping @Sendable (inout Invocation, String) throws(ToolError) -> Void
  ) {
    self.name = name
    self.short = short
    self.value = value
    self.group = group
    self.summary = summary
    self.choices = choices
    self.repeats = repeats || group.isStep
    self.apply = apply
  }

  /// A step: `make` turns the value into what is to be done.
  static func step(
    _ name: String, _ value: String? = nil, _ group: Group, _ summary: String,
    choices: Choices = .none,
    make: @escaping @Sendable (String) throws(ToolError) -> Step.Action
  ) -> Flag {
    Flag(name, value, group, summary, choices: choices) { invocation, text throws(ToolError) in
      invocation.steps.append(
        Step(action: try make(text), name: name, argument: value == nil ? nil : text))
    }
  }
}
