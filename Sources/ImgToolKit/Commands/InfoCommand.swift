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
    let source: Source
    switch try Source.find(path, invocation) {
    case .image(let found): source = found
    case .bytes(let buffer): return try describe(buffer, path, invocation, console)
    }
    for note in source.notes { console.note(note) }
    var facts = try ImageFacts(source)
    if invocation.extra["--stats"] != nil {
      try facts.addStatistics(threads: invocation.threads ?? Syscalls.hardwareThreads)
    }
    if invocation.extra["--emit-layout"] != nil {
      if let reason = source.copyReason, source.image.buffer !== source.file {
        throw ToolError("\(path): \(reason), so no layout of the file's bytes shows its pixels")
      }
      try console.answer(LayoutFile.text(source.image))
    } else if invocation.report.json {
      try console.answer(facts.json.text)
    } else {
      try console.answer(facts.text)
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

/// What there is to say about an opened image.
struct ImageFacts {
  private let source: Source
  private let range: Range<Int>
  private var statistics: Statistics?

  init(_ source: Source) throws(ToolError) {
    self.source = source
    do throws(ViewError) { range = try source.image.layout.byteRange() } catch {
      throw ToolError(error, name: source.name)
    }
  }

  /// Reads all pixels, to say something about them as well.
  mutating func addStatistics(threads: Int) throws(ToolError) {
    do throws(ViewError) { statistics = try image.statistics(threads: threads) } catch {
      throw ToolError(error, name: source.name)
    }
  }

  private var image: Image { source.image }
  private var byteCount: Int { image.buffer.byteCount }
  private var offset: Int { image.layout.bitOffset >> 3 }
  private var stride: Int { image.layout.rowBits / 8 }
  private var rowByteCount: Int { image.layout.rowByteCount }

  var json: JSON {
    .record([
      "version": 1, "source": .string(source.name), "mode": .string(image.mode.name),
      "rawmode": .string(source.storage),
      "size": [.integer(image.width), .integer(image.height)],
      "sampleType": .string(image.format.type.rawValue),
      "offset": .integer(offset), "stride": .integer(stride),
      "rowByteCount": .integer(rowByteCount), "need": .integer(range.upperBound),
      "byteCount": .integer(byteCount), "trailing": .integer(byteCount - range.upperBound),
      "frames": .integer(source.frameCount),
      "shared": .bool(source.copyReason == nil),
      "copyReason": source.copyReason.map(JSON.string) ?? .null,
      "editable": .bool(image.readOnlyReason == nil),
      "palette": image.palette.map { .integer($0.count) } ?? .null,
      "bands": statistics.map { $0.json(image.format) } ?? .null,
      "notes": source.notes.isEmpty ? .null : .array(source.notes.map(JSON.string)),
      "exit": 0,
    ])
  }

  var text: String {
    let name = source.name.withoutControls()
    var lines = [
      "\(name): \(image.width)x\(image.height) \(image.mode.name) (\(source.storage))"
        + (image.format.type == image.mode.naturalType
          ? "" : ", \(image.format.type.rawValue) samples")
    ]
    if let reason = source.copyReason {
      lines.append("copied: \(reason)")
    } else {
      lines.append(
        "need: \(offset) + \(image.height - 1) x \(stride) + \(rowByteCount) = \(range.upperBound) bytes"
          + (arithmeticHolds ? "" : " (planes counted)"))
      lines.append("have: \(byteCount) bytes, \(byteCount - range.upperBound) after the last row")
    }
    if source.frameCount > 1 { lines.append("frames: \(source.frameCount)") }
    if let palette = image.palette { lines.append("palette: \(palette.count) colors") }
    lines.append(
      "sharing: \(source.copyReason == nil ? "the file's own bytes" : "a private copy"), "
        + (image.readOnlyReason == nil ? "editable" : "read-only"))
    if let statistics {
      lines += [statistics.text(image.format), Histogram(statistics, of: image).text]
    }
    return lines.joined(separator: "\n")
  }

  private var arithmeticHolds: Bool {
    offset + (image.height - 1) * stride + rowByteCount == range.upperBound
  }
}
