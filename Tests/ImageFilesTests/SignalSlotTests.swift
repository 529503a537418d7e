import CShims
import Glibc
import PixelMemory
import Testing

@testable import ImageFiles

/// What a signal takes along before it ends the process: slots that a handler can read.
@Suite struct SignalSlotTests {
  let directory = TemporaryDirectory()

  @Test("A signal takes as many temporaries along as there are slots, and no other")
  func allSlots() async throws {
    for index in 0...64 { try directory.write("t\(index)", []) }
    await #expect(processExitsWith: .signal(SIGTERM)) { [path = directory.path as String] in
      let open = try Syscalls.open(path, [.readOnly, .directory])
      let slots = (0...64).map { unsafe imgtool_temporary_arm(open.number, "t\($0)") }
      try #require(Set(slots.dropLast()) == Set(0..<64))
      try #require(slots.last == -1)
      // Its file is not the handler's any more, and a later one may have the slot.
      imgtool_temporary_disarm(slots[7])
      try #require(unsafe imgtool_temporary_arm(open.number, "t64") == slots[7])
      imgtool_temporary_disarm(slots[20])
      imgtool_temporary_disarm(-1)
      unblockSignals()
      SignalPolicy.install()
      Syscalls.raise(signal: SIGTERM)
    }
    #expect(directory.names == ["t20", "t7"])
  }

  @Test("A name that is too long for a slot has none; the longest has one")
  func longNames() {
    let name = String(repeating: "n", count: 63)
    let slot = unsafe imgtool_temporary_arm(-1, name)
    #expect(slot >= 0)
    imgtool_temporary_disarm(slot)
    #expect(unsafe imgtool_temporary_arm(-1, name + "n") == -1)
  }

  @Test(
    "A durable save works in a directory that may not be read",
    .enabled(if: geteuid() == 0, "only root can become somebody else"))
  func unreadableDirectory() async throws {
    #expect(unsafe chmod(directory.path, 0o333) == 0)
    await #expect(processExitsWith: .success) { [path = directory.path as String] in
      try #require(setgid(65534) == 0 && setuid(65534) == 0)
      #expect(throws: SystemError(call: "open", code: EACCES)) {
        _ = try Syscalls.open(path, [.readOnly, .directory])
      }
      _ = try save([1, 2], to: "\(path)/a", durable: true)
    }
    #expect(unsafe chmod(directory.path, 0o755) == 0)
    #expect(try directory.contents("a") == [1, 2])
    #expect(directory.names == ["a"])
  }
}
