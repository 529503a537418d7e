import ImageFiles
import PixelMemory
import PixelViews

/// The tool as a function: arguments in, exit status out.
package enum Tool {
  /// Runs the process's command line and ends the process.
  package static func main() -> Never {
    Syscalls.setAsideMemory(byteCount: 3 << 19)
    SignalPolicy.install()
    guard let arguments = Syscalls.arguments else {
      Console().complain(
        "the list of arguments is empty, the program's own name included; a command is expected, "
          + "such as imgtool help")
      Syscalls.exit(ExitStatus.refused.rawValue)
    }
    Syscalls.exit(run(arguments).rawValue)
  }

  /// Runs a command line, the program's name left out.
  package static func run(_ arguments: [String]) -> ExitStatus {
    var console = Console()
    var isJSON = Parser.asksForJSON(arguments)
    do throws(ToolError) {
      if arguments.first == VerifyPeer.word { return try VerifyPeer.run(arguments) }
      console.outputIsTaken = Parser.savesToStandardOutput(arguments)
      var invocation = try Parser.parse(arguments)
      isJSON = invocation.report.json
      console.isQuiet = invocation.report.quiet
      console.isVerbose = invocation.report.verbose
      console.isStrict = invocation.running.isStrict
      console.outputIsTaken = false
      let notes = console
      invocation.opening.whenWaiting = { notes.note($0) }
      let command = invocation.command
      // The largest table comes out of what is set aside, before a file takes the rest.
      _ = Rawmode.all
      let isSilent = console.isQuiet || ["watch", "explore"].contains(command.name)
      return try Progress.shared.during(isSilent ? nil : command.name) { () throws(ToolError) in
        try command.run(invocation, &console)
      }
    } catch {
      // There is nowhere to report the failure of a report.
      if isJSON, !error.isReported { try? console.answer(error.json.text) }
      console.complain(error.message)
      return error.status
    }
  }
}
