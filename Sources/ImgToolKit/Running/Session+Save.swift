import ImageFiles
import PixelMemory
import PixelViews

extension Session {
  /// What a save will do: resolved and checked, nothing opened yet.
  struct SavePlan {
    let target: SaveTarget
    let format: FileFormat
    let options: FileFormat.EncodeOptions
    let path: String
  }

  /// Resolves a save's path, format and options.
  static func plan(
    _ path: String, settings: SaveSettings, mode: Mode, threads: Int
  ) throws(ToolError) -> SavePlan {
    let format: FileFormat
    if let name = settings.format {
      guard let named = FileFormat.named(name) else {
        let names = FileFormat.all.map(\.name)
        throw ToolError(
          "--format is \(Values.quoted(name)), which is no format"
            + Suggestion.hint(name, in: names) + "; `imgtool formats` lists them")
      }
      format = named
    } else if let found = FileFormat.forPath(path) {
      format = found
    } else {
      let suffixes = FileFormat.all.flatMap(\.suffixes)
      let what =
        path == "-" ? "standard output has no suffix" : "\(path): the suffix is of no format"
      let suffix = path.split(separator: ".").last.map { "." + $0 } ?? ""
      throw ToolError(
        "\(what)\(path == "-" ? "" : Suggestion.hint(suffix, in: suffixes)); give --format before --save, "
          + "or one of \(suffixes.joined(separator: " "))")
    }
    var options = FileFormat.EncodeOptions()
    options.level = settings.level
    options.bits = settings.bits
    options.threads = threads
    if let name = settings.rawmode, format.honorsRawmode {
      guard let rawmode = Rawmode.named(name, mode: mode) else {
        let names = Rawmode.all.filter { $0.mode == mode }.map(\.name)
        throw ToolError(
          "--as is \(Values.quoted(name)), which stores no mode \(mode.name)"
            + Suggestion.hint(name, in: names)
            + "; it is stored as \(names.joined(separator: ", "))")
      }
      options.rawmode = rawmode
    }
    do throws(OutputError) {
      return SavePlan(
        target: try SaveTarget.resolve(path), format: format, options: options, path: path)
    } catch { throw ToolError(error) }
  }

  /// Writes the image to a file; `false` when the pixels changed under the session's witness, and
  /// nothing was.
  mutating func save(_ path: String, _ step: Step) throws(ToolError) -> Bool {
    let plan = try Session.plan(path, settings: settings, mode: image.mode, threads: threads)
    do throws(FormatError) {
      guard try write(plan) else { return false }
    } catch {
      var error = error
      if case .view(.paletteMissing(let mode)) = error {
        error = .cannotHoldValue(
          format: plan.format.name,
          reason: "mode \(mode.name) has no palette; give --palette FILE or --palette gray")
      }
      throw ToolError(error, name: path)
    }
    if case .regular = plan.target.kind { lastSaved = path }
    if case .new = plan.target.kind { lastSaved = path }
    return true
  }

  private mutating func write(_ plan: SavePlan) throws(FormatError) -> Bool {
    let ready = try plan.format.prepare(image)
    try ready.checkPalette(plan.format)
    current.add("format", .string(plan.format.name))
    switch plan.format.encoding {
    case .plain(let layOut):
      let file = try layOut(ready, plan.options)
      if plan.target.identity != nil, plan.target.identity == image.buffer.identity,
        try file.isAlready(ready), !image.hasDetachedPages
      {
        try flush(plan)
        return true
      }
      var output = try open(plan, reserving: file.byteCount)
      try file.write(ready, to: &output, threads: threads)
      for loss in file.lossy { console.note("\(plan.path): the \(loss) is not in the file") }
      if !file.lossy.isEmpty { current.add("lossy", .array(file.lossy.map(JSON.string))) }
      return try commit(output)
    case .stream(let encode):
      var output = try open(plan, reserving: nil)
      try encode(ready, plan.options, &output)
      return try commit(output)
    }
  }

  /// The image already is the file: its pages reach the disk, and no byte is copied.
  private mutating func flush(_ plan: SavePlan) throws(FormatError) {
    do throws(MemoryError) {
      if image.buffer.access == .readWrite { try image.buffer.flush() }
    } catch { throw .memory(error) }
    current.add("flushed", true)
    console.note("\(plan.path): the image is this file; it was flushed, nothing was copied")
  }

  private func open(
    _ plan: SavePlan, reserving byteCount: Int?
  ) throws(FormatError) -> OutputFile {
    do throws(OutputError) {
      return try OutputFile(plan.target, reserving: byteCount, replacingMapped: replace)
    } catch { throw .output(error) }
  }

  private mutating func commit(_ output: consuming OutputFile) throws(FormatError) -> Bool {
    if let witness {
      do throws(ViewError) {
        guard try witness.holds() else { return false }
      } catch { throw .view(error) }
    }
    let path = output.target.path
    let saved: SavedFile
    do throws(OutputError) {
      saved = try output.commit(durable: false, checking: [image.buffer])
    } catch { throw .output(error) }
    current.add("bytes", .integer(saved.byteCount))
    if let old = saved.replaced, old == source.file.identity {
      console.note("\(path): the new file has taken this name; the image is tied to it no more")
      current.add("untied", true)
    }
    if saved.brokeHardLink {
      console.note("\(path): the old file has other names, which keep the old bytes")
      current.add("brokeHardLink", true)
    }
    for loss in saved.lostMetadata { console.note("\(path): \(loss) could not be kept") }
    return true
  }
}

extension Buffer {
  /// The file that is mapped.
  var identity: FileIdentity? {
    if case .file(_, let identity) = origin { identity } else { nil }
  }
}

extension Image {
  /// Whether pages of the image became the process's own.
  var hasDetachedPages: Bool {
    guard buffer.access == .copyOnWrite else { return false }
    return ((try? buffer.detachedPages(in: byteRange))?.isEmpty ?? false) == false
  }

  /// Refuses indices without colors, where a file needs colors.
  fileprivate func checkPalette(_ format: FileFormat) throws(FormatError) {
    let needsNone = ["raw", "npy"]
    if mode.isIndexed, palette == nil, !needsNone.contains(format.name) {
      throw .view(.paletteMissing(mode: mode))
    }
  }
}
