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
  /// What the long help says besides.
  let details: OptionDetails
  /// The names that the value may have, for completions.
  let choices: Choices
  /// Whether it may stand more than once; steps always may.
  let repeats: Bool
  /// The steps that the option is for; without one of them it changes nothing. Empty for the others.
  let serves: [String]
  /// Puts the option into an invocation.
  let apply: @Sendable (inout Invocation, String) throws(ToolError) -> Void

  /// Where an option belongs in the help, and which commands take it.
  enum Group: String, CaseIterable, Sendable {
    case layout, mapping, sequence
    case edit, view, derived, copy, outside, save, check, report, durability
    case concurrent, output, losses, show
    /// Options of one command alone.
    case own
    case general

    /// What the steps of a group have in common; `nil` for options that are not steps.
    private var stepTraits: StepRecord.Traits? {
      switch self {
      case .edit: .edits
      case .view, .derived: .views
      case .report: .reports
      case .copy, .outside, .save, .check, .durability: []
      default: nil
      }
    }

    /// Steps run from left to right and may be repeated.
    var isStep: Bool { stepTraits != nil }

    /// What others have to know of every step of the group.
    var traits: StepRecord.Traits { stepTraits ?? [] }

    /// Layout options stand before the first step, each at most once.
    var isLayout: Bool { self == .layout || self == .mapping }

    var title: String {
      switch self {
      case .layout: "Layout of a raw file"
      case .mapping: "Mapping"
      case .sequence: "Frame by frame"
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
      case .output: "Output"
      case .losses: "Losses"
      case .show: "Pictures in the terminal"
      case .own: "Options of the command"
      case .general: "General"
      }
    }
  }

  /// Whether the value may be left out; it then follows `=` only.
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
    _ summary: String, details: OptionDetails, choices: Choices = .none, repeats: Bool = false,
    serves: [String] = [],
    apply: @escaping @Sendable (inout Invocation, String) throws(ToolError) -> Void
  ) {
    self.name = name
    self.short = short
    self.value = value
    self.group = group
    self.summary = summary
    self.details = details
    self.choices = choices
    self.repeats = repeats || group.isStep
    self.serves = serves
    self.apply = apply
  }

  /// A step, which is noted in its turn; the plan reads its value.
  init(_ step: StepRecord) {
    self.init(
      step.name, step.value, step.group, step.summary, details: step.details, choices: step.choices
    ) { invocation, text in invocation.steps.append(TypedStep(step, text))
    }
  }

  /// An option of one command, kept in that command's own options.
  static func own<Options: CommandOptions>(
    _ name: String, _ value: String?, _ summary: String, details: OptionDetails,
    choices: Choices = .none, repeats: Bool = false,
    apply: @escaping @Sendable (inout Options, String) throws(ToolError) -> Void
  ) -> Flag {
    Flag(name, value, .own, summary, details: details, choices: choices, repeats: repeats) {
      invocation, text throws(ToolError) in
      try invocation.changeOwn { (options: inout Options) throws(ToolError) in
        try apply(&options, text)
      }
    }
  }
}
