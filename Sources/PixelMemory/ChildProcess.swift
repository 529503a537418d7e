/// A running program whose standard input and output are ours; its standard error is the parent's.
/// Its standard input is a socket, so that the program's end is an error to us and no signal.
///
/// The end of its life ends the program's, too: the pipes are closed and the exit is waited for.
package struct ChildProcess: ~Copyable {
  package let processID: Int32
  private var input: FileDescriptor?
  private var inputNumber: Int32?
  private let output: FileDescriptor
  private var termination: Syscalls.Termination?

  /// Starts the program at `path`; `/proc/self/exe` is this one again.
  package init(_ path: String, arguments: [String]) throws(SystemError) {
    let toChild = try Syscalls.socketPair()
    let fromChild = try Syscalls.pipe()
    let input = try toChild.writing.duplicated()
    let output = try fromChild.reading.duplicated()
    processID = try Syscalls.spawn(
      path, arguments: arguments, input: toChild.reading.number, output: fromChild.writing.number)
    inputNumber = input.number
    self.input = consume input
    self.output = consume output
  }

  deinit {
    if termination == nil {
      Syscalls.kill(processID, signal: 9)
      _ = try? Syscalls.wait(for: processID)
    }
  }

  /// Sends bytes to the program's standard input, all of them.
  package func write(_ bytes: RawSpan) throws(SystemError) {
    guard let inputNumber else { throw SystemError(call: "write", code: Errno.brokenPipe) }
    try Syscalls.send(inputNumber, bytes)
  }

  /// Reads one line, without its end; `nil` when the program has closed its output.
  package func readLine() throws(SystemError) -> String? { try Syscalls.readLine(output.number) }

  /// The program reads the end of its standard input.
  package mutating func closeInput() {
    inputNumber = nil
    input = nil
  }

  /// Closes the program's input and waits for its end.
  package mutating func wait() throws(SystemError) -> Syscalls.Termination {
    if let termination { return termination }
    closeInput()
    let ended = try Syscalls.wait(for: processID)
    termination = ended
    return ended
  }
}
