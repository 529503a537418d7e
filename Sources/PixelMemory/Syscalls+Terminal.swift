import CShims
import Glibc

extension Syscalls {
  /// How large a terminal is.
  package struct TerminalSize: Equatable, Sendable {
    /// In cells.
    package var columns, rows: Int
    /// In pixels; 0 where the terminal does not tell.
    package var width, height: Int

    package init(columns: Int, rows: Int, width: Int = 0, height: Int = 0) {
      self.columns = columns
      self.rows = rows
      self.width = width
      self.height = height
    }
  }

  /// The size of the terminal behind a descriptor; `nil` without one (`ioctl TIOCGWINSZ`).
  package static func terminalSize(_ descriptor: Int32) -> TerminalSize? {
    var size = imgtool_terminal_size()
    guard unsafe imgtool_terminal_size_get(descriptor, &size) == 0, size.columns > 0, size.rows > 0
    else { return nil }
    return TerminalSize(
      columns: Int(size.columns), rows: Int(size.rows), width: Int(size.width),
      height: Int(size.height))
  }

  /// Sends a question to the terminal and collects its answer up to `end`; what came by then when
  /// the time is over. `nil` where nothing can be asked: no terminal, in the background, or keys
  /// already wait that are meant for the next program.
  package static func askTerminal(
    _ question: String, input: Int32, output: Int32, until end: UInt8, nanoseconds: UInt64
  ) -> [UInt8]? {
    guard isTerminal(input), isTerminal(output), imgtool_terminal_waiting(input) == 0,
      imgtool_terminal_make_raw(input)
    else { return nil }
    defer { imgtool_terminal_make_cooked() }
    guard (try? write(output, question)) != nil else { return nil }
    let deadline = monotonicNanoseconds() + nanoseconds
    var answer: [UInt8] = []
    while answer.last != end, answer.count < 4096 {
      let now = monotonicNanoseconds()
      guard now < deadline else { break }
      var request = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
      let milliseconds = Int32((deadline - now) / 1_000_000 + 1)
      guard unsafe poll(&request, 1, milliseconds) > 0 else { continue }
      var byte: [UInt8] = [0]
      var span = byte.mutableSpan
      var bytes = unsafe span.mutableBytes
      guard let count = try? read(input, into: &bytes), count == 1 else { break }
      answer.append(byte[0])
    }
    return answer
  }

  /// Starts a thread that nobody waits for; false when the system has no more of them.
  package static func startUnjoinedThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    guard let thread = startThread(body) else { return false }
    return pthread_detach(thread) == 0
  }
}

/// A text that a terminal must get before the process ends, by whatever signal: what leaves the
/// alternate screen, or erases a line.
package struct TerminalCleanup: ~Copyable {
  private let slot: Int32
  private let descriptor: Int32
  private let text: String

  /// - Parameter text: at most 63 bytes.
  package init(_ descriptor: Int32, _ text: String) {
    self.descriptor = descriptor
    self.text = text
    slot = unsafe text.withCString { unsafe imgtool_terminal_arm(descriptor, $0) }
  }

  deinit {
    _ = try? Syscalls.write(descriptor, text)
    imgtool_terminal_disarm(slot)
  }
}
