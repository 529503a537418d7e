import PixelMemory

extension StepRecord {
  static let run = StepRecord(
    "--run", "COMMAND", .outside, "run a command with /bin/sh; its output goes to standard error",
    details: .init(
      """
      If the command fails, the run ends with 2. Use it to \
      test what another program does to the buffer.
      """, example: "--run 'touch done'"),
    traits: [.sharesStandardError, .reachesOut, .keepsOrder]
  ) { command in
    ActStep { session throws(ToolError) in
      let context = session.context
      let end: Syscalls.Termination
      do throws(SystemError) { end = try Syscalls.run(shellCommand: command) } catch {
        throw context.refusal(
          error.code == Errno.noEntry
            ? "/bin/sh, which runs commands, is missing" : error.message)
      }
      switch end {
      case .exited(0): return
      case .exited(let code): throw context.refusal("the command ended with \(code)")
      case .signaled(let signal): throw context.refusal("the command was ended by signal \(signal)")
      }
    }
  }
}
