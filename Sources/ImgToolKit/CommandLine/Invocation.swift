import ImageFiles
import PixelMemory
import PixelViews

/// What was typed, read into values. Nothing has been looked at or opened.
package struct Invocation: Sendable {
  var command: Command
  /// Paths, in order.
  var operands: [String] = []
  var layout = LayoutChoice()
  var steps: [Step] = []
  var report = ReportChoice()
  var verify = VerifyChoice()
  var showing = ShowChoice()
  var watching = WatchChoice()
  var comparing = ComparisonSettings()
  /// Options that stand for one command alone, by their long names.
  var extra: [String: String] = [:]
  /// The long names of the once-only options that were given.
  var given: [String] = []
  /// `--replace`: a save onto the mapped file takes its name by rename.
  var replace = false
  /// `--no-copy`: a step that copies the image is an error.
  var noCopy = false
  /// `--consistent`: how often a step tries to read pixels that stand still.
  var consistency: Int?
  /// `--lock`: the source is locked while it is open.
  var locks = false
  /// `--threads`; `nil` for all cores.
  var threads: Int?
  /// `--limit-pixels`.
  var limits = Limits()

  /// The layout options as they were typed.
  struct LayoutChoice: Sendable {
    /// `--size`.
    enum Size: Sendable, Equatable {
      case exact(width: Int, height: Int)
      /// `Wx`: as many whole rows as the file holds.
      case rows(width: Int)
      /// From the file's name.
      case automatic
    }

    /// `--frame` and `--frames`.
    enum Frame: Sendable, Equatable {
      case index(Int)
      case last
    }

    enum PaletteSource: Sendable, Equatable {
      case gray
      case file(String)
    }

    var size: Size?
    var mode: Mode?
    var rawmode: String?
    var options = Rawmode.Options()
    var interleave: Rawmode.Interleave?
    var order: String?
    var frame: Frame?
    var frames: ClosedRange<Int>?
    var frameStride: Int?
    var frameHeader: Int?
    var palette: PaletteSource?
    var access = Access.copyOnWrite
    var trailing = Trailing.warn
    var layoutFile: String?
  }

  /// What bytes after the last row mean.
  enum Trailing: String, CaseIterable, Sendable { case ok, warn, error }

  struct ReportChoice: Sendable {
    var json = false
    var quiet = false
    var verbose = false
  }

  struct VerifyChoice: Sendable {
    var saves: [String] = []
    var inPlace = false
    var emulateCopyOnSave = false
  }

  init(command: Command) { self.command = command }

  /// Whether standard output carries an image or a header, so that reports go to standard error.
  var takesStandardOutput: Bool {
    command.name == Command.header.name
      ? (extra["--output"] ?? "-") == "-" : steps.contains(where: \.writesStandardOutput)
  }

  /// Refuses `--json` for a command that has no facts to tell.
  func refuseJSON() throws(ToolError) {
    if report.json {
      throw ToolError(
        "\(command.name) prints a text for another program and no JSON; `imgtool help --json` "
          + "tells the commands and options that it is made of")
    }
  }
}

/// One step of a run, as it was typed.
package struct Step: Sendable {
  var action: Action
  /// The option's name, for reports.
  var name: String
  /// The option's value, for reports.
  var argument: String?

  enum Action: Sendable {
    case put(x: Int, y: Int, String)
    case fill(Rectangle?, String)
    case invert
    case flip(FlipAxis)
    case swap(String, String)
    case add(Double)
    case paste(String, x: Int, y: Int)
    case crop(Rectangle)
    case band(String)
    case reorient(Reorientation)
    case every(columns: Int, rows: Int)
    case convert(Mode)
    case window(Double, Double)
    case copy
    case poke(offset: Int, [UInt8])
    case run(String)
    case save(String)
    case setFormat(String)
    case setRawmode(String)
    case setLevel(Int)
    case setBits(Int)
    case setComparison(ComparisonSettings.Change)
    case expect(x: Int, y: Int, String)
    case expectShared
    case expectDetached
    case expectHash(String)
    case compare(String)
    case print(x: Int, y: Int)
    case stats
    case hash
    case show
    case sync
  }
}
