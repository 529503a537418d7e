import Glibc
import Testing

@testable import PixelMemory

@Suite(.serialized) struct ProcessTests {
  @Test("A command of the shell tells how it ended")
  func shell() throws {
    #expect(try Syscalls.run(shellCommand: "exit 0").isSuccess)
    #expect(try Syscalls.run(shellCommand: "exit 7") == .exited(7))
    #expect(try Syscalls.run(shellCommand: "kill -9 $$") == .signaled(9))
    #expect(throws: SystemError.self) { try Syscalls.run(shellCommand: "true\0false") }
  }

  @Test("Its standard output is our standard error")
  func shellOutput() async throws {
    let result = try await #require(
      processExitsWith: .success, observing: [\.standardErrorContent, \.standardOutputContent]
    ) {
      _ = try Syscalls.run(shellCommand: "echo said")
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("said"))
    #expect(!String(decoding: result.standardOutputContent, as: UTF8.self).contains("said"))
  }

  @Test("A signal that we ignore and block is neither for a child", arguments: [SIGPIPE, SIGXFSZ])
  func childSignals(number: Int32) throws {
    let before = signal(number, SIG_IGN)
    defer { signal(number, before) }
    var blocked = sigset_t()
    var mask = sigset_t()
    unsafe sigemptyset(&blocked)
    unsafe sigaddset(&blocked, number)
    unsafe pthread_sigmask(SIG_BLOCK, &blocked, &mask)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &mask, nil) }
    let ended = try Syscalls.run(shellCommand: "kill -\(number) $$; exit 0")
    #expect(ended == .signaled(number))
  }

  @Test("A program is written to and read from")
  func pipes() throws {
    var child = try ChildProcess("/bin/cat", arguments: [])
    try child.write(unsafe Array("one\ntwo".utf8).span.bytes)
    #expect(try child.readLine() == "one")
    child.closeInput()
    #expect(throws: SystemError(call: "write", code: EPIPE)) {
      try child.write(unsafe Array("three".utf8).span.bytes)
    }
    #expect(try child.readLine() == "two")
    #expect(try child.readLine() == nil)
    #expect(try child.wait() == .exited(0))
    #expect(try child.wait() == .exited(0))
    var failing = try ChildProcess("/bin/sh", arguments: ["-c", "exit 3"])
    #expect(try failing.wait() == .exited(3))
    #expect(throws: SystemError(call: "posix_spawn", code: Errno.noEntry)) {
      _ = try Syscalls.spawn("/no/such", arguments: [])
    }
  }

  @Test("A child does not outlive its owner")
  func owner() throws {
    let process: Int32
    do {
      let child = try ChildProcess("/bin/sleep", arguments: ["100"])
      process = child.processID
    }
    #expect(throws: SystemError.self) { try Syscalls.status(of: "/proc/\(process)") }
  }

  @Test("Time runs forward, and there is a processor")
  func machine() {
    let start = Syscalls.monotonicNanoseconds()
    Syscalls.sleep(nanoseconds: 2_000_000)
    #expect(Syscalls.monotonicNanoseconds() - start >= 2_000_000)
    #expect(Syscalls.hardwareThreads >= 1)
    #expect(Syscalls.environment("PATH") != nil)
    #expect(Syscalls.environment("NO_SUCH_VARIABLE") == nil)
    #expect(Syscalls.message(for: 2) == "No such file or directory")
  }
}
