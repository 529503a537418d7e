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
    guard !path.isEmpty else {
      throw ToolError("the save's name is empty; a path is expected, or - for standard output")
    }
    let format: FileFormat
    if let name = settings.format {
      guard let named = FileFormat.named(name) else {
        let names = FileFormat.all.map(\.name)
        throw ToolError(
          "--format is \(Values.quoted(name)), which is not a format"
            + Suggestion.hint(name, in: names) + "; `imgtool formats` lists them")
      }
      format = named
    } else if let found = FileFormat.forPath(path) {
      format = found
    } else {
      let suffixes = FileFormat.all.flatMap(\.suffixes)
      let suffix = path.split(separator: ".").last.map { "." + $0 } ?? ""
      // A name that is a suffix alone has none, as `.profile` has none.
      let isBare = suffixes.contains(suffix.lowercased())
      let unsupported = [
        ".jpg": "JPEG", ".jpeg": "JPEG", ".gif": "GIF", ".webp": "WebP", ".avif": "AVIF",
        ".heic": "HEIC", ".jxl": "JPEG XL", ".jp2": "JPEG 2000", ".exr": "OpenEXR",
      ]
      let what =
        path == "-"
        ? "standard output has no suffix"
        : isBare
          ? "\(path): a name that begins with its only dot has no suffix"
          : unsupported[suffix.lowercased()].map { "\(path): \($0) is not supported" }
            ?? "\(path): the suffix is not one of a supported format"
            + Suggestion.hint(suffix, in: suffixes)
      throw ToolError(
        "\(what); give --format before --save, "
          + "or one of \(suffixes.joined(separator: " "))")
    }
    var options = FileFormat.EncodeOptions()
    options.level = settings.level
    options.bits = settings.bits
    options.threads = threads
    if let name = settings.rawmode, format.honorsRawmode {
      guard let rawmode = Rawmode.named(name, mode: mode) else {
        let names = Rawmode.all.filter { $0.mode == mode && $0.sharing == .readWrite }.map(\.name)
        throw ToolError(
          "--as is \(Values.quoted(name)), which does not store mode \(mode.name); it is stored as "
            + Suggestion.few(name, of: names))
      }
      options.rawmode = rawmode
    }
    let target: SaveTarget
    do throws(OutputError) { target = try SaveTarget.resolve(path) } catch {
      throw ToolError(error)
    }
    if target.isStandardOutput, Syscalls.isTerminal(1) {
      throw ToolError(
        "\(path): standard output is a terminal, which shows no \(format.name) file; redirect it "
          + "(> FILE or | PROGRAM), or put --show for a picture")
    }
    return SavePlan(target: target, format: format, options: options, path: path)
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
      throw ToolError(error, name: path, offersReplace: offersReplace)
    }
    if case .regular = plan.target.kind { lastSaved = path }
    if case .new = plan.target.kind { lastSaved = path }
    return true
  }

  private mutating func write(_ plan: SavePlan) throws(FormatError) -> Bool {
    var save = ImageSave(plan.format)
    save.options = plan.options
    save.replacesMapped = replace
    save.source = source.file
    current.add("format", .string(plan.format.name))
    let witness = witness
    let outcome = try save.run(image, to: plan.target) { () throws(ViewError) in
      try witness?.holds() ?? true
    }
    guard let outcome else { return false }
    for note in outcome.notes { console.note("\(plan.path): \(note)") }
    if outcome.wasFlushed {
      current.add("flushed", true)
    } else {
      current.add("bytes", .integer(outcome.byteCount))
    }
    if !outcome.lossy.isEmpty { current.add("lossy", .array(outcome.lossy.map(JSON.string))) }
    if let widened = outcome.widened { current.add("widened", .string(widened.shortName)) }
    if outcome.untied { current.add("untied", true) }
    if outcome.brokeHardLink { current.add("brokeHardLink", true) }
    return true
  }
}
