import PixelViews

/// What is done to the numbers of a mosaic, in one rounding for all of it.
extension StepRecord {
  static let black = levels(
    "--black", "N|R,G1,G2,B", "subtract the black level from a mosaic, of all colors or of each"
  ) { text, levels throws(ToolError) in
    guard levels.black == nil else { throw twice("--black") }
    let numbers = try numbers(text, "--black", [1, 4], "N or R,G1,G2,B")
    levels.black = numbers.count == 4 ? numbers : [Double](repeating: numbers[0], count: 4)
  }

  static let white = levels(
    "--white", "N", "spread the numbers of a mosaic, from black to N, over all of its samples"
  ) { text, levels throws(ToolError) in
    guard levels.white == nil else { throw twice("--white") }
    levels.white = try Values.number(text, "--white")
  }

  static let whiteBalance = StepRecord(
    "--wb", "auto|R,G,B", .derived,
    "multiply the colors of a mosaic; auto: so that their means are equal"
  ) { text throws(ToolError) in
    if text == "auto" { return WhiteBalance(gains: nil) }
    return WhiteBalance(gains: try numbers(text, "--wb", [3], "auto or R,G,B"))
  }

  private static func levels(
    _ name: String, _ value: String, _ summary: String,
    set: @escaping @Sendable (String, inout MosaicLevels) throws(ToolError) -> Void
  ) -> StepRecord {
    StepRecord(name, value, .derived, summary) { text throws(ToolError) in
      // What is wrong in it is told before the image is opened.
      var levels = MosaicLevels()
      try set(text, &levels)
      return LevelStep { levels throws(ToolError) in try set(text, &levels) }
    }
  }

  private static func twice(_ name: String) -> ToolError {
    ToolError(
      "another \(name) stands before it, and both are of the numbers as stored; leave one out")
  }

  private static func numbers(
    _ text: String, _ name: String, _ counts: [Int], _ shape: String
  ) throws(ToolError) -> [Double] {
    var numbers: [Double] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      numbers.append(try Values.number(String(part), name))
    }
    guard counts.contains(numbers.count), numbers.allSatisfy(\.isFinite) else {
      throw ToolError("\(name) is \(Values.quoted(text)); \(shape) is expected")
    }
    return numbers
  }
}

private struct LevelStep: Step {
  let set: @Sendable (inout MosaicLevels) throws(ToolError) -> Void

  func preview(_ preview: inout Preview) throws(ToolError) {
    preview.image = try leveled(preview.image, preview.context)
    preview.isDerived = true
  }

  func perform(_ session: inout Session) throws(ToolError) {
    session.image = try leveled(session.image, session.context)
  }

  private func leveled(_ image: Image, _ context: StepContext) throws(ToolError) -> Image {
    var levels = image.mosaicLevels
    guard levels.gains == nil else {
      throw context.refusal("put it before --wb, which is of the numbers that it makes")
    }
    do throws(ToolError) { try set(&levels) } catch { throw error.about(context.label) }
    return try context.viewing { () throws(ViewError) in try image.leveled(levels) }
  }
}

private struct WhiteBalance: Step {
  /// `nil`: as the picture has it.
  let gains: [Double]?

  func preview(_ preview: inout Preview) throws(ToolError) {
    preview.image = try balanced(preview.image, gains ?? [1, 1, 1], preview.context)
    preview.isDerived = true
  }

  func perform(_ session: inout Session) throws(ToolError) {
    let (image, threads) = (session.image, session.threads)
    let used = try session.context.viewing { () throws(ViewError) in
      if let gains { return gains }
      return try image.grayWorldGains(threads: threads)
    }
    session.image = try balanced(image, used, session.context)
    guard gains == nil else { return }
    session.report.add("gains", .array(used.map(JSON.number)))
    let numbers = used.map(\.plainText).joined(separator: ",")
    session.note("\(session.source.name): --wb auto is --wb \(numbers) here")
  }

  private func balanced(
    _ image: Image, _ gains: [Double], _ context: StepContext
  ) throws(ToolError) -> Image {
    var levels = image.mosaicLevels
    guard levels.gains == nil else {
      throw context.refusal("another --wb stands before it; leave one out")
    }
    levels.gains = gains
    return try context.viewing { () throws(ViewError) in try image.leveled(levels) }
  }
}
