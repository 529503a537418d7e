import ImageFiles
import PixelViews

/// What settings have set for the steps after them, while a plan is made.
struct StepSettings: Sendable {
  var saving = SaveSettings()
  var comparing = ComparisonSettings()
  /// What conversions do with samples that they cannot hold.
  var conversion = ConversionPolicy.refuse
  /// What numbers the names of files.
  var numbering = NumberedName.Numbering.none
  /// Whether a step writes to standard output, so that reports must not.
  var writesStandardOutput = false
  /// The settings that no step has used yet.
  private var idle: [TypedStep] = []
  /// Why steps could not use settings, by the settings' names.
  private var reasons: [String: String] = [:]

  /// Notes that a setting was typed.
  ///
  /// - Throws: ``ToolError`` when it takes the place of one that no step has used.
  mutating func add(_ setting: TypedStep) throws(ToolError) {
    if let other = idle.first(where: { $0.record.name == setting.record.name }) {
      throw useless(other, "\(setting.text) follows it, with no \(governed(other)) between")
    }
    idle.append(setting)
    reasons[setting.record.name] = nil
  }

  /// Notes that a step uses a setting, or why it has no use for it.
  mutating func use(_ name: String, unless reason: String? = nil) {
    if let reason { reasons[name] = reason } else { idle.removeAll { $0.record.name == name } }
  }

  /// - Throws: ``ToolError`` for a setting that changes nothing.
  func finish() throws(ToolError) {
    guard let setting = idle.first else { return }
    if let reason = reasons[setting.record.name] {
      throw ToolError("\(setting.text) changes nothing: \(reason); leave it out")
    }
    throw useless(setting, "no \(governed(setting)) follows it")
  }

  private func governed(_ setting: TypedStep) -> String { setting.record.governs ?? "step" }

  private func useless(_ setting: TypedStep, _ reason: String) -> ToolError {
    ToolError(
      "\(setting.text) changes nothing: \(reason); put it before the \(governed(setting)) that it is "
        + "for, or leave it out")
  }
}

/// How images are saved.
struct SaveSettings: Sendable {
  var format: String?
  var rawmode: String?
  /// Bytes from one row to the next.
  var stride: Int?
  var level: Int?
  var quality: Int?
  var subsampling: FileFormat.ChromaSubsampling?
  var bits: Int?
  /// Whether profile, density, text and the like are left out.
  var stripsMetadata = false
}
