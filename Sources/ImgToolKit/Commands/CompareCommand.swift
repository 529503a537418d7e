import ImageFiles
import PixelMemory
import PixelViews

extension Command {
  static let compare = Command(
    "compare", "A B [LAYOUT...]", "the first differing pixel and its bytes; 0 same, 1 not",
    operands: 2...2, groups: [.layout, .mapping, .compare],
    examples: [
      Example(
        "imgtool compare fb.raw photo.png --size 640x480 --rawmode BGRX --stride 2624 --region 32x32+0+0",
        "a raw frame against a golden image, for one region (exit 1)"),
      Example(
        "imgtool compare a.png b.png --fail 2 --fail-percent 0.1 --diff errors.png",
        "errors up to 2 and a few larger ones are accepted"),
    ]
  ) { invocation, console throws(ToolError) in
    let choice = try CompareChoice(invocation)
    var console = console
    console.outputIsTaken = choice.writesStandardOutput
    let (a, b) = try Source.pair(invocation, console)
    let threads = invocation.threads ?? Syscalls.hardwareThreads
    let comparison = try Comparison.compare(
      a.image, b.image, names: (a.name, b.name), threads: threads, region: choice.region,
      tolerance: choice.tolerance)
    if !comparison.isSame, let path = choice.picturePath {
      guard let difference = comparison.difference else {
        console.note("\(path): there is no picture of the errors, as \(comparison.text)")
        return try answer(comparison, a, b, invocation, console)
      }
      try choice.savePicture(
        of: difference, (a, b), region: choice.region, threads: threads, to: path)
    }
    return try answer(comparison, a, b, invocation, console)
  }

  private static func answer(
    _ comparison: Comparison, _ a: Source, _ b: Source, _ invocation: Invocation,
    _ console: Console
  ) throws(ToolError) -> ExitStatus {
    let status: ExitStatus = comparison.isSame ? .done : .answerIsNo
    if invocation.report.json {
      let facts = [
        JSON.Member(key: "version", value: 1),
        JSON.Member(key: "sources", value: .array([a.json, b.json])),
      ]
      try console.answer(comparison.json(facts, status: status).text)
    } else {
      try console.answer(comparison.text)
    }
    return status
  }
}

/// The options of `compare`, read and checked.
private struct CompareChoice {
  var tolerance = Comparison.Tolerance()
  var region: Rectangle?
  var picturePath: String?
  private var picturePlan: Session.SavePlan?

  var writesStandardOutput: Bool { picturePlan?.target.isStandardOutput == true }

  init(_ invocation: Invocation) throws(ToolError) {
    if let text = invocation.extra["--fail"] {
      tolerance.error = try Values.number(text, "--fail")
      guard tolerance.error >= 0 else {
        throw ToolError("--fail is \(text); an error of 0 or more is expected")
      }
    }
    if let text = invocation.extra["--fail-percent"] {
      tolerance.percent = try Values.number(text, "--fail-percent")
      guard 0...100 ~= tolerance.percent else {
        throw ToolError("--fail-percent is \(text); 0 to 100 is expected")
      }
    }
    if let text = invocation.extra["--region"] {
      region = try Values.rectangle(text, "--region")
    }
    if let path = invocation.extra["--diff"] {
      guard path != "-" else {
        throw ToolError("--diff is -; a file name is expected, whose suffix says the format")
      }
      let plan = try Session.plan(
        path, settings: Session.SaveSettings(), mode: .gray, threads: 1)
      do throws(FormatError) { try plan.format.checkHoldsGray() } catch {
        throw ToolError(error, name: path)
      }
      picturePath = path
      picturePlan = plan
    }
  }

  func savePicture(
    of difference: Difference, _ sources: (a: Source, b: Source), region: Rectangle?, threads: Int,
    to path: String
  ) throws(ToolError) {
    guard let picturePlan else { return }
    let picture: Image
    do throws(ViewError) {
      guard let pair = try sources.a.image.inCommonMode(with: sources.b.image) else { return }
      picture = try difference.picture(of: pair.a, pair.b, region: region, threads: threads)
    } catch { throw ToolError(error, name: path) }
    var session = Session(
      picture, name: path, format: picturePlan.format.name, threads: threads)
    _ = try session.save(path, Step(action: .save(path), name: "--diff", argument: path))
  }
}

extension FileFormat {
  fileprivate func checkHoldsGray() throws(FormatError) {
    let gray = PixelFormat(.gray)
    guard accepts(gray) else {
      throw .cannotHold(format: name, gray)
    }
  }
}

extension Source {
  /// Opens the two operands of `compare`: those that describe themselves by their headers, the others
  /// with the layout options.
  static func pair(
    _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> (a: Source, b: Source) {
    let paths = invocation.operands
    guard paths != ["-", "-"] else {
      throw ToolError("standard input can be one of the images, not both")
    }
    let a = try operand(paths[0], invocation)
    let b = try operand(paths[1], invocation)
    for note in a.source.notes + b.source.notes { console.note(note) }
    if a.isDescribed && b.isDescribed && invocation.hasLayout {
      console.note("both files describe themselves; the layout options are not used")
    }
    return (a.source, b.source)
  }

  /// Opens a file by its header where it has one, else with the layout options.
  static func operand(
    _ path: String, _ invocation: Invocation
  ) throws(ToolError) -> (source: Source, isDescribed: Bool) {
    var invocation = invocation
    if !invocation.given.contains("--access") { invocation.layout.access = .readOnly }
    let format = path == "-" ? nil : FileFormat.forPath(path)
    // Standard input can be opened once only.
    if path == "-", invocation.hasLayout { return (try raw(path, invocation), false) }
    var described = invocation
    if invocation.hasLayout {
      // They are part of the raw operand's layout then.
      described.layout.palette = nil
      described.layout.frame = nil
    }
    if format?.describe != nil || !invocation.hasLayout && path == "-" {
      return (try describing(path, described), true)
    }
    // A raw file may begin like another one by chance; its name or the layout says that it is raw.
    if invocation.hasLayout && format != nil { return (try raw(path, invocation), false) }
    let buffer = try map(path, access: .readOnly)
    do throws(FormatError) { _ = try OpenedFile.format(of: buffer, path: path) } catch {
      if case .foreign = error, !invocation.hasLayout { throw ToolError(error, name: path) }
      return (try raw(path, invocation), false)
    }
    do throws(ToolError) { return (try describing(path, described), true) } catch {
      guard invocation.hasLayout, let raw = try? raw(path, invocation) else { throw error }
      return (raw, false)
    }
  }

  /// What was opened, for reports.
  fileprivate var json: JSON {
    .record([
      "name": .string(name), "mode": .string(image.mode.name), "rawmode": .string(storage),
      "size": [.integer(image.width), .integer(image.height)],
    ])
  }
}

extension Invocation {
  /// Whether the options say where pixels stand.
  fileprivate var hasLayout: Bool { layout.size != nil || layout.layoutFile != nil }
}
