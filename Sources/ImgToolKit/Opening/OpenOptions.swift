import ImageFiles
import PixelMemory
import PixelViews

/// How a source is opened, as it was typed.
struct OpenOptions: Sendable {
  var layout = LayoutOptions()
  /// `--each`: frames are opened one by one.
  var isEach = false
  /// `--access`; `nil` where nothing was typed.
  var access: Access?
  /// `--palette`.
  var palette: PaletteSource?
  /// `--chroma` and `--siting`.
  var chroma: ChromaChoice?
  var siting: ChromaSiting?
  /// `--matrix` and `--range`.
  var matrix: VideoColor.Matrix?
  var range: VideoColor.Range?
  /// `--bayer`.
  var bayer: Mosaic?
  /// `--scale` and `--bias`.
  var scale: Double?
  var bias: Double?
  /// `--trailing`.
  var trailing = Trailing.warn
  /// `--salvage`.
  var salvages = false
  /// Whether `--salvage` can be given for it.
  var offersSalvage = true
  /// `--lock`: the source is locked while it is open.
  var locks = false
  /// `--no-copy`: a source that has to be copied is an error.
  var noCopy = false
  /// `--limit-pixels`.
  var limits = Limits()
  /// `--threads`; `nil` for all cores.
  var threads: Int?
  /// Told that another program holds the lock that is waited for.
  var whenWaiting: (@Sendable (_ note: String) -> Void)?

  /// What to do with bytes left after the last row.
  enum Trailing: String, CaseIterable, Sendable { case ok, warn, error }

  enum PaletteSource: Sendable, Equatable {
    case gray
    case file(String)
  }

  /// The threads to use, also by what is done with what was opened.
  var threadCount: Int { threads ?? Syscalls.hardwareThreads }

  /// The access to a file that is opened to be looked at or edited.
  var runAccess: Access { access ?? .copyOnWrite }

  /// The same for a file that is only read, unless another access was typed.
  var reading: OpenOptions {
    var options = self
    options.access = access ?? .readOnly
    return options
  }

  /// The same with another access.
  func with(access: Access) -> OpenOptions {
    var options = self
    options.access = access
    return options
  }
}

/// Where the pixels of a raw file stand, as it was typed.
struct LayoutOptions: Sendable {
  /// `--size`.
  enum Size: Sendable, Equatable {
    case exact(width: Int, height: Int)
    /// `Wx`: as many whole rows as the file holds.
    case rows(width: Int)
    /// From the file's name.
    case automatic
  }

  /// `--frame`.
  enum Frame: Sendable, Equatable {
    case index(Int)
    case last
  }

  /// `--frames`.
  enum Frames: Sendable, Equatable {
    case range(ClosedRange<Int>)
    case all

    /// As it is typed.
    var text: String {
      switch self {
      case .range(let range): "\(range.lowerBound)..\(range.upperBound)"
      case .all: "all"
      }
    }

    var first: Int { if case .range(let range) = self { range.lowerBound } else { 0 } }

    /// The last one; of all frames, that of `count`.
    func last(of count: Int) -> Int {
      if case .range(let range) = self { range.upperBound } else { count - 1 }
    }
  }

  var size: Size?
  var mode: Mode?
  var rawmode: String?
  var options = Rawmode.Options()
  /// `--align none`: rows follow each other bit by bit.
  var isTight = false
  var interleave: Rawmode.Interleave?
  var order: String?
  /// `--tensor`.
  var tensor: String?
  var frame: Frame?
  var frames: Frames?
  var frameStride: Int?
  var frameHeader: Int?
  /// `--layout`.
  var file: String?
  /// The options that were typed, by their long names.
  var typed: [String] = []

  /// The options that choose among what a file that describes itself holds.
  static let choices = ["--frame", "--frames", "--order", "--tensor"]

  /// Whether the options say where pixels stand.
  var isGiven: Bool { size != nil || file != nil }

  /// Whether one of several frames was asked for.
  var choosesFrame: Bool { frame != nil || frames != nil }

  /// Refuses the name of an array in a file that has none.
  func checkNoTensor(_ path: String, _ kind: String) throws(ToolError) {
    guard tensor != nil else { return }
    let names = FileFormat.all.filter { $0.arrays == .named }.map(\.name)
    throw ToolError(
      "\(path): --tensor chooses an array of \(names.joined(separator: " or ")), this is a \(kind) "
        + "file; leave it out")
  }

  /// Refuses options that say again, or otherwise, what the file of `--layout` says. Where that is words,
  /// a frame can still be chosen; this is seen when it is read.
  func checkFileStandsAlone() throws(ToolError) {
    if file == LayoutOptions.automatic { return }
    try checkStandsAlone(besides: ["--layout", "--frame", "--frames", "--offset"])
  }

  /// The same for a file with all numbers of a layout.
  func checkNumbersStandAlone() throws(ToolError) { try checkStandsAlone(besides: ["--layout"]) }

  private func checkStandsAlone(besides others: Set<String>) throws(ToolError) {
    guard let file, let other = typed.first(where: { !others.contains($0) }) else { return }
    throw ToolError("--layout \(file) says where every sample stands; \(other) contradicts it")
  }
}
