import ImageFiles
import PixelMemory

/// What was typed, read into values. Nothing has been looked at or opened.
package struct Invocation: Sendable {
  var command: Command
  /// Paths, in order.
  var operands: [String] = []
  var opening = OpenOptions()
  var steps: [TypedStep] = []
  var running = RunOptions()
  var report = ReportOptions()
  var showing = ShowOptions()
  /// The long names of the options that were given and may stand once.
  var given: [String] = []
  /// The options of the layout, for a command that passes them on.
  var typedLayout: [TypedOption] = []
  /// The options of the command alone.
  private var ownOptions: (any CommandOptions)?

  init(command: Command) { self.command = command }

  /// The options of the command alone, as it keeps them.
  func own<Options: CommandOptions>(_: Options.Type = Options.self) -> Options {
    ownOptions as? Options ?? Options()
  }

  /// Changes the options of the command alone.
  mutating func changeOwn<Options: CommandOptions>(
    _ body: (inout Options) throws(ToolError) -> Void
  ) throws(ToolError) {
    var options: Options = own()
    try body(&options)
    ownOptions = options
  }

  /// Refuses `--json` for a command that has no facts to tell.
  func refuseJSON() throws(ToolError) {
    if report.json {
      throw ToolError(
        "\(command.name) prints a text for another program, not JSON; `imgtool help --json` lists "
          + "the commands and options that it is made of")
    }
  }
}

/// Options that one command takes and no other, as values.
protocol CommandOptions: Sendable {
  /// What holds when none was typed.
  init()
}

/// How steps are done, as it was typed.
struct RunOptions: Sendable {
  /// `--replace`: a save onto the mapped file takes its name by rename; `nil` for a command that does
  /// not take the option.
  var replace: Bool?
  /// `--no-copy`: a step that copies the image is an error.
  var noCopy = false
  /// `--strict`: pixels that are not kept as they are make an error.
  var isStrict = false
  /// `--consistent`: how often a step tries to read pixels that stand still.
  var consistency: Int?
}

/// How results are told, as it was typed.
struct ReportOptions: Sendable {
  var json = false
  var quiet = false
  var verbose = false
  /// `--color`: when text is colored.
  var color = TextStyle.Choice.auto
  /// Whether the help is asked for by `-h`.
  var isShort = false
}
