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
    "info", "SOURCE [LAYOUT...]", "print layout, byte arithmetic, frames, statistics",
    operands: 1...1, groups: [.layout, .mapping, .losses],
    own: [
      .own("--emit-layout", nil, "print the layout as JSON, for --layout") {
        (options: inout InfoOptions, _) in options.emitsLayout = true
      },
      .own("--stats", nil, "print smallest, largest and mean of each band, and a histogram") {
        (options: inout InfoOptions, _) in options.wantsStatistics = true
      },
    ],
    examples: [
      Example(
        "imgtool info fb.raw --size 640x480 --rawmode BGRX --stride 2624 --stats",
        "the arithmetic of the layout, and what is in the bands"),
      Example(
        "imgtool info photo.png",
        "what a file says of itself"),
      Example(
        "imgtool info fb.raw --size 640x480 --rawmode BGRX --stride 2624 --emit-layout > fb.layout",
        "the layout as a file, for --layout"),
    ]
  ) { invocation, console throws(ToolError) in
    let path = invocation.operands[0]
    let options = invocation.own(InfoOptions.self)
    var facts: ImageFacts
    var opened: Source?
    if console.isStrict, !options.wantsStatistics {
      throw ToolError("--strict changes nothing: info reads pixels for --stats alone; leave it out")
    }
    let found = try Source.find(
      path, invocation.opening, readsPixels: options.wantsStatistics)
    if path != "-", let notice = KeptBytes.notice(of: path) { console.note(notice) }
    switch found {
    case .image(let source):
      opened = source
      opened?.notes = try console.introduce(source)
      facts = try ImageFacts(opened ?? source)
    case .header(let file, let metadata, let notes):
      facts = try ImageFacts(file, path, invocation.opening, metadata, notes)
      for note in facts.notes { console.note(note) }
    case .bytes(let buffer): return try describe(buffer, path, invocation, console)
    }
    if options.wantsStatistics, let opened {
      try facts.addStatistics(
        of: opened.image, threads: invocation.running.threadCount)
      facts.notes += try console.tellLosses(of: opened)
    }
    if options.emitsLayout {
      guard let opened, !opened.isDecoded else {
        throw ToolError(
          "\(path): \(facts.copyReason ?? ""), so no layout of the file's bytes shows its pixels")
      }
      try console.answer(LayoutFile.text(opened.image))
    } else {
      try console.answer(invocation.report.json ? facts.json.text : facts.text)
    }
    return .done
  }

  /// A raw file without a layout: only its size can be told, and what its first bytes are.
  private static func describe(
    _ buffer: Buffer, _ path: String, _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> ExitStatus {
    let content: FileContent?
    do throws(FormatError) { content = try FileContent.of(buffer) } catch {
      throw ToolError(error, name: path)
    }
    if invocation.report.json {
      let json = JSON.record([
        "version": 1, "source": .string(path), "byteCount": .integer(buffer.byteCount),
        "kind": content.map { .string($0.name) } ?? .null, "exit": 0,
      ])
      try console.answer(json.text)
      return .done
    }
    let name = path.withoutControls()
    let finding =
      if case .foreign(let format) = content {
        "bytes; this is \(FileContent.foreign(format).phrase), which is not read here; \(format.advice)"
      } else {
        "bytes of no format that describes itself; give a layout (--size WxH --mode M), or try "
          + "`imgtool guess \(ShellWord.quoted(name))`"
      }
    try console.answer("\(name): \(buffer.byteCount) \(finding)")
    return .done
  }
}
