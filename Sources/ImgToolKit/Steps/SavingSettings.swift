import ImageFiles

/// How the steps `--save` that follow are done.
extension StepRecord {
  static let format = setting(
    "--format", "F", .save, "set the format of later saves",
    details: .init(
      """
      The default follows from the suffix of the name. Needed for --save -, where \
      there is no suffix. `imgtool formats` lists them.
      """, example: "--format png"), choices: .formats,
    governs: "--save"
  ) { text, settings in settings.saving.format = text }

  static let rawmode = setting(
    "--as", "RAWMODE", .save, "set how later raw saves store samples",
    details: .init(
      """
      For raw files (.raw, .bin) and C arrays (.h, .c). A video layout converts colors.
      """, example: "--as nv12"), choices: .rawmodes,
    governs: "--save"
  ) { text, settings in settings.saving.rawmode = text }

  static let rowStride = setting(
    "--as-stride", "N", .save,
    "set the stride of later raw saves, in bytes (of the first plane)",
    details: .init(
      """
      Rows are padded with zeros. The other planes follow in proportion.
      """, example: "--as-stride 2048"), governs: "--save"
  ) { text, settings throws(ToolError) in
    let stride = try Values.integer(text, "--as-stride")
    guard stride > 0 else { throw ToolError("--as-stride is \(stride); at least 1 is expected") }
    settings.saving.stride = stride
  }

  static let level = setting(
    "--level", "0..9", .save, "set the compression level of later saves: 0 (none) to 9 (smallest)",
    details: .init(
      """
      For PNG. Without it, the tool picks the best trade of time and size. Higher levels \
      take longer.
      """, example: "--level 9"),
    governs: "--save"
  ) { text, settings throws(ToolError) in
    let level = try Values.integer(text, "--level")
    guard 0...9 ~= level else { throw ToolError("--level is \(level); 0 to 9 is expected") }
    settings.saving.level = level
  }

  static let quality = setting(
    "--quality", "1..100", .save,
    "set the quality of later JPEG saves (default 90)",
    details: .init(
      """
      100 loses the least and makes the largest file. At 90 and above chroma is kept \
      whole (444), below 90 it is shared (420).
      """, example: "--quality 95"),
    governs: "--save"
  ) { text, settings throws(ToolError) in
    let quality = try Values.integer(text, "--quality")
    guard 1...100 ~= quality else {
      throw ToolError("--quality is \(quality); 1 to 100 is expected")
    }
    settings.saving.quality = quality
  }

  static let subsampling = setting(
    "--subsampling", "444|422|420", .save,
    "set how pixels share chroma in later JPEG saves",
    details: .init(
      """
      444 keeps the chroma of each pixel; 422 shares it between two, 420 between four.
      """, example: "--subsampling 420"),
    choices: .names(FileFormat.ChromaSubsampling.allCases.map(\.rawValue)), governs: "--save"
  ) { text, settings throws(ToolError) in
    settings.saving.subsampling = try Values.choice(text, "--subsampling")
  }

  static let bits = setting(
    "--bits", "1|2|4|8|16", .save, "set the bits per sample of later PNG saves",
    details: .init(
      """
      Fewer bits than the samples have are rounded, and a note says so.
      """, example: "--bits 8"), governs: "--save"
  ) { text, settings throws(ToolError) in
    let bits = try Values.integer(text, "--bits")
    guard [1, 2, 4, 8, 16].contains(bits) else {
      throw ToolError("--bits is \(bits); 1, 2, 4, 8 or 16 is expected")
    }
    settings.saving.bits = bits
  }

  static let strip = setting(
    "--strip", nil, .save, "drop everything but pixels from later saves",
    details: """
      The color profile, density, text and Exif data of the source are not written.
      """, governs: "--save"
  ) { _, settings in settings.saving.stripsMetadata = true }
}
