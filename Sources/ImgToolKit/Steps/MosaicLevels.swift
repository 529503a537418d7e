import ImageFiles
import PixelViews

/// What is done to the numbers of a mosaic, in one rounding for all of it.
extension StepRecord {
  static let black = levels(
    "--black", "N|R,G1,G2,B", "subtract the black level from a mosaic, of all colors or of each",
    details: .init(
      """
      One number for all pixels, or four: for red, green of red's rows, green of \
      blue's rows, and blue. Needs --bayer. Put it before --demosaic.
      """, example: "--black 64")
  ) { text, levels throws(ToolError) in
    guard levels.black == nil else { throw twice("--black") }
    let numbers = try numbers(text, "--black", [1, 4], "N or R,G1,G2,B")
    levels.black = numbers.count == 4 ? numbers : [Double](repeating: numbers[0], count: 4)
  }

  static let white = levels(
    "--white", "N", "scale a mosaic so that N becomes the largest sample",
    details: .init(
      """
      N is the number that means white in the file. Without it, samples keep their scale.
      """, example: "--white 1023")
  ) { text, levels throws(ToolError) in
    guard levels.white == nil else { throw twice("--white") }
    levels.white = try Values.number(text, "--white")
  }

  static let whiteBalance = StepRecord(
    "--wb", "auto|R,G,B", .derived,
    "multiply each color of a mosaic; auto makes their means equal",
    details: .init(
      """
      Three gains, for red, green and blue. A note prints the gains that auto found.
      """, example: "--wb 2.1,1,1.6")
  ) { text throws(ToolError) in
    if text == "auto" { return AutomaticBalance() }
    let gains = try numbers(text, "--wb", [3], "auto or R,G,B")
    return DerivedStep { image, context throws(ToolError) in
      try balanced(image, gains, context)
    }
  }

  fileprivate static func balanced(
    _ image: Image, _ gains: [Double], _ context: StepContext
  ) throws(ToolError) -> Image {
    var levels = image.mosaicLevels
    guard levels.gains == nil else {
      throw context.refusal("another --wb comes before it; leave one out")
    }
    levels.gains = gains
    let all = levels
    return try context.viewing { () throws(ViewError) in try image.leveled(all) }
  }

  private static func levels(
    _ name: String, _ value: String, _ summary: String, details: OptionDetails,
    set: @escaping @Sendable (String, inout MosaicLevels) throws(ToolError) -> Void
  ) -> StepRecord {
    StepRecord(name, value, .derived, summary, details: details) { text throws(ToolError) in
      // What is wrong in it is told before the image is opened.
      var levels = MosaicLevels()
      try set(text, &levels)
      return DerivedStep { image, context throws(ToolError) in
        var levels = image.mosaicLevels
        guard levels.gains == nil else {
          throw context.refusal("put it before --wb, which works on its result")
        }
        do throws(ToolError) { try set(text, &levels) } catch { throw error.about(context.label) }
        let all = levels
        return try context.viewing { () throws(ViewError) in try image.leveled(all) }
      }
    }
  }

  private static func twice(_ name: String) -> ToolError {
    ToolError(
      "another \(name) comes before it, and both work on the stored numbers; leave one out")
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

/// Gains that make the picture's mean colors equal; it is read for them.
private struct AutomaticBalance: Step {
  func preview(_ preview: inout Preview) throws(ToolError) {
    // Any gains do: what they are is known when the picture is read.
    preview.image = try StepRecord.balanced(preview.image, [1, 1, 1], preview.context)
    preview.isDerived = true
  }

  func perform(_ session: inout Session) throws(ToolError) {
    let (image, threads) = (session.image, session.threads)
    let gains = try session.context.viewing { () throws(ViewError) in
      try image.grayWorldGains(threads: threads)
    }
    session.image = try StepRecord.balanced(image, gains, session.context)
    session.report.add("gains", .array(gains.map(JSON.number)))
    let numbers = gains.map(\.plainText).joined(separator: ",")
    session.note("\(session.source.name): --wb auto is --wb \(numbers) here")
  }
}
