import ImageFiles
import PixelMemory
import PixelViews

/// How images are compared, as it was typed.
struct ComparisonSettings: CommandOptions {
  var tolerance = Comparison.Tolerance()
  /// The rectangle of both images that is looked at; `nil` for all of them.
  var region: Rectangle?
  /// Where a picture of the errors goes if there are any.
  var picturePath: String?
}

/// An option that says how images are compared: for the command once, for steps until changed.
struct ComparisonOption: Sendable {
  let name: String
  let value: String
  let summary: String
  var choices = Flag.Choices.none
  /// Reads the value into the settings.
  let apply: @Sendable (inout ComparisonSettings, String) throws(ToolError) -> Void

  static let all: [ComparisonOption] = [fail, failPercent, region, diff]

  static let fail = ComparisonOption(
    name: "--fail", value: "V", summary: "accept differences of up to V per sample (default 0)"
  ) { settings, text throws(ToolError) in
    let error = try Values.number(text, "--fail")
    guard error >= 0 else {
      throw ToolError("--fail is \(text); an error of 0 or more is expected")
    }
    settings.tolerance.error = error
  }

  static let failPercent = ComparisonOption(
    name: "--fail-percent", value: "P",
    summary: "the share of pixels that may have larger errors (default 0)"
  ) { settings, text throws(ToolError) in
    let percent = try Values.number(text, "--fail-percent")
    guard 0...100 ~= percent else {
      throw ToolError("--fail-percent is \(text); 0 to 100 is expected")
    }
    settings.tolerance.percent = percent
  }

  static let region = ComparisonOption(
    name: "--region", value: "WxH+X+Y", summary: "compare this rectangle of both images"
  ) { settings, text throws(ToolError) in
    settings.region = try Values.rectangle(text, "--region")
  }

  static let diff = ComparisonOption(
    name: "--diff", value: "OUT",
    summary: "where images differ, save a gray picture of the errors", choices: .file
  ) { settings, text throws(ToolError) in
    guard text != "-" else {
      throw ToolError("--diff is -; a file name is expected, whose suffix says the format")
    }
    settings.picturePath = text
  }
}

/// A comparison whose settings are checked and whose picture has its place.
struct ComparisonPlan: Sendable {
  let settings: ComparisonSettings
  private let picture: SavePlan?

  /// - Throws: ``ToolError`` for a picture that cannot be saved there.
  init(_ settings: ComparisonSettings) throws(ToolError) {
    self.settings = settings
    picture = try settings.picturePath.map { path throws(ToolError) in
      let plan = try SavePlan(path)
      let gray = PixelFormat(.gray)
      guard plan.format.accepts(gray) else {
        throw ToolError(.cannotHold(format: plan.format.name, gray), name: path)
      }
      return plan
    }
  }

  /// Whether the picture goes to standard output.
  var writesStandardOutput: Bool { picture?.target.isStandardOutput == true }

  func compare(
    _ a: Image, _ b: Image, names: (String, String), threads: Int
  ) throws(ToolError) -> Comparison {
    try Comparison.compare(
      a, b, names: names, threads: threads, region: settings.region, tolerance: settings.tolerance)
  }

  /// Saves the picture that was asked for, if the images differ.
  func savePicture(
    of comparison: Comparison, _ a: Image, _ b: Image, threads: Int, _ console: Console
  ) throws(ToolError) {
    guard !comparison.isSame, let picture else { return }
    guard let difference = comparison.difference else {
      console.note("\(picture.path): there is no picture of the errors, as \(comparison.text)")
      return
    }
    let errors: Image
    do throws(ViewError) {
      guard let pair = try a.comparable(with: b) else { return }
      errors = try difference.picture(
        of: pair.a, pair.b, region: settings.region, threads: threads)
    } catch { throw ToolError(error, name: picture.path) }
    _ = try picture.run(errors, threads: threads)
  }
}
