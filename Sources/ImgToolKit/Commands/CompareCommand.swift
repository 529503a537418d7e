import ImageFiles
import PixelMemory
import PixelViews

extension Command {
  static let compare = Command(
    "compare", "A B [LAYOUT...]", "the first differing pixel and its bytes; 0 same, 1 not",
    operands: 2...2, groups: [.layout, .mapping, .compare, .concurrent],
    examples: [
      Example(
        "imgtool compare fb.raw photo.png --size 640x480 --rawmode BGRX --stride 2624 --region 32x32+0+0",
        "a raw frame against a golden image, for one region (exit 1)"),
      Example(
        "imgtool compare a.png b.png --fail 2 --fail-percent 0.1 --diff errors.png",
        "errors up to 2 and a few larger ones are accepted"),
    ]
  ) { invocation, console throws(ToolError) in
    let settings = invocation.comparing
    try settings.check()
    var console = console
    console.outputIsTaken = settings.writesStandardOutput
    let (a, b) = try Source.pair(invocation, console)
    let threads = invocation.threads ?? Syscalls.hardwareThreads
    let comparison = try FrameWitness.reading(
      [a.image, b.image], tries: invocation.consistency, threads: threads,
      "\(a.name) and \(b.name)"
    ) { () throws(ToolError) in
      try settings.compare(a.image, b.image, names: (a.name, b.name), threads: threads)
    }
    try settings.savePicture(of: comparison, a.image, b.image, threads: threads, console)
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
    } else if !invocation.report.quiet {
      try console.answer(comparison.text)
    }
    return status
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
    do throws(FormatError) { _ = try DescribedFile.format(of: buffer, path: path) } catch {
      if case .foreign = error, !invocation.hasLayout { throw ToolError(error, name: path) }
      return (try raw(path, invocation), false)
    }
    do throws(ToolError) { return (try describing(path, described), true) } catch {
      guard invocation.hasLayout, let raw = try? raw(path, invocation) else { throw error }
      return (raw, false)
    }
  }

  /// Opens the file of a step `--compare`: by its header, or, where it has none and is as long as
  /// the raw file that it is compared with, with that one's layout.
  static func comparable(_ path: String, with other: Source) throws(ToolError) -> Source {
    let byItself = Invocation(command: .open)
    if path == "-" { return try describing(path, byItself) }
    let buffer = try map(path, access: .readOnly)
    let isRaw = FileFormat.named(other.storage) == nil
    let isAsLong = isRaw && buffer.byteCount == other.file.byteCount
    let isRawByName = FileFormat.forPath(path).map { $0.describe == nil } == true
    if !(isAsLong && isRawByName) {
      var failure: FormatError?
      do throws(FormatError) { _ = try DescribedFile.format(of: buffer, path: path) } catch {
        failure = error
      }
      guard let failure else { return try describing(path, byItself) }
      guard case .unknownFormat = failure else { throw ToolError(failure, name: path) }
    }
    guard isAsLong else {
      throw ToolError(
        "\(path): no header tells its layout"
          + (isRaw
            ? ", and it has \(buffer.byteCount) bytes, \(other.name) \(other.file.byteCount)" : "")
          + "; compare raw files with `imgtool compare A B LAYOUT`")
    }
    do throws(ViewError) {
      let stored = try Image(
        buffer: buffer, layout: other.image.layout, format: other.image.storedFormat,
        palette: other.image.palette)
      let image =
        other.image.isDerived ? try stored.converted(to: other.image.mode) : stored
      return Source(image: image, name: path, storage: other.storage, file: buffer)
    } catch { throw ToolError(error, name: path) }
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
