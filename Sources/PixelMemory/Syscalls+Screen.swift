import CShims
import Glibc

extension Syscalls {
  /// What a program that fills the screen hears of.
  package enum ScreenSignal: Sendable {
    /// The terminal has another size.
    case resized
    /// The user wants the shell back for a while.
    case stopping
    /// The process goes on after a stop.
    case goingOn

    /// - Parameter byte: as the handler writes it.
    package init?(byte: UInt8) {
      switch UInt32(byte) {
      case imgtool_screen_resized.rawValue: self = .resized
      case imgtool_screen_stopping.rawValue: self = .stopping
      case imgtool_screen_going_on.rawValue: self = .goingOn
      default: return nil
      }
    }
  }

  /// Lets `SIGWINCH`, `SIGTSTP` and `SIGCONT` each write a byte to a pipe, until
  /// ``endScreenSignals()`` (`sigaction(2)`).
  package static func beginScreenSignals(_ descriptor: Int32) throws(SystemError) {
    _ = try retrying("fcntl") { fcntl(descriptor, F_SETFL, O_NONBLOCK) }
    imgtool_screen_signals_begin(descriptor)
  }

  package static func endScreenSignals() { imgtool_screen_signals_end() }

  /// Stops the process as Ctrl-Z does, and returns when it goes on.
  package static func stop() { imgtool_screen_stop() }

  /// Turns echo and line editing off; false in the background of the shell (`tcsetattr(3)`).
  package static func makeRaw(_ terminal: Int32) -> Bool { imgtool_terminal_make_raw(terminal) }

  /// Undoes ``makeRaw(_:)``.
  package static func makeCooked() { imgtool_terminal_make_cooked() }

  /// Waits until one of two descriptors has something to read or has been hung up; neither after the
  /// time, which does not end for -1 (`poll(2)`).
  package static func waitUntilReadable(
    _ one: Int32, _ other: Int32, milliseconds: Int32
  ) throws(SystemError) -> (Bool, Bool) {
    var requests = [one, other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    _ = try retrying("poll") { unsafe poll(&requests, 2, milliseconds) }
    return (requests[0].revents != 0, requests[1].revents != 0)
  }
}
