/// The options of `imgtool compare` as settings of the steps `--compare` that follow.
extension StepRecord {
  static let fail = comparing(.fail)
  static let failPercent = comparing(.failPercent)
  static let failPSNR = comparing(.failPSNR)
  static let failSSIM = comparing(.failSSIM)
  static let region = comparing(.region)
  static let diff = comparing(.diff)
  static let diffStyle = comparing(.diffStyle)

  private static func comparing(_ option: ComparisonOption) -> StepRecord {
    setting(
      option.name, option.value, .check, "\(option.summary); for every later --compare",
      details: option.details, choices: option.choices, governs: "--compare"
    ) { text, settings throws(ToolError) in try option.apply(&settings.comparing, text) }
  }
}
