import CShims
import Glibc
import Testing

@testable import PixelMemory

/// A terminal of a test's own: what is typed into `keyboard` is read from `screen`.
private final class Terminal {
  let keyboard: FileDescriptor
  let screen: FileDescriptor

  init() throws {
    keyboard = try Syscalls.open("/dev/ptmx", .readWrite)
    var number: Int32 = -1
    var locked: Int32 = 0
    // TIOCGPTN and TIOCSPTLCK.
    try #require(unsafe ioctl(keyboard.number, 0x8004_5430, &number) == 0)
    try #require(unsafe ioctl(keyboard.number, 0x4004_5431, &locked) == 0)
    // A process with a session of its own gets it as its controlling terminal here.
    let screen = unsafe Glibc.open("/dev/pts/\(number)", O_RDWR | O_CLOEXEC)
    try #require(screen >= 0)
    self.screen = FileDescriptor(owning: screen)
  }

  func type(_ text: String) throws { try Syscalls.write(keyboard.number, text) }

  var echoes: Bool {
    var settings = termios()
    return unsafe tcgetattr(screen.number, &settings) == 0 && settings.c_lflag & UInt32(ECHO) != 0
  }
}

/// A session without a terminal, which takes the next one that is opened as its own.
private func takeSession() throws {
  // The end of the terminal would end the process.
  signal(SIGHUP, SIG_IGN)
  try #require(setsid() == getpid())
}

/// What is answered to a question in time.
private func ask(
  _ terminal: Terminal, output: Int32? = nil, milliseconds: UInt64 = 50
) -> [UInt8]? {
  Syscalls.askTerminal(
    "?", input: terminal.screen.number, output: output ?? terminal.screen.number,
    until: UInt8(ascii: "c"), nanoseconds: milliseconds * 1_000_000)
}

/// Types the answer to a question, and not before it is asked.
private func answer(_ text: String, at keyboard: Int32) throws {
  var question = try Scratch(byteCount: 1)
  repeat {
    var byte = question.mutableBytes
    try #require(try Syscalls.read(keyboard, into: &byte) == 1)
  } while unsafe question.bytes.unsafeLoad(as: UInt8.self) != UInt8(ascii: "?")
  try Syscalls.write(keyboard, text)
}

@Suite struct TerminalTests {
  @Test("A terminal as standard input is read to the end that is typed")
  func spooled() throws {
    let terminal = try Terminal()
    try terminal.type("ab\n\u{4}")
    let buffer = try Buffer(spooling: terminal.screen.number, name: "-")
    #expect(try buffer.bytes(0, buffer.byteCount) == Array("ab\n".utf8))
  }

  @Test("What is no terminal has no size, no waiting keys, and is asked nothing")
  func noTerminal() throws {
    let null = try Syscalls.open("/dev/null", .readWrite)
    #expect(Syscalls.terminalSize(null.number) == nil)
    #expect(imgtool_terminal_waiting(null.number) == -1)
    #expect(!imgtool_terminal_make_raw(null.number))
    let answer = Syscalls.askTerminal(
      "?", input: null.number, output: null.number, until: 0, nanoseconds: 1)
    #expect(answer == nil)
  }

  @Test("A terminal of another session is not ours to change")
  func foreign() throws {
    // The tests have no terminal, or another one.
    let terminal = try Terminal()
    try #require(tcgetpgrp(terminal.screen.number) != getpgrp())
    #expect(ask(terminal) == nil)
    #expect(terminal.echoes)
  }

  @Test("A terminal gives its answer, or what came of it in time; then it is as it was")
  func asked() async {
    await #expect(processExitsWith: .success) {
      try takeSession()
      let terminal = try Terminal()
      // Who typed before means the next program.
      try terminal.type("x")
      try #require(ioctl(terminal.screen.number, UInt(TCFLSH), TCIFLUSH) == 0)
      try #require(ask(terminal) == [])
      try #require(terminal.echoes)

      let number = terminal.keyboard.number
      // The question that nobody answered.
      try answer("", at: number)
      // An answer to its end is waited for; one without an end comes long before the time is over.
      for (typed, expected, milliseconds) in [
        ("abcd", "abc", 60_000), ("ab", "ab", 2000),
      ] as [(String, String, UInt64)] {
        try #require(Syscalls.startUnjoinedThread { try? answer(typed, at: number) })
        try #require(ask(terminal, milliseconds: milliseconds) == Array(expected.utf8))
        try #require(terminal.echoes)
        try #require(ioctl(terminal.screen.number, UInt(TCFLSH), TCIFLUSH) == 0)
      }
    }
  }

  @Test("A terminal that cannot be written to is asked nothing, and is as it was")
  func notWritable() async {
    await #expect(processExitsWith: .success) {
      try takeSession()
      let terminal = try Terminal()
      let readable = try Syscalls.open(
        Syscalls.procPath(of: terminal.screen.number), .readOnly)
      try #require(ask(terminal, output: readable.number) == nil)
      try #require(terminal.echoes)
    }
  }

  @Test("The end of the process writes what each slot holds, and no more")
  func cleanups() async {
    await #expect(processExitsWith: .success) {
      let pipe = try Syscalls.pipe()
      let number = pipe.writing.number
      let slots = ["a", "b", "c", "d", "e"].map { text in
        unsafe text.withCString { unsafe imgtool_terminal_arm(number, $0) }
      }
      try #require(slots == [0, 1, 2, 3, -1])
      imgtool_terminal_disarm(1)
      imgtool_terminal_disarm(-1)
      imgtool_terminal_restore()
      var bytes = try Scratch(byteCount: 16)
      var span = bytes.mutableBytes
      try #require(try Syscalls.read(pipe.reading.number, into: &span) == 3)
      let found = unsafe bytes.bytes.withUnsafeBytes { unsafe Array($0.prefix(3)) }
      try #require(found == Array("acd".utf8))
      // The place that is free again takes the longest text there is; a longer one has no place.
      let text = String(repeating: "t", count: 63)
      try #require(unsafe imgtool_terminal_arm(pipe.writing.number, text + "t") == -1)
      try #require(unsafe imgtool_terminal_arm(pipe.writing.number, text) == 1)
    }
  }
}
