import Glibc
import Testing

@testable import PixelMemory

/// The bytes in a pipe that nobody has taken yet.
private func unreadByteCount(_ number: Int32) -> Int32? {
  var count: Int32 = 0
  return unsafe ioctl(number, UInt(FIONREAD), &count) == 0 ? count : nil
}

@Suite struct SpoolTests {
  /// A pipe that `sh` fills.
  private func spool(_ command: String, limit: Int? = nil) throws -> Buffer {
    let pipe = try Syscalls.pipe()
    let reading = try pipe.reading.duplicated()
    let process = try Syscalls.spawn(
      "/bin/sh", arguments: ["-c", command], output: pipe.writing.number)
    defer { _ = try? Syscalls.wait(for: process) }
    return try read(reading, pipe, limit: limit)
  }

  /// The writing end closes with the pipe; else its reader would wait for ever.
  private func read(
    _ reading: consuming FileDescriptor, _ pipe: consuming Syscalls.Pipe, limit: Int?
  ) throws -> Buffer {
    _ = consume pipe
    return try Buffer(spooling: reading.number, name: "-", limit: limit)
  }

  @Test("A pipe is read to its end, whatever its pieces")
  func pipe() throws {
    let pipe = try Syscalls.pipe()
    let reading = try pipe.reading.duplicated()
    let writing = dup(pipe.writing.number)
    _ = consume pipe
    let isAlone = Results<Bool>(count: 1)
    try #require(
      Syscalls.startUnjoinedThread {
        let end = FileDescriptor(owning: writing)
        try? Syscalls.write(end.number, "abc")
        // The first piece has been taken before the second one is there.
        isAlone.set(0, waits { unreadByteCount(end.number) == 0 })
        try? Syscalls.write(end.number, "def" + String(repeating: "\0", count: 3_000_000))
      })
    let buffer = try Buffer(spooling: reading.number, name: "-")
    #expect(isAlone.all == [true])
    #expect(buffer.byteCount == 3_000_006)
    #expect(try buffer.bytes(0, 7) == Array("abcdef\0".utf8))
    #expect(buffer.origin == .spooled(name: "-"))
    #expect(try buffer.sharing(in: 0..<6) == .copy(reason: "- is a pipe"))
    try buffer.store([1], at: 0)
    #expect(try buffer.bytes(0, 2) == [1, UInt8(ascii: "b")])
  }

  @Test("Nobody can change the size of what was spooled")
  func sealed() throws {
    let buffer = try spool("printf abc")
    let number = try #require(buffer.descriptor)
    #expect(ftruncate(number, 1) == -1)
    #expect(ftruncate(number, 9) == -1)
    try buffer.checkFault()
  }

  @Test("A pipe without bytes, one with too many and a device without end are refused")
  func refused() throws {
    #expect(throws: MemoryError.empty(path: "-")) { try spool("true") }
    #expect(throws: MemoryError.outOfMemory(byteCount: 4)) { try spool("printf abcd", limit: 3) }
    #expect(try spool("printf abcd", limit: 4).byteCount == 4)
    let zero = try Syscalls.open("/dev/zero", .readOnly)
    #expect(throws: MemoryError.notMappable(path: "-", kind: .characterDevice)) {
      try Buffer(spooling: zero.number, name: "-")
    }
    // Not its bytes, which it does not give.
    let pipe = try Syscalls.pipe()
    #expect(throws: MemoryError.system(call: "read", path: "-", errno: EBADF)) {
      try Buffer(spooling: pipe.writing.number, name: "-")
    }
    let directory = try Syscalls.open("/", .readOnly)
    #expect(throws: MemoryError.notMappable(path: "-", kind: .directory)) {
      try Buffer(spooling: directory.number, name: "-")
    }
  }

  @Test("The limit on file size holds for what is spooled, and is an error")
  func sizeLimit() async {
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
      unsafe setrlimit(__rlimit_resource_t(1), &limit)
      for (byteCount, error) in [
        (1 << 20, nil), (1 << 20 + 1, MemoryError.system(call: "write", path: "-", errno: EFBIG)),
      ] {
        let pipe = try Syscalls.pipe()
        let reading = try pipe.reading.duplicated()
        let head = try Syscalls.spawn(
          "/bin/sh", arguments: ["-c", "exec head -c \(byteCount) /dev/zero"],
          output: pipe.writing.number)
        _ = consume pipe
        let spooled = Result { () throws(MemoryError) in
          try Buffer(spooling: reading.number, name: "-").byteCount
        }
        try #require(spooled == (error.map { .failure($0) } ?? .success(byteCount)))
        _ = consume reading
        _ = try Syscalls.wait(for: head)
      }
    }
  }
}
