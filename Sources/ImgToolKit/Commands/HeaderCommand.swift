import ImageFiles
import PixelMemory
import PixelViews

/// The options of `header`.
private struct HeaderOptions: CommandOptions {
  var format: String?
  /// Where the header goes; `-` for standard output.
  var output = "-"
}

extension Command {
  static let header = Command(
    "header", "SOURCE LAYOUT... --format F",
    "print a header that lets other programs open the raw file",
    for: .converting, operands: 1...1, groups: [.layout, .mapping],
    own: [
      .own(
        "--format", "F",
        "write a header of this format: npy, pgm, bmp, tiff …, envi, nrrd, mhd, vrt",
        details: .init(
          """
          A header that comes before the pixels (npy, pgm, bmp …) goes to standard output; `cat \
          header raw.bin` then makes a file. envi, nrrd, mhd and vrt name the raw file and \
          belong beside it.
          """, example: "--format npy"),
        choices: .names(RawHeader.names)
      ) { (options: inout HeaderOptions, text) in options.format = text },
      .own(
        "--output", "FILE", "write it to FILE instead of standard output",
        details: .init(
          """
          A header that names the raw file must be in the same folder.
          """, example: "--output raw.bin.hdr"), choices: .file
      ) {
        (options: inout HeaderOptions, text) in options.output = text
      },
    ],
    examples: [
      Example(
        "imgtool header fb.raw --size 640x480 --rawmode BGRX --stride 2624 --format vrt --output fb.vrt",
        "write a file beside the raw one that lets GDAL and QGIS open it"),
      Example(
        "imgtool header sensor.raw --size 320x200 --rawmode gray16le --format npy --output sensor.head",
        "write a header that, put before the raw bytes, makes a NumPy file"),
    ]
  ) { invocation, console throws(ToolError) in
    let options = invocation.own(HeaderOptions.self)
    console.outputIsTaken = options.output == "-"
    guard let format = options.format else {
      throw ToolError("header needs --format F, one of \(RawHeader.names.joined(separator: ", "))")
    }
    guard let kind = RawHeader.Kind(format) else {
      throw ToolError(
        "--format is \(Values.quoted(format)), which is not a header of this build"
          + Suggestion.hint(format, in: RawHeader.names) + "; choose one of "
          + RawHeader.names.joined(separator: ", "))
    }
    let source = try Source.any(invocation.operands[0], invocation.opening)
    try console.introduce(source)
    if source.shownFrameCount > 1 {
      console.note(
        "\(source.name): the header describes \(source.shownFrameCount) frames as one picture, one below "
          + "the other; --frame N describes one")
    }
    let header = try RawHeader(
      kind, source, output: options.output == "-" ? nil : options.output)
    for note in header.notes { console.note(note) }
    try header.write(to: options.output)
    if invocation.report.json { try console.answer(header.json(output: options.output).text) }
    return .done
  }
}

/// The bytes that tell other programs what the pixels of a raw file are.
struct RawHeader {
  enum Kind {
    /// Goes before the raw bytes.
    case prefix(FileFormat)
    /// Stands in a file of its own.
    case detached(SidecarHeader)

    init?(_ name: String) {
      if let detached = SidecarHeader.named(name) {
        self = .detached(detached)
      } else if let format = FileFormat.named(name), RawHeader.prefixes.contains(format.name) {
        self = .prefix(format)
      } else {
        return nil
      }
    }

    var name: String {
      switch self {
      case .prefix(let format): format.name
      case .detached(let header): header.name
      }
    }
  }

  let kind: Kind
  let source: Source
  let bytes: [UInt8]
  var notes: [String] = []

  /// The formats whose files can be a header and then a raw file: those that are plain data. One that
  /// also has headers in files of their own writes these, since they leave the raw file as it is.
  static let prefixes: [String] = FileFormat.all.compactMap { format in
    guard format.hasHeader, case .plain = format.encoding, SidecarHeader.named(format.name) == nil
    else { return nil }
    return format.name
  }

  static let names = prefixes + SidecarHeader.all.map(\.name)

