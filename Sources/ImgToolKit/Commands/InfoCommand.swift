import ImageFiles
import PixelMemory
import PixelViews

/// The options of `info`.
private struct InfoOptions: CommandOptions {
  var emitsLayout = false
  var wantsStatistics = false
}

extension Command {
  static let info = Command(
    "info", "SOURCE... [LAYOUT...]", "print layout, byte arithmetic, frames, statistics",
    for: .looking, operands: 1...Int.max, groups: [.layout, .mapping, .losses],
    own: [
      .own(
        "--emit-layout", nil, "print the layout as JSON, for --layout",
        details: """
          Other commands read it with --layout FILE. It gives the position of each sample, in \
          bits.
          """
      ) {
        (options: inout InfoOptions, _) in options.emitsLayout = true
      },
      .own(
        "--stats", nil, "print smallest, largest and mean of each band, and a histogram",
        details: """
          This reads all pixels; otherwise info reads only the header.
          """
      ) {
        (options: inout InfoOptions, _) in options.wantsStatistics = true
      },
    ],
    examples: [
      Example(
        "imgtool info fb.raw --size 640x480 --rawmode BGRX --stride 2624 --stats",
        "print the arithmetic of the layout, and statistics of the bands"),
      Example(
        "imgtool info photo.png",
        "print what the file's header says"),
      Example(
        "imgtool info photo.png fb.raw --size 640x480 --rawmode BGRX --stride 2624",
        "describe several files; the layout applies to the raw ones"),
      Example(
        "imgtool info fb.raw --size 640x480 --rawmode BGRX --stride 2624 --emit-layout > fb.layout",
        "save the layout as a file for --layout"),
    ]
  ) { invocation, console throws(ToolError) in
    let options = invocation.own(InfoOptions.self)
    if console.isStrict, !options.wantsStatistics {
      throw ToolError("--strict changes nothing: info reads pixels only for --stats; leave it out")
    }
    let paths = invocation.operands
    if options.emitsLayout {
      let extra = options.wantsStatistics ? "--stats" : paths.dropFirst().first
      if let extra {
        throw ToolError("--emit-layout prints the layout of one file only; leave out \(extra)")
      }
      try console.answer(try layout(of: paths[0], invocation, console))
      return .done
    }
    if paths.count > 1 { try Source.checkLayoutIsUsed(by: paths, invocation.opening) }
    let console = console
    return try FileSeries(paths, console).report(asJSON: invocation.report.json) {
      path throws(ToolError) in try report(path, invocation, console)
    }
  }

  /// What there is to say about a file, which of several is raw only where it has no header.
  private static func report(
    _ path: String, _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> FileReport {
    switch try find(path, invocation, console) {
    case .image(let source):
      var source = source
      source.notes = try console.introduce(source)
      var facts = try ImageFacts(source)
      if invocation.own(InfoOptions.self).wantsStatistics {
        try facts.addStatistics(of: source.image, threads: invocation.opening.threadCount)
        facts.notes += try console.tellLosses(of: source)
      }
      return FileReport(json: facts.json, text: facts.text)
    case .header(let file, let metadata, let notes):
      let facts = try ImageFacts(file, path, invocation.opening, metadata, notes)
      for note in facts.notes { console.note(note) }
      return FileReport(json: facts.json, text: facts.text)
    case .bytes(let buffer): return try describe(buffer, path)
    }
  }

  /// The layout of a file, for `--layout`.
  private static func layout(
    of path: String, _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> String {
    let reason: String
    switch try find(path, invocation, console) {
    case .image(let source):
      try console.introduce(source)
      guard source.isDecoded else { return LayoutFile.text(source.image) }
      reason = source.copyReason ?? ""
    case .header(let file, _, notes: _): reason = file.copyReason ?? ""
    case .bytes:
      throw ToolError("\(path): no header says where its pixels stand; give --size WxH --mode M")
    }
    throw ToolError("\(path): \(reason), so no layout of the file's bytes shows its pixels")
  }

  private static func find(
    _ path: String, _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> Source.Found {
    // What is shown of a file that is decoded is known when it is.
    let readsPixels =
      invocation.own(InfoOptions.self).wantsStatistics || invocation.opening.rescaling != nil
    let found =
      try invocation.operands.count == 1
      ? Source.find(path, invocation.opening, readsPixels: readsPixels)
      : Source.findOperand(path, invocation.opening, readsPixels: readsPixels)
    if path != "-", let notice = KeptBytes.notice(of: path) { console.note(notice) }
    return found
  }

  /// A raw file without a layout: only its size can be told, and what its first bytes are.
  private static func describe(
    _ buffer: Buffer, _ path: String
  ) throws(ToolError) -> FileReport {
    let content: FileContent?
    do throws(FormatError) { content = try FileContent.of(buffer) } catch {
      throw ToolError(error, name: path)
    }
    let json = JSON.record([
      "version": 1, "source": .string(path), "byteCount": .integer(buffer.byteCount),
      "kind": content.map { .string($0.name) } ?? .null, "exit": 0,
    ])
    let name = path.withoutControls()
    if let header = DataFolder.header(of: path) {
      return FileReport(
        json: json,
        text: "\(name): \(buffer.byteCount) bytes that \(header.withoutControls()) describes; "
          + header.opening)
    }
    let finding =
      if case .foreign(let format) = content {
        "bytes; this is \(FileContent.foreign(format).phrase), which is not read here; \(format.advice)"
      } else {
        "bytes, in none of the image formats that are read here; give a layout (--size WxH --mode M), or try "
          + "`imgtool guess \(ShellWord.file(name))`"
      }
    return FileReport(json: json, text: "\(name): \(buffer.byteCount) \(finding)")
  }
}
