import ImageFiles
import PixelMemory
import PixelViews

/// An opened source: the image, and what there is to say about it.
struct Source: Sendable {
  var image: Image
  /// As the user named it.
  let name: String
  /// How the samples are stored, or what format the file has.
  let storage: String
  /// The buffer of the file with the pixels, which stays mapped while the run lasts.
  let file: Buffer
  /// The path of that file, where a header names it.
  var dataPath: String?
  /// The file with that header, which stays mapped as well so that no save takes its place unseen.
  var header: Buffer?
  var frameCount = 1
  /// What makes numbers of the samples: what `--scale` and `--bias` say, else what the file does.
  var rescaling: Rescaling?
  /// The frames that the image shows, and whether the user chose them.
  var shownFrameCount = 1
  var isFrameChosen = false
  /// The frames of a raw file, as far as its length tells.
  var frames: FrameCount?
  /// The bytes after all that the format of the file accounts for, where that is known.
  var trailingByteCount: Int?
  /// What else of the file the image does not show.
  var hidden: [Loss] = []
  /// What is not there of a file that is salvaged.
  var losses: [Loss] = []
  var notes: [String] = []
  /// How long it took to open it.
  var nanoseconds: UInt64 = 0

  /// The line of `-v`: how the file was opened, what was copied for it, and how long it took.
  var opening: String {
    let isSpooled = if case .spooled = file.origin { true } else { false }
    let ways = (isSpooled ? ["spooled"] : []) + (isDecoded ? ["decoded"] : [])
    let milliseconds = Double(nanoseconds / 1000) / 1000
    return "\(name): \(ways.isEmpty ? "mapped" : ways.joined(separator: " and ")) in "
      + "\(milliseconds.plainText) ms, \(copiedBytes.bytes) copied"
  }

  /// What the file holds beside the image. Frames that the user left out, and bytes that are none of
  /// the format's, are lost only where the file is replaced.
  func beside(isReplaced: Bool) -> [Loss] {
    let count = frameCount - shownFrameCount
    let frames =
      isReplaced || !isFrameChosen ? Loss.otherFrames(count, format: storage) : nil
    let trailing = isReplaced ? Loss.trailing(trailingByteCount) : nil
    return [frames, trailing].compactMap(\.self) + hidden
  }

  /// Why the pixels are a copy and not the file's bytes; `nil` when they are shared.
  var copyReason: String? { image.copyReason }

  /// Whether the pixels stand in memory of their own, and not in the file or what a pipe gave.
  var isDecoded: Bool { copyReason != nil && image.buffer !== file }

  /// The bytes that were copied to open it.
  var copiedBytes: Int { copyReason == nil ? 0 : image.buffer.byteCount }
}

extension Source {
  /// Maps a path, or standard input for `-`, under a lock where that was asked for.
  static func map(_ path: String, _ options: OpenOptions) throws(ToolError) -> Buffer {
    let buffer = try map(path, access: options.runAccess)
    if options.locks { try lock(buffer, path, options) }
    return buffer
  }

  private static func lock(
    _ buffer: Buffer, _ path: String, _ options: OpenOptions
  ) throws(ToolError) {
    if case .spooled = buffer.origin {
      throw ToolError("standard input is a pipe, which --lock cannot lock; leave --lock out")
    }
    do throws(MemoryError) {
      try buffer.lock { options.whenWaiting?("\(path): waiting for the lock") }
    } catch { throw ToolError(error, name: path) }
  }

  /// Maps a path, or standard input for `-`.
  static func map(_ path: String, access: Access) throws(ToolError) -> Buffer {
    do throws(MemoryError) {
      guard path == "-" else { return try Buffer(mapping: path, access: access) }
      let isFile = (try? Syscalls.status(of: 0).kind) == .regular
      return isFile
        ? try Buffer(mappingDescriptor: 0, name: "standard input", access: access)
        : try Buffer(spooling: 0, name: "standard input")
    } catch {
      let failure = ToolError(error, name: path)
      guard path.contains("%"), (try? Syscalls.status(of: path)) == nil,
        (try? NumberedName(path, .frames, of: path))?.isNumbered == true
      else { throw failure }
      throw failure.with(advice: "only compare and hash with --each take %d for a number")
    }
  }

