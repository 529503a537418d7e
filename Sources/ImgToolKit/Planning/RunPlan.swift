import PixelViews

/// What a run will do: the steps with their values read, each with the settings that were typed for it
/// and with its target resolved. It is made once, before the source is opened.
struct RunPlan: Sendable {
  let steps: [PlannedStep]
  /// Whether an image goes to standard output.
  let writesStandardOutput: Bool

  /// - Parameters:
  ///   - numbering: what numbers the names of files that the steps use.
  ///   - given: the other options that were typed, by their names.
  ///   - console: told when standard output is taken, also when a later step is wrong.
  /// - Throws: ``ToolError`` for the first step that cannot work whatever the source is, and for a
  ///   setting or an option that no step uses.
  init(
    _ typed: [TypedStep], given: [String] = [],
    numbering: NumberedName.Numbering = .none, _ console: inout Console
  ) throws(ToolError) {
    var settings = StepSettings()
    settings.numbering = numbering
    settings.conversion = given.contains(Flag.clamp.name) ? .clamp : .refuse
    var steps: [PlannedStep] = []
    defer { if settings.writesStandardOutput { console.outputIsTaken = true } }
    for step in typed {
      if step.record.governs != nil { try settings.add(step) }
      steps.append(
        PlannedStep(
          typed: step, step: try step.record.make(step.argument ?? "", &settings)))
    }
    try settings.finish()
    for option in Flag.shared where given.contains(option.name) {
      guard !option.serves.isEmpty,
        !typed.contains(where: { option.serves.contains($0.record.name) })
      else { continue }
      let users = option.serves.joined(separator: " or ")
      throw ToolError(
        "\(option.name) changes nothing, since there is no \(users); leave it out, or put \(users)")
    }
    self.init(steps: steps, writesStandardOutput: settings.writesStandardOutput)
  }

  private init(steps: [PlannedStep], writesStandardOutput: Bool) {
    self.steps = steps
    self.writesStandardOutput = writesStandardOutput
  }

  /// Whether a step has one of some traits.
  func contains(_ traits: StepRecord.Traits) -> Bool {
    steps.contains { !$0.traits.isDisjoint(with: traits) }
  }
}

/// A step of a plan, and how it was typed.
struct PlannedStep: Sendable {
  let typed: TypedStep
  let step: any Step

  var traits: StepRecord.Traits { typed.record.traits }
  var name: String { typed.record.name }
  var text: String { typed.text }

  /// Whether the step looks at pixels. Another program that it runs cannot see private ones.
  var isReading: Bool {
    switch typed.record.group {
    case .save, .check, .report, .copy: typed.record.governs == nil
    default: false
    }
  }
}
