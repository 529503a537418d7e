import ImageFiles
import PixelMemory
import PixelViews

/// A save whose format and target are resolved.
struct SavePlan: Sendable {
  /// The path, or that of each frame or round.
  let name: NumberedName
  let format: FileFormat
  /// Where the path led when the plan was made.
  let target: SaveTarget
  private let settings: SaveSettings
  /// Whether `--replace` is a way out: the frames of a file lose it with the first that takes its name.
  private let offersReplace: Bool
  /// Where the frames of `--each` follow each other; `nil` for files of their own.
  private let joined: JoinedOutput?

  /// Resolves a save; nothing is opened.
  ///
  /// - Throws: ``ToolError`` for a name without a format, a place without a directory, a terminal; for
  ///   a file that each frame would be written over.
  init(
    _ typed: String, _ settings: SaveSettings = SaveSettings(),
    _ numbering: NumberedName.Numbering = .none, of option: String = "--save"
  ) throws(ToolError) {
    name = try NumberedName(typed, numbering, of: option)
    let path = name.isNumbered ? typed : name.name(nil)
    guard !path.isEmpty else {
      throw ToolError("the save's name is empty; a path is expected, or - for standard output")
    }
    self.settings = settings
    offersReplace = numbering != .frames
    format = try SavePlan.format(settings.format, for: path)
    guard format.isWritten else {
      let others = FileFormat.all.filter(\.isWritten).map(\.name).joined(separator: ", ")
      throw ToolError("\(path): \(format.name) is only read here; save as one of \(others)")
    }
    target = try SavePlan.resolve(path)
    joined =
      numbering == .frames && !name.isNumbered
      ? try JoinedOutput(path, format, target, of: option) : nil
    if target.isStandardOutput, Syscalls.isTerminal(1) {
      throw ToolError(
        "\(path): standard output is a terminal, which cannot display a \(format.name) file; redirect it "
          + "(> FILE or | PROGRAM), or put --show for a picture")
    }
  }

  static func resolve(_ path: String) throws(ToolError) -> SaveTarget {
    do throws(OutputError) { return try SaveTarget.resolve(path) } catch { throw ToolError(error) }
  }

  private static func format(
    _ name: String?, for path: String
  ) throws(ToolError) -> FileFormat {
    if let name {
      if let format = FileFormat.named(name) { return format }
      let names = FileFormat.all.map(\.name)
      throw ToolError(
        "--format is \(Values.quoted(name)), which is not a format"
          + Suggestion.hint(name, as: .format, in: names) + "; `imgtool formats` lists them")
    }
    if let format = FileFormat.forPath(path) { return format }
    // A directory is refused as one, whatever its suffix.
    if path.hasSuffix("/") || (try? Syscalls.status(of: path).kind) == .directory {
      _ = try resolve(path)
    }
    let suffixes = FileFormat.all.filter(\.isWritten).flatMap(\.suffixes)
    let suffix = path.split(separator: ".").last.map { "." + $0 } ?? ""
    if path.count > suffix.count,
      let header = SidecarHeader.all.first(where: { $0.suffix == suffix.lowercased() })
    {
      throw ToolError(
        "\(path): \(suffix) is a header beside raw pixels, which are saved as .raw; "
          + "`imgtool header SOURCE LAYOUT... --format \(header.name)` writes one")
    }
    // A name that is a suffix alone has none, as `.profile` has none.
    let isBare = suffixes.contains(suffix.lowercased())
    let what =
      path == "-"
      ? "standard output has no suffix"
      : isBare
        ? "\(path): a name that begins with its only dot has no suffix"
        : Meaning.of(String(suffix.dropFirst()), as: .format)?.absence.map { "\(path): \($0)" }
          ?? "\(path): the suffix is not that of a supported format"
          + Suggestion.hint(suffix, in: suffixes)
    throw ToolError(
      "\(what); "
        + (path == "-"
          ? "name a format before it, as in --format png --save -"
          : "give a suffix such as .png, .tif, .npy or .raw, or --format before --save")
        + " (`imgtool formats` lists them)")
  }

  /// The settings of steps that this save has a use for, and why not for the others.
  func useSettings(of settings: inout StepSettings) {
    settings.use("--format")
    settings.use("--strip")
    func reason(_ isHonored: Bool, _ what: String) -> String? {
      isHonored ? nil : "\(name.text) is a \(format.name) file, in which \(what) cannot be chosen"
    }
    settings.use("--as", unless: reason(format.honorsRawmode, "the storage of samples"))
    settings.use("--as-stride", unless: reason(format.honorsStride, "the stride"))
    settings.use("--level", unless: reason(format.honorsLevel, "the compression level"))
    settings.use("--quality", unless: reason(format.isLossy, "the quality"))
    settings.use("--subsampling", unless: reason(format.isLossy, "the chroma subsampling"))
    settings.use("--bits", unless: reason(format.honorsBits, "the number of bits"))
  }