  /// Maps a raw file with the layout that was asked for.
  ///
  /// - Parameter copy: where a copy of the file with the pixels is, which is mapped in its place.
  static func raw(
    _ path: String, _ options: OpenOptions, copy: String? = nil
  ) throws(ToolError) -> Source {
    let start = Syscalls.monotonicNanoseconds()
    try options.layout.checkFileStandsAlone()
    try options.layout.checkNoTensor(path, "raw")
    let buffer = try map(copy ?? path, options)
    if case .spooled = buffer.origin, options.access == .readWrite {
      throw ToolError("standard input is a pipe; --access rw needs a file that edits can reach")
    }
    try options.layout.checkIsRaw(buffer, name: path)
    let resolved = try options.layout.resolve(name: path, byteCount: buffer.byteCount)
    var source = try Source(
      path, viewing: buffer, resolved, options,
      palette: try options.loadPalette(for: resolved.format.mode))
    source.frames = resolved.frames(in: buffer.byteCount)
    try source.checkTrailing(options.trailing, resolved)
    source.nanoseconds = Syscalls.monotonicNanoseconds() - start
    return source
  }

  /// The image of a raw buffer, when all choices of its layout are made.
  init(
    _ path: String, viewing buffer: Buffer, _ resolved: ResolvedLayout, _ options: OpenOptions,
    palette: Palette?
  ) throws(ToolError) {
    var image: Image
    do throws(ViewError) {
      image = try Image(
        buffer: buffer, layout: resolved.layout, format: resolved.format, palette: palette)
    } catch {
      throw resolved.explain(error, name: path, content: resolved.content(of: buffer))
    }
    image = try options.giveVideoColor(to: image, unlessTyped: resolved.videoColor)
    do throws(ViewError) {
      if let mode = resolved.shownMode { image = try image.converted(to: mode) }
    } catch { throw resolved.explain(error, name: path) }
    image = try options.withMosaic(image, name: path, said: resolved.mosaic)
    self.init(
      image: try options.rescaled(image, name: path), name: path,
      storage: resolved.storage, file: buffer,
      frameCount: resolved.frameCount, shownFrameCount: resolved.shownFrameCount,
      isFrameChosen: options.layout.choosesFrame, notes: resolved.notes)
    rescaling = options.rescaling
    try checkCopy(options)
  }

  /// Opens a file that describes itself.
  ///
  /// - Parameter copy: as for ``raw(_:_:copy:)``.
  static func describing(
    _ path: String, _ options: OpenOptions, copy: String? = nil
  ) throws(ToolError) -> Source {
    let start = Syscalls.monotonicNanoseconds()
    let buffer = try map(path, options)
    let file = try header(path, options, in: buffer)
    guard let copy else { return try decoding(file, path, options, in: buffer, since: start) }
    if file.data != nil {
      let file = try header(path, options, in: buffer, standIn: copy)
      return try decoding(file, path, options, in: buffer, since: start)
    }
    let whole = try map(copy, options)
    return try decoding(
      try header(path, options, in: whole), path, options, in: whole, since: start)
  }

  static func decoding(
    _ file: DescribedFile, _ path: String, _ options: OpenOptions, in buffer: Buffer,
    since start: UInt64
  ) throws(ToolError) -> Source {
    var source: Source
    do throws(FormatError) {
      let opened = try file.opened(limits: options.limits)
      source = Source(
        image: opened.image, name: path,
        storage: file.format.name, file: file.data?.buffer ?? buffer,
        dataPath: file.data?.path, header: file.data == nil ? nil : buffer,
        frameCount: file.pixels.frameCount,
        isFrameChosen: options.layout.choosesFrame, trailingByteCount: opened.trailingByteCount,
        hidden: file.pixels.hidden, losses: opened.losses,
        notes: file.pixels.notes.map { "\(path): \($0)" })
    } catch {
      let sentence = ToolError(error, name: path)
      let isSalvageable = error.isSalvageable && options.offersSalvage && !options.salvages
      throw isSalvageable
        ? sentence.with(advice: "--salvage decodes what the file still holds") : sentence
    }
    if options.locks, let data = file.data { try lock(data.buffer, data.path, options) }
    let note = try trailingNote(path, options.trailing, of: file, known: source.trailingByteCount)
    source.notes += [note, source.image.metadata?.orientationNote(path)].compactMap { $0 }
    source.image = try options.withMosaic(source.image, name: path)
    if let palette = try options.loadPalette(for: source.image.mode) {
      source.image = source.image.with(palette: palette)
    }
    source.image = try options.giveVideoColor(
      to: source.image, unlessTyped: source.image.videoColor)
    source.image = try options.rescaled(source.image, name: path)
    source.rescaling = options.rescaling ?? file.pixels.rescaling
    try source.checkCopy(options)
    source.nanoseconds = Syscalls.monotonicNanoseconds() - start
    return source
  }

