/// The facts of a kind of step. Parser, help, man page, completions, `imgtool steps`, watch and
/// consistent saves all follow from them.
struct StepRecord: Sendable {
  /// With its dashes.
  let name: String
  /// What the value looks like; `nil` for steps without one.
  let value: String?
  let group: Flag.Group
  /// One line.
  let summary: String
  /// What the long help says besides.
  let details: OptionDetails
  let choices: Flag.Choices
  let traits: Traits
  /// The step that a setting is for; `nil` for steps that do something themselves.
  let governs: String?
  /// Reads the value, in the light of the settings before it.
  let make: @Sendable (String, inout StepSettings) throws(ToolError) -> any Step

  /// What others have to know of a step.
  struct Traits: OptionSet, Sendable {
    let rawValue: Int

    /// Changes pixels, which are those of the file under `--access rw`.
    static let edits = Traits(rawValue: 1 << 0)
    /// Changes the file itself, whatever the access.
    static let changesFile = Traits(rawValue: 1 << 1)
    /// Makes another view of the same pixels.
    static let views = Traits(rawValue: 1 << 2)
    /// Reads all pixels of the image.
    static let readsPixels = Traits(rawValue: 1 << 3)
    /// Prints something about the image.
    static let reports = Traits(rawValue: 1 << 4)
    /// Draws in the terminal.
    static let draws = Traits(rawValue: 1 << 5)
    /// Lets another program write where notes go.
    static let sharesStandardError = Traits(rawValue: 1 << 6)
    /// Uses files, programs or a terminal besides the image.
    static let reachesOut = Traits(rawValue: 1 << 7)
    /// What it does may be seen by others, who count on the order of frames.
    static let keepsOrder = Traits(rawValue: 1 << 8)
  }

  /// - Parameter make: as ``make``.
  init(
    making name: String, _ value: String?, _ group: Flag.Group, _ summary: String,
    details: OptionDetails, choices: Flag.Choices = .none, traits: Traits = [],
    governs: String? = nil,
    make: @escaping @Sendable (String, inout StepSettings) throws(ToolError) -> any Step
  ) {
    self.name = name
    self.value = value
    self.group = group
    self.summary = summary
    self.details = details
    self.choices = choices
    self.traits = traits.union(group.traits)
    self.governs = governs
    self.make = make
  }

  /// A step that no setting is for.
  init(
    _ name: String, _ value: String?, _ group: Flag.Group, _ summary: String,
    details: OptionDetails, choices: Flag.Choices = .none, traits: Traits = [],
    make: @escaping @Sendable (String) throws(ToolError) -> any Step
  ) {
    self.init(
      making: name, value, group, summary, details: details, choices: choices, traits: traits
    ) {
      text, _ throws(ToolError) in try make(text)
    }
  }

  /// A step without a value.
  init(
    _ name: String, _ group: Flag.Group, _ summary: String, details: OptionDetails,
    traits: Traits = [],
    act: @escaping @Sendable (inout Session) throws(ToolError) -> Void
  ) {
    self.init(name, nil, group, summary, details: details, traits: traits) { _ in ActStep(act: act)
    }
  }

  /// A step that says how the steps `governs` after it are done, and does nothing itself.
  static func setting(
    _ name: String, _ value: String?, _ group: Flag.Group, _ summary: String,
    details: OptionDetails, choices: Flag.Choices = .none, governs: String,
    set: @escaping @Sendable (String, inout StepSettings) throws(ToolError) -> Void
  ) -> StepRecord {
    StepRecord(
      making: name, value, group, summary, details: details, choices: choices, governs: governs
    ) {
      text, settings throws(ToolError) in
      try set(text, &settings)
      // What is left of it in a plan is its place in the report.
      return ActStep { _ in }
    }
  }
}

/// A step as it was typed.
struct TypedStep: Sendable {
  let record: StepRecord
  /// The value; `nil` for steps without one.
  let argument: String?

  init(_ record: StepRecord, _ text: String) {
    self.record = record
    argument = record.value == nil ? nil : text
  }

  /// The option and its value.
  var text: String { argument.map { "\(record.name) \($0)" } ?? record.name }
}
