import PixelMemory
import PixelViews

/// The file that layouts are tried on.
struct ExploredFile: Equatable, Sendable {
  /// As the user named it.
  let path: String
  var byteCount: Int

  /// The path as a word of a command line: one that no option could be.
  var word: String { ShellWord.operand(path) }
}

/// What the parser and the opener make of a layout, for a file of some length.
struct LayoutFacts: Sendable {
  let typed: TypedLayout
  let options: OpenOptions
  let resolved: ResolvedLayout
  let file: ExploredFile

  /// - Throws: ``ToolError`` as `frombuffer` refuses the layout.
  init(_ typed: TypedLayout, of file: ExploredFile) throws(ToolError) {
    options = try Parser.parse(["frombuffer", file.word] + typed.words).opening
      .with(access: .readOnly)
    try options.layout.checkFileStandsAlone()
    resolved = try options.layout.resolve(name: file.path, byteCount: file.byteCount)
    do throws(ViewError) { try resolved.layout.check(byteCount: file.byteCount) } catch {
      throw resolved.explain(error, name: file.path)
    }
    try options.checkVideoColor(of: resolved.format.mode)
    if options.palette != nil { _ = try options.loadPalette(for: resolved.format.mode) }
    self.typed = typed
    self.file = file
  }

  var width: Int { resolved.layout.width }
  var height: Int { resolved.layout.height }

  /// The rows of one frame.
  var frameHeight: Int { resolved.asked?.height ?? height }

  /// How the pixels are stored; `nil` for a layout file.
  var rawmode: Rawmode? {
    guard resolved.storage != ResolvedLayout.fileStorage else { return nil }
    let mode = options.layout.mode
    return options.layout.rawmode.map { Rawmode.named($0, mode: mode) }
      ?? Rawmode.natural(mode ?? .gray)
  }

  /// The mosaic that the name of the rawmode tells, or `--bayer`.
  var mosaic: Mosaic? {
    options.bayer ?? options.layout.rawmode.flatMap { Mosaic(rawmode: $0) } ?? resolved.mosaic
  }

  /// The same layout with its size in numbers.
  var exact: TypedLayout {
    var layout = typed
    if typed["--size"] != nil { layout["--size"] = "\(width)x\(frameHeight)" }
    return layout
  }

  /// The mode that pixels are shown in.
  var shownMode: Mode { resolved.shownMode ?? resolved.format.mode }

  var shownBands: [String] { shownMode.bands }
}