  /// What the header of a file says.
  ///
  /// - Parameters:
  ///   - standIn: the path of a copy of the file with the pixels, which is mapped in its place.
  ///   - index: who remembers where frames start, where it is read for several.
  static func header(
    _ path: String, _ options: OpenOptions, in buffer: Buffer, standIn: String? = nil,
    index: FrameIndex? = nil
  ) throws(ToolError) -> DescribedFile {
    if let frames = options.layout.frames {
      throw ToolError(
        "\(path): --frames \(frames.text) needs --each, which open, compare and hash take; or "
          + "--frame N shows one")
    }
    var choice = FileFormat.DescribeOptions()
    switch options.layout.frame {
    case .index(let index): choice.frame = index
    case .last: choice.frame = -1
    case nil: break
    }
    choice.limits = options.limits
    choice.index = index
    choice.isRescaled = options.rescaling != nil
    choice.salvages = options.salvages
    choice.decodesLate = true
    choice.threads = options.threadCount
    choice.hasPlanes = options.layout.order.map { $0 == "chw" }
    choice.tensor = options.layout.tensor
    let file: DescribedFile
    do throws(FormatError) {
      file = try DescribedFile(
        buffer, path: path, options: choice, reachesFile: options.access == .readWrite,
        standIn: standIn)
    } catch {
      if case .unknownFormat = error, let header = DataFolder.header(of: path) {
        throw ToolError("\(path) is described by \(header) beside it; \(header.opening)")
      }
      throw ToolError(error, name: path)
    }
    if let order = options.layout.order, file.format.arrays == .none {
      throw ToolError(
        "\(path): --order \(order) is for arrays and raw pixels, this is a \(file.format.name) file; "
          + "leave it out")
    }
    if file.format.arrays != .named { try options.layout.checkNoTensor(path, file.format.name) }
    return file
  }

  private func checkCopy(_ options: OpenOptions) throws(ToolError) {
    if options.noCopy, let copyReason {
      throw ToolError("\(name): --no-copy, but \(copyReason) and had to be copied")
    }
  }

  /// What there is to say about the bytes that a file's format does not account for.
  ///
  /// - Parameter known: how many there are, where that is known already.
  private static func trailingNote(
    _ name: String, _ policy: OpenOptions.Trailing, of file: DescribedFile, known: Int? = nil
  ) throws(ToolError) -> String? {
    if policy == .ok { return nil }
    var count = known
    if count == nil, policy == .error || file.copyReason != nil {
      do throws(FormatError) { count = try file.trailingByteCount() } catch {
        // What cannot be decoded has no end; whoever reads the pixels is told why.
        guard case .malformed = error else { throw ToolError(error, name: name) }
      }
    }
    guard let count, count > 0 else { return nil }
    let bytes = "\(count) byte\(count == 1 ? "" : "s")"
    let text = "\(name): \(bytes) after all that \(file.format.name) has"
    if policy == .error { throw ToolError(text + "; --trailing ok accepts them") }
    return text
  }

  private mutating func checkTrailing(
    _ policy: OpenOptions.Trailing, _ resolved: ResolvedLayout
  ) throws(ToolError) {
    guard policy != .ok, resolved.trailingByteCount(in: file.byteCount) > 0 else { return }
    let kind = resolved.content(of: file)?.hint(name)
    guard let finding = resolved.trailingFinding(in: file.byteCount, kind: kind) else { return }
    let text = "\(name): \(finding)"
    if policy == .error {
      throw ToolError(text + (text.hasSuffix("?") ? " " : "; ") + "--trailing ok accepts them")
    }
    notes.append(text)
  }
}