  /// Makes the header.
  ///
  /// - Throws: ``ToolError`` that names what differs between the raw rows and those of the format,
  ///   and the headers that fit.
  init(_ kind: Kind, _ source: Source, output: String?) throws(ToolError) {
    self.kind = kind
    self.source = source
    if let reason = source.copyReason, source.image.buffer !== source.file {
      throw ToolError("\(source.name): \(reason), so no header describes the file's bytes")
    }
    do throws(Misfit) {
      bytes = try RawHeader.bytes(kind, source, output: output)
    } catch {
      let fitting = RawHeader.fitting(source)
      throw ToolError(
        "\(source.name): \(kind.name) does not fit: \(error.reason); "
          + (fitting.isEmpty
            ? "no header does; `--save` writes a file of its own"
            : "what fits: \(fitting.joined(separator: ", "))"))
    }
    if source.image.mode.isIndexed, !kind.keepsColors {
      notes.append("\(kind.name) keeps no palette")
    }
    if source.image.mode.isIndexed, kind.keepsColors, source.image.palette == nil {
      notes.append(
        "no palette is known, so \(kind.name) has index 0 to 255 as black to white; give --palette "
          + "FILE, or --palette gray")
    }
    if !kind.namesBands, let loss = source.image.storedFormat.mode.unsaid(by: kind.name) {
      let others = RawHeader.fitting(source).filter { Kind($0)?.namesBands == true }
      notes.append(
        loss.description
          + (others.isEmpty ? "" : "; \(others.joined(separator: ", ")) would say it"))
    }
    if source.image.isDerived {
      notes.append(
        "it describes the stored \(source.image.storedFormat.mode.name), from which "
          + "\(source.image.mode.name) is computed")
    }
    if case .detached(let header) = kind, !header.namesFile,
      output != "\(source.name)\(header.suffix)"
    {
      notes.append("save it as \(source.name)\(header.suffix), beside the file")
    }
    if case .detached(let header) = kind, header.isOpened, let output, output != "-",
      RawHeader.directory(output) != RawHeader.directory(source.name)
    {
      notes.append(
        "it names a file of another folder, which `imgtool open` does not follow; for that, give "
          + "--output \(ShellWord.file(source.name + header.suffix))")
    }
  }

  /// Why a header cannot describe a raw file.
  struct Misfit: Error {
    let reason: String
  }

  private static func bytes(
    _ kind: Kind, _ source: Source, output: String?
  ) throws(Misfit) -> [UInt8] {
    let image = source.image
    guard !image.isDerived || kind.isDetachedWithNames else {
      throw Misfit(
        reason: "\(image.mode.name) is computed from the stored "
          + "\(image.storedFormat.mode.name), and it has no names that would say so")
    }
    do throws(FormatError) {
      switch kind {
      case .detached(let header):
        let file = try fileName(of: source, from: output, header)
        return FileName.bytes(
          try header.text(image.layout, image.storedFormat.mode, file: file))
      case .prefix(let format):
        if let make = format.prefix,
          let bytes = try make(image.layout, image.storedFormat.mode)
        {
          return bytes
        }
        return try prefix(format, image)
      }
    } catch { throw Misfit(error) }
  }

  /// The header of a file of which the raw file can be the rest.
  private static func prefix(
    _ format: FileFormat, _ image: Image
  ) throws(FormatError) -> [UInt8] {
    guard case .plain(let plainFile) = format.encoding else {
      throw .unsupported(format: format.name, feature: "a header before plain rows")
    }
    guard format.accepts(image.format) || format.holdsSamples(of: image) else {
      throw .cannotHold(format: format.name, image.format)
    }
    let stored = try format.prepare(image)
    let file = try plainFile(stored, FileFormat.EncodeOptions())
    let differences = LayoutDifference.all(
      raw: stored.layout, file: file.layout, headerByteCount: file.header.count,
      bands: stored.mode.bands)
    guard differences.isEmpty else {
      throw .cannotHoldValue(
        format: format.name,
        reason: differences.map { $0.words(format.name) }.joined(separator: "; "))
    }
    return file.header
  }

  /// The headers that describe the source.
  private static func fitting(_ source: Source) -> [String] {
    names.filter { name in
      guard let kind = Kind(name) else { return false }
      return (try? bytes(kind, source, output: nil)) != nil
    }
  }

