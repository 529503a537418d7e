import ImageFiles
import PixelMemory
import PixelViews

extension Command {
  static let info = Command(
    "info", "SOURCE [LAYOUT...]", "layout, byte arithmetic, frames, statistics",
    operands: 1...1, groups: [.layout, .mapping, .info],
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
    let wantsStatistics = invocation.extra["--stats"] != nil
    var facts: ImageFacts
    var opened: Source?
    let found = try Source.find(path, invocation, readsPixels: wantsStatistics)
    if path != "-", let notice = KeptBytes.notice(of: path) { console.note(notice) }
    switch found {
    case .image(let source):
      facts = try ImageFacts(source)
      opened = source
    case .header(let file): facts = try ImageFacts(file, path, invocation.layout)
    case .bytes(let buffer): return try describe(buffer, path, invocation, console)
    }
    for note in facts.notes { console.note(note) }
    if wantsStatistics, let opened {
      try facts.addStatistics(
        of: opened.image, threads: invocation.threads ?? Syscalls.hardwareThreads)
    }
    if invocation.extra["--emit-layout"] != nil {
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

  /// A raw file without a layout: only its size can be told.
  private static func describe(
    _ buffer: Buffer, _ path: String, _ invocation: Invocation, _ console: Console
  ) throws(ToolError) -> ExitStatus {
    if invocation.report.json {
      let json = JSON.record([
        "version": 1, "source": .string(path), "byteCount": .integer(buffer.byteCount),
        "exit": 0,
      ])
      try console.answer(json.text)
    } else {
      let name = path.withoutControls()
      try console.answer(
        "\(name): \(buffer.byteCount) bytes of no format that describes itself; give a layout "
          + "(--size WxH --mode M), or try `imgtool guess \(name)`")
    }
    return .done
  }
}
