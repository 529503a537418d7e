import ImageFiles
import PixelMemory
import PixelViews

/// How images are compared.
struct ComparisonSettings: Sendable {
  private(set) var tolerance = Comparison.Tolerance()
  /// The rectangle of both images that is looked at; `nil` for all of them.
  private(set) var region: Rectangle?
  /// Where a picture of the errors goes if there are any.
  private(set) var picturePath: String?

  /// One of the settings, as it was typed.
  enum Change: Sendable {
    case error(Double)
    case percent(Double)
    case region(Rectangle)
    case picture(String)
  }

  mutating func apply(_ change: Change) {
    switch change {
    case .error(let error): tolerance.error = error
    case .percent(let percent): tolerance.percent = percent
    case .region(let area): region = area
    case .picture(let path): picturePath = path
    }
  }

  /// Checks that the picture can be saved, before anything is opened.
  func check() throws(ToolError) { _ = try picturePlan() }

  private func picturePlan() throws(ToolError) -> Session.SavePlan? {
    guard let picturePath else { return nil }
    let plan = try Session.plan(
      picturePath, settings: Session.SaveSettings(), mode: .gray, threads: 1)
    let gray = PixelFormat(.gray)
    guard plan.format.accepts(gray) else {
      throw ToolError(.cannotHold(format: plan.format.name, gray), name: picturePath)
    }
    return plan
  }

  /// Whether the picture goes to standard output.
  var writesStandardOutput: Bool {
    picturePath.flatMap { try? SaveTarget.resolve($0) }?.isStandardOutput == true
  }

  func compare(
    _ a: Image, _ b: Image, names: (String, String), threads: Int
  ) throws(ToolError) -> Comparison {
    try Comparison.compare(
      a, b, names: names, threads: threads, region: region, tolerance: tolerance)
  }

  /// Saves the picture that is asked for, if the images differ.
  func savePicture(
    of comparison: Comparison, _ a: Image, _ b: Image, threads: Int, _ console: Console
  ) throws(ToolError) {
    guard !comparison.isSame, let path = picturePath, let plan = try picturePlan() else { return }
    guard let difference = comparison.difference else {
      console.note("\(path): there is no picture of the errors, as \(comparison.text)")
      return
    }
    let picture: Image
    do throws(ViewError) {
      guard let pair = try a.inCommonMode(with: b) else { return }
      picture = try difference.picture(of: pair.a, pair.b, region: region, threads: threads)
    } catch { throw ToolError(error, name: path) }
    var session = Session(picture, name: path, format: plan.format.name, threads: threads)
    _ = try session.save(path, Step(action: .save(path), name: "--diff", argument: path))
  }
}