extension Source {
  /// Opens a source raw where a layout is given, else by its own description.
  ///
  /// - Parameter copy: as for ``raw(_:_:copy:)``.
  static func any(
    _ path: String, _ options: OpenOptions, copy: String? = nil
  ) throws(ToolError) -> Source {
    options.layout.isGiven
      ? try raw(path, options, copy: copy) : try describing(path, options, copy: copy)
  }

  /// What a path leads to.
  enum Found {
    case image(Source)
    /// A file whose pixels have to be decoded, which was not done, what it says beside them, and what
    /// there is to say about it.
    case header(DescribedFile, Metadata?, notes: [String])
    /// A file without a layout that does not describe itself.
    case bytes(Buffer)
  }

  /// As ``any(_:_:)``, but a file that is nothing but bytes is an answer as well, and so is the header
  /// of one that has to be decoded, unless `readsPixels`. It is opened once, since a pipe can be read
  /// only once.
  static func find(
    _ path: String, _ options: OpenOptions, readsPixels: Bool
  ) throws(ToolError) -> Found {
    if options.layout.isGiven { return .image(try raw(path, options)) }
    let start = Syscalls.monotonicNanoseconds()
    let buffer = try map(path, options)
    guard (try? DescribedFile.format(of: buffer, path: path)) != nil else { return .bytes(buffer) }
    let file = try header(path, options, in: buffer)
    // What is there of a file is known when it is decoded.
    guard file.copyReason == nil || readsPixels || options.salvages else {
      let metadata: Metadata?
      do throws(FormatError) { metadata = try file.metadata() } catch {
        throw ToolError(error, name: path)
      }
      let note = try trailingNote(path, options.trailing, of: file)
      let notes = [note, metadata?.orientationNote(path)].compactMap { $0 }
      return .header(file, metadata, notes: notes)
    }
    return .image(try decoding(file, path, options, in: buffer, since: start))
  }

  /// Opens what was saved from an image, to compare it: by its description, or with the packed
  /// layout for files that have none.
  ///
  /// - Parameters:
  ///   - path: what the file is called; its suffix is one of the format's.
  ///   - place: where the file is.
  static func saved(
    _ path: String, at place: String, as image: Image, format: FileFormat
  ) throws(ToolError) -> Source {
    guard format.describe == nil else {
      let (start, options) = (Syscalls.monotonicNanoseconds(), OpenOptions())
      let buffer = try map(place, options)
      let file = try header(path, options, in: buffer)
      var source = try decoding(file, path, options, in: buffer, since: start)
      source.image = try source.image.named(as: image, path: path)
      return source
    }
    let buffer = try map(place, access: .readOnly)
    let rawmode = Rawmode.natural(image.format)
    do throws(ViewError) {
      let layout = try rawmode.layout(width: image.width, height: image.height)
      let copy = try Image(
        buffer: buffer, layout: layout, format: image.format, palette: image.palette)
      return Source(image: copy, name: path, storage: rawmode.name, file: buffer)
    } catch { throw ToolError(error, name: path) }
  }
}

extension String {
  /// The advice to open a header in place of what it describes.
  var opening: String { "use `imgtool open \(ShellWord.quoted(self))`" }
}

extension Image {
  /// The image under another's mode and palette, where the file keeps the same samples but has no
  /// word for what they mean (an array does not tell `RGBX` from `RGBA`).
  fileprivate func named(as other: Image, path: String) throws(ToolError) -> Image {
    guard mode != other.mode || palette != other.palette, !isDerived,
      mode.bandCount == other.mode.bandCount, format.type == other.format.type
    else { return self }
    let meant = PixelFormat(other.mode, format.type)
    var layout = layout
    do throws(ViewError) {
      let natural = try Rawmode.natural(meant).layout(width: 1, height: 1).fields
      for band in layout.fields.indices where layout.fields[band].flippedBits == 0 {
        layout.fields[band].flippedBits = natural[band].flippedBits
      }
      return try Image(buffer: buffer, reading: layout, as: meant, palette: other.palette)
        .copied(because: copyReason)
    } catch { throw ToolError(error, name: path) }
  }
}