  /// The path of the raw file for a header at `output`.
  private static func fileName(
    of source: Source, from output: String?, _ header: SidecarHeader
  ) throws(FormatError) -> String {
    guard header.namesFile else { return "" }
    guard source.name != "-" else {
      throw .cannotHoldValue(format: header.name, reason: "it names the file, and - has no name")
    }
    let file = source.name.split(separator: "/").last.map(String.init) ?? source.name
    guard let output, output != "-", directory(output) != directory(source.name) else {
      return file
    }
    do throws(SystemError) { return try Syscalls.resolvedPath(source.name) } catch {
      throw .cannotHoldValue(format: header.name, reason: "\(source.name): \(error.message)")
    }
  }

  private static func directory(_ path: String) -> Substring {
    path.lastIndex(of: "/").map { path[..<$0] } ?? "."
  }

  /// Whether a terminal shows the header as text.
  private var isText: Bool {
    bytes.allSatisfy { (0x20..<0x7F).contains($0) || [0x09, 0x0A, 0x0D].contains($0) }
  }

  func write(to path: String) throws(ToolError) {
    let target: SaveTarget
    do throws(OutputError) { target = try SaveTarget.resolve(path) } catch {
      throw ToolError(error)
    }
    if target.isStandardOutput, !isText, Syscalls.isTerminal(1) {
      throw ToolError(
        "standard output is a terminal, and the header of \(kind.name) is not text; give --output "
          + "FILE, or redirect it (> FILE)")
    }
    do throws(OutputError) {
      var output = try OutputFile(
        target, reserving: bytes.count, replacingMapped: false)
      try output.write(unsafe bytes.span.bytes)
      _ = try output.commit(durable: false, checking: [source.file])
    } catch { throw ToolError(error, offersReplace: false) }
  }

  func json(output: String) -> JSON {
    let isDetached = if case .detached = kind { true } else { false }
    return .record([
      "version": 1, "source": .string(source.name), "format": .string(kind.name),
      "detached": .bool(isDetached), "byteCount": .integer(bytes.count),
      "output": .string(output),
      "notes": notes.isEmpty ? .null : .array(notes.map(JSON.string)), "exit": 0,
    ])
  }
}

extension RawHeader.Kind {
  /// Whether it stands in a file of its own and names the bands.
  fileprivate var isDetachedWithNames: Bool {
    if case .detached = self { namesBands } else { false }
  }

  /// Whether it says what the bands mean.
  fileprivate var namesBands: Bool {
    switch self {
    case .prefix(let format): format.namesBands
    case .detached(let header): header.namesBands
    }
  }

  fileprivate var keepsColors: Bool {
    if case .prefix(let format) = self { format.keepsPalette } else { false }
  }
}

extension RawHeader.Misfit {
  init(_ error: FormatError) {
    switch error {
    case .cannotHoldValue(_, let reason): self.init(reason: reason)
    case .cannotHold(let format, let pixels):
      let found = FileFormat.named(format)
      let modes = found?.modes.map(\.name) ?? []
      let wide = modes.isEmpty ? found?.wideModes.map { PixelFormat($0, .u16).words } ?? [] : []
      self.init(
        reason: "it holds \((modes + wide).joined(separator: ", ")), not \(pixels.mode.name)"
          + (pixels.type == pixels.mode.naturalType ? "" : " of \(pixels.type.rawValue) samples"))
    default: self.init(reason: ToolError(error, name: "the header").message)
    }
  }
}

extension LayoutDifference {
  /// The difference in words, `format` being the file's.
  fileprivate func words(_ format: String) -> String {
    switch self {
    case .rowOrder(let rawIsBottomUp):
      rawIsBottomUp
        ? "the rows are stored bottom-up, those of \(format) top-down"
        : "the rows are stored top-down, those of \(format) bottom-up"
    case .rowStride(let raw, let file):
      "the rows are \(raw) bytes apart, those of \(format) \(file)"
    case .pixelStride(let raw, let file):
      "the pixels are \(raw) bits apart, those of \(format) \(file)"
    case .bandOrder(let raw, let file):
      "the bands are stored as \(raw.joined(separator: ",")), those of \(format) as "
        + file.joined(separator: ",")
    case .interleave: "the bands are not side by side as those of \(format) are"
    case .byteOrder(let rawIsBigEndian):
      rawIsBigEndian
        ? "the samples are big-endian, those of \(format) little-endian"
        : "the samples are little-endian, those of \(format) big-endian"
    case .samples(let band): "band \(band) has other bits than that of \(format)"
    case .offset(let offset):
      "the pixels start at byte \(offset) of the file, and a header goes before byte 0"
    }
  }
}
