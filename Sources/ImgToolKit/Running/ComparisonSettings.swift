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
  /// What it shows.
  var pictureStyle: Difference.PictureStyle?
}

/// An option that says how images are compared: for the command once, for steps until changed.
struct ComparisonOption: Sendable {
  let name: String
  let value: String
  let summary: String
  let details: OptionDetails
  var choices = Flag.Choices.none
  /// Whether it says what the picture of `--diff` shows.
  var isForPicture = false
  /// Reads the value into the settings.
  let apply: @Sendable (inout ComparisonSettings, String) throws(ToolError) -> Void

  static let all: [ComparisonOption] = [
    fail, failPercent, failPSNR, failSSIM, region, diff, diffStyle,
  ]

  /// Why the option changes nothing among others; `nil` where it has an effect.
  func idleReason(in settings: ComparisonSettings) -> String? {
    isForPicture && settings.pictureStyle != nil && settings.picturePath == nil
      ? "there is no --diff" : nil
  }

  static let fail = ComparisonOption(
    name: "--fail", value: "V", summary: "accept differences of up to V per sample (default 0)",
    details: .init(
      """
      A band differs when |a - b| is greater than V, in the units of its samples. V is \
      0 or more.
      """, example: "--fail 2")
  ) { settings, text throws(ToolError) in
    let error = try Values.number(text, "--fail")
    guard error >= 0 else {
      throw ToolError("--fail is \(text); an error of 0 or more is expected")
    }
    settings.tolerance.error = error
  }

  static let failPercent = ComparisonOption(
    name: "--fail-percent", value: "P",
    summary: "accept larger errors in up to P percent of the pixels (default 0)",
    details: .init(
      """
      A pixel counts when any of its bands differs by more than --fail. P is from 0 to \
      100.
      """, example: "--fail-percent 0.1")
  ) { settings, text throws(ToolError) in
    let percent = try Values.number(text, "--fail-percent")
    guard 0...100 ~= percent else {
      throw ToolError("--fail-percent is \(text); 0 to 100 is expected")
    }
    settings.tolerance.percent = percent
  }

  static let failPSNR = ComparisonOption(
    name: "--fail-psnr", value: "DB",
    summary: "accept any differences if the PSNR over all bands is at least DB decibels",
    details: .init(
      """
      40 dB is hard to see, 30 dB is plain to see. Equal images have an infinite PSNR, \
      which passes.
      """, example: "--fail-psnr 40")
  ) { settings, text throws(ToolError) in
    let ratio = try Values.number(text, "--fail-psnr")
    guard !ratio.isNaN else { throw ToolError("--fail-psnr is \(text); decibels are expected") }
    settings.tolerance.psnr = ratio
  }

  static let failSSIM = ComparisonOption(
    name: "--fail-ssim", value: "S",
    summary: "accept any differences if the SSIM over all bands is at least S",
    details: .init(
      """
      S is at most 1, which only equal images reach. The windows are those of ffmpeg's \
      ssim filter.
      """, example: "--fail-ssim 0.98")
  ) { settings, text throws(ToolError) in
    let likeness = try Values.number(text, "--fail-ssim")
    guard -1...1 ~= likeness else {
      throw ToolError("--fail-ssim is \(text); -1 to 1 is expected")
    }
    settings.tolerance.ssim = likeness
  }

  static let region = ComparisonOption(
    name: "--region", value: "WxH+X+Y", summary: "compare this rectangle of both images",
    details: .init(
      """
      W columns and H rows from column X, row Y of both images. Pixels outside are not \
      looked at.
      """, example: "--region 32x32+0+0")
  ) { settings, text throws(ToolError) in
    settings.region = try Values.rectangle(text, "--region")
  }

  static let diff = ComparisonOption(
    name: "--diff", value: "OUT",
    summary: "save a picture that shows where the images differ, if they do",
    details: .init(
      """
      Nothing is written when the images are the same. The format follows from the \
      suffix.
      """, example: "--diff errors.png"), choices: .file
  ) { settings, text throws(ToolError) in
    guard text != "-" else {
      throw ToolError("--diff is -; a file name is expected, whose suffix says the format")
    }
    settings.picturePath = text
  }

  static let diffStyle = ComparisonOption(
    name: "--diff-style", value: "highlight|gray",
    summary: "show failing pixels in red on the dimmed image (default), or errors as gray",
    details: .init(
      """
      highlight paints pixels that fail; gray shows the largest error of each pixel.
      """, example: "--diff-style gray"),
    choices: .names(Difference.PictureStyle.allCases.map(\.rawValue)),
    isForPicture: true
  ) { settings, text throws(ToolError) in
    settings.pictureStyle = try Values.choice(text, "--diff-style")
  }
}

/// A comparison whose settings are checked and whose picture has its place.
struct ComparisonPlan: Sendable {
  let settings: ComparisonSettings
  private let picture: SavePlan?
  private let style: Difference.PictureStyle

  /// - Throws: ``ToolError`` for a picture that cannot be saved there.
  init(
    _ settings: ComparisonSettings, _ numbering: NumberedName.Numbering = .none
  ) throws(ToolError) {
    self.settings = settings
    let style = settings.pictureStyle ?? .highlight
    self.style = style
    picture = try settings.picturePath.map { path throws(ToolError) in
      let plan = try SavePlan(path, SaveSettings(), numbering, of: "--diff")
      guard plan.format.accepts(style.format) else {
        let others = Difference.PictureStyle.allCases.filter { plan.format.accepts($0.format) }
        let error = FormatError.cannotHold(format: plan.format.name, style.format)
        throw ToolError(
          error.sentence(about: path)
            + others.map { "; or put --diff-style \($0.rawValue)" }.joined())
      }
      return plan
    }
  }

  /// Whether the picture goes to standard output.
  var writesStandardOutput: Bool { picture?.target.isStandardOutput == true }

  func compare(
    _ a: Image, _ b: Image, names: (String, String), threads: Int, _ turn: FrameTurn? = nil
  ) throws(ToolError) -> Comparison {
    var comparison = try Comparison.compare(
      a, b, names: names, threads: threads, region: settings.region, tolerance: settings.tolerance)
    if let difference = comparison.difference, !difference.isSame, let picture {
      comparison.picture = .record([
        "path": .string(picture.name.name(turn?.number)), "style": .string(style.rawValue),
        "factor": style == .gray ? .number(difference.pictureFactor) : .null,
      ])
    }
    return comparison
  }

  /// Saves the picture that was asked for, if the images differ, also where that is accepted.
  func savePicture(
    of comparison: Comparison, _ a: Image, _ b: Image, threads: Int, _ console: Console,
    _ turn: FrameTurn? = nil
  ) throws(ToolError) {
    guard let picture else { return }
    let path = picture.name.name(turn?.number)
    guard let difference = comparison.difference else {
      console.note("\(path): there is no picture of the errors, as \(comparison.text)")
      return
    }
    guard !difference.isSame else { return }
    let shown: Image
    do throws(ViewError) {
      guard let pair = try a.comparable(with: b) else { return }
      shown = try difference.picture(
        of: pair.a, pair.b, region: settings.region, style: style, threads: threads)
    } catch { throw ToolError(error, name: path) }
    _ = try picture.run(shown, turn, threads: threads)
    if style == .gray {
      console.note(
        "\(path): "
          + (difference.maximum.isFinite
            ? "errors are multiplied by \(difference.pictureFactor.shortText), so that the largest, "
              + "\(difference.maximum.shortText), is white"
            : "an error is infinite, so none is multiplied: those of 255 and more are white"))
    }
  }
}