  /// - Throws: ``ToolError`` for an image that the format cannot hold.
  func check(_ image: Image) throws(ToolError) {
    let options = try options(for: image.format, threads: 1)
    do throws(FormatError) { try format.check(image, options) } catch {
      throw ToolError(error, name: name.text, saving: image)
    }
  }

  /// - Throws: ``ToolError`` where the save would not leave the file as it is that the image is mapped
  ///   from.
  func checkFlushes(
    _ image: Image, isCopied: Bool, onto target: SaveTarget
  ) throws(ToolError) {
    var save = ImageSave(format)
    save.options = try options(for: image.format, threads: 1)
    do throws(FormatError) {
      if !isCopied, try save.flushes(image, onto: target) { return }
    } catch { throw ToolError(error, name: name.text, offersReplace: offersReplace) }
    throw ToolError(
      OutputError.mapped(target.path, target.identity, isStream: false),
      offersReplace: offersReplace)
  }

  private func options(
    for pixels: PixelFormat, threads: Int
  ) throws(ToolError) -> FileFormat.EncodeOptions {
    var options = FileFormat.EncodeOptions()
    options.level = settings.level
    options.bits = settings.bits
    options.quality = settings.quality
    options.subsampling = settings.subsampling
    options.stripsMetadata = settings.stripsMetadata
    options.threads = threads
    if format.honorsStride { options.stride = settings.stride }
    guard let name = settings.rawmode, format.honorsRawmode else { return options }
    guard let rawmode = Rawmode.storing(pixels, named: name) else {
      let names = Rawmode.all.filter { $0.isVideo || $0.mode == pixels.mode && $0.isEditable }
        .map(\.name)
      let other = Rawmode.named(name, mode: nil)
      // Levels of gray become the numbers of a sensor.
      let way = other.map { $0.mode.isGray16 ? Mode.gray : $0.mode }
      throw ToolError(
        "--as is \(Values.quoted(name)), which does not store mode \(pixels.mode.name)"
          + (other == nil ? Suggestion.meant(name, as: .rawmode) ?? "" : "")
          + "; it is stored as " + Suggestion.few(name, of: names)
          + (way.map { way in
            // A conversion would clamp most numbers.
            let step =
              pixels.isNumber && way == .gray ? "--window auto" : "--convert \(way.name)"
            return "; or put \(step) before --as"
          } ?? ""))
    }
    options.rawmode = rawmode
    return options
  }

  /// Writes the image.
  ///
  /// The path is followed anew: a step before this one, or another program, may have put a file there
  /// since the plan was made.
  ///
  /// - Parameters:
  ///   - turn: which frame or round the image is, if it is one of several.
  ///   - source: where the image came from.
  ///   - replacesMapped: as ``ImageSave/replacesMapped``; `nil` for a command without `--replace`.
  ///   - refusesLoss: as ``ImageSave/refusesLoss``.
  ///   - witness: who tells whether the pixels stood still.
  /// - Returns: what became of it; `nil` when the pixels did not stand still, or the turn of the frame
  ///   will not come, and nothing was written.
  func run(
    _ image: Image, _ turn: FrameTurn?, threads: Int, from source: Source? = nil,
    replacesMapped: Bool? = nil, refusesLoss: Bool = false, witness: FrameWitness? = nil
  ) throws(ToolError) -> ImageSave.Outcome? {
    let path = name.name(turn?.number)
    var save = ImageSave(format)
    save.options = try options(for: image.format, threads: threads)
    save.replacesMapped = replacesMapped ?? false
    save.source = source?.file
    save.refusesLoss = refusesLoss
    let target = try SavePlan.resolve(path)
    if let source {
      let replacesSource = source.file.identity.map { $0 == target.identity } == true
      if replacesSource || refusesLoss { save.beside = source.beside(isReplaced: replacesSource) }
    }
    do throws(FormatError) {
      if let joined { return try joined.run(save, image, to: target, turn) }
      return try save.run(image, to: target) { () throws(ViewError) in
        try witness?.holds() ?? true && turn?.comes() ?? true
      }
    } catch {
      var error = error
      if case .view(.paletteMissing(let mode)) = error {
        error = .cannotHoldValue(
          format: format.name,
          reason: "mode \(mode.name) has no palette; give --palette FILE or --palette gray")
      }
      throw ToolError(error, name: path, offersReplace: replacesMapped != nil && offersReplace)
    }
  }
}
