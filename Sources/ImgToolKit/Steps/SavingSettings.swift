/// How the steps `--save` that follow are done.
extension StepRecord {
  static let format = setting(
    "--format", "F", .save, "the format of the following saves", choices: .formats,
    governs: "--save"
  ) { text, settings in settings.saving.format = text }

  static let rawmode = setting(
    "--as", "RAWMODE", .save, "how the following raw saves store samples", choices: .rawmodes,
    governs: "--save"
  ) { text, settings in settings.saving.rawmode = text }

  static let level = setting(
    "--level", "0..9", .save, "deflate effort of the following saves: 0 stored, 9 smallest",
    governs: "--save"
  ) { text, settings throws(ToolError) in
    let level = try Values.integer(text, "--level")
    guard 0...9 ~= level else { throw ToolError("--level is \(level); 0 to 9 is expected") }
    settings.saving.level = level
  }

  static let bits = setting(
    "--bits", "1|2|4|8|16", .save, "bits a sample of the following PNG saves", governs: "--save"
  ) { text, settings throws(ToolError) in
    let bits = try Values.integer(text, "--bits")
    guard [1, 2, 4, 8, 16].contains(bits) else {
      throw ToolError("--bits is \(bits); 1, 2, 4, 8 or 16 is expected")
    }
    settings.saving.bits = bits
  }

  static let strip = setting(
    "--strip", nil, .save, "leave out of the following saves what is not pixels", governs: "--save"
  ) { _, settings in settings.saving.stripsMetadata = true }
}
