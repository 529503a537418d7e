import Glibc
import PixelMemory
import Testing

@testable import ImageFiles

@Suite struct OutputCopyTests {
  let directory = TemporaryDirectory()
  /// More than a band of the doors, and no whole number of pages.
  static let bytes = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 / 3) }

  private func copy(
    _ buffer: Buffer, offset: Int, byteCount: Int, to path: String
  ) throws -> SavedFile {
    var file = try OutputFile(try SaveTarget.resolve(path), reserving: byteCount)
    try file.copy(from: buffer, offset: offset, byteCount: byteCount)
    return try file.commit(checking: [buffer])
  }

  @Test("A mapped file is copied by the kernel, any part of it", arguments: Access.allCases)
  func mapped(access: Access) throws {
    let source = try directory.write("in", Self.bytes)
    let buffer = try Buffer(mapping: source, access: access)
    let saved = try copy(buffer, offset: 0, byteCount: 3_000_001, to: directory.file("all"))
    #expect(try directory.contents("all") == Self.bytes)
    #expect(saved.bytesCopied == 0)
    _ = try copy(buffer, offset: 77, byteCount: 1_100_000, to: directory.file("part"))
    #expect(try directory.contents("part") == Array(Self.bytes[77..<1_100_077]))
    _ = try copy(buffer, offset: 3_000_001, byteCount: 0, to: directory.file("none"))
    #expect(try directory.contents("none") == [])
  }

  /// More than what several threads copy together, and no whole number of their parts.
  static let large: [UInt8] = (0..<4099).flatMap { (part: Int) -> [UInt8] in
    [UInt8](repeating: UInt8(truncatingIfNeeded: part &* 37), count: 4097)
  }

  @Test("A large range is copied by several threads, to where it belongs")
  func together() throws {
    let buffer = try Buffer(
      mapping: try directory.write("in", Self.large), access: .readOnly)
    var file = try OutputFile(
      try SaveTarget.resolve(directory.file("out")), reserving: nil)
    try file.write(unsafe [UInt8(8), 7].span.bytes)
    let count = Self.large.count - 5
    try file.copy(from: buffer, offset: 5, byteCount: count, threads: 3)
    try file.write(unsafe [UInt8(9)].span.bytes)
    let saved = try file.commit(checking: [buffer])
    #expect(saved.byteCount == count + 3)
    #expect(saved.bytesCopied == 3)
    let found = try Syscalls.contents(of: directory.file("out"), limit: 1 << 25)
    #expect(found == [8, 7] + Self.large[5...] + [9])
  }

  @Test("A large file that is cut is no file for any number of threads", arguments: [1, 3])
  func togetherCut(threads: Int) throws {
    let source = try directory.write("in", Self.large)
    let buffer = try Buffer(mapping: source, access: .readOnly)
    var file = try OutputFile(
      try SaveTarget.resolve(directory.file("out")), reserving: nil)
    do {
      let cut = try Syscalls.open(source, .writeOnly)
      try Syscalls.setSize(of: cut.number, to: 10_000_000)
    }
    #expect(
      throws: OutputError.memory(
        .truncated(path: source, needed: Self.large.count, found: 10_000_000))
    ) {
      try file.copy(from: buffer, offset: 0, byteCount: Self.large.count, threads: threads)
    }
  }

  @Test("What was written before and after a copy stands around it")
  func around() throws {
    let source = try directory.write("in", [1, 2, 3])
    var file = try OutputFile(
      try SaveTarget.resolve(directory.file("out")), reserving: 5)
    try file.write(unsafe [UInt8(8)].span.bytes)
    try file.copy(
      from: try Buffer(mapping: source, access: .readOnly), offset: 0, byteCount: 3)
    try file.write(unsafe [UInt8(9)].span.bytes)
    let saved = try file.commit()
    #expect(try directory.contents("out") == [8, 1, 2, 3, 9])
    #expect(saved.byteCount == 5)
    #expect(saved.bytesCopied == 2)
  }

  @Test("Edits under cow are saved, and so go through the doors")
  func privateEdits() throws {
    let source = try directory.write("in", Self.bytes)
    let buffer = try Buffer(mapping: source, access: .copyOnWrite)
    try buffer.copyIn(Block(offset: 5, byteCount: 2), from: unsafe [UInt8(100), 101].span.bytes)
    let saved = try copy(buffer, offset: 0, byteCount: 3_000_001, to: directory.file("out"))
    var expected = Self.bytes
    expected.replaceSubrange(5..<7, with: [100, 101])
    #expect(try directory.contents("out") == expected)
    #expect(saved.bytesCopied == 3_000_001)
    #expect(try directory.contents("in") == Self.bytes)
  }

  @Test("Memory and other file systems are copied as well")
  func otherSources() throws {
    let heap = try Buffer(allocating: 1000)
    try heap.copyIn(Block(offset: 999, byteCount: 1), from: unsafe [UInt8(7)].span.bytes)
    _ = try copy(heap, offset: 998, byteCount: 2, to: directory.file("heap"))
    #expect(try directory.contents("heap") == [0, 7])
    let elsewhere = "/dev/shm/imgtool-test-\(getpid())"
    let other = try Syscalls.open(elsewhere, [.readWrite, .create], mode: 0o600)
    defer { unsafe unlink(elsewhere) }
    try Syscalls.write(other.number, unsafe Self.bytes.span.bytes)
    let buffer = try Buffer(mapping: elsewhere, access: .readOnly)
    _ = try copy(buffer, offset: 1, byteCount: 3_000_000, to: directory.file("shm"))
    #expect(try directory.contents("shm") == Array(Self.bytes[1...]))
  }

  @Test("A pipe gets bytes and not pages, so that a later edit does not reach its reader")
  func pipe() throws {
    let source = try directory.write("in", Array(Self.bytes[..<10_000]))
    let buffer = try Buffer(mapping: source, access: .readWrite)
    let pipe = try Syscalls.pipe()
    let saved = try copy(
      buffer, offset: 0, byteCount: 10_000, to: "/dev/fd/\(pipe.writing.number)")
    #expect(saved.bytesCopied == 10_000)
    #expect(saved.identity == nil)
    try buffer.copyIn(
      Block(offset: 0, byteCount: 10_000),
      from: unsafe [UInt8](repeating: 255, count: 10_000).span.bytes)
    var read = [UInt8](repeating: 0, count: 10_000)
    var span = read.mutableSpan
    var bytes = unsafe span.mutableBytes
    #expect(try Syscalls.read(pipe.reading.number, into: &bytes) == 10_000)
    #expect(read == Array(Self.bytes[..<10_000]))
  }

  @Test("A redirected descriptor is appended to at its offset, and keeps what it had")
  func redirected() throws {
    let source = try directory.write("in", [1, 2, 3])
    let buffer = try Buffer(mapping: source, access: .readOnly)
    try directory.write("log", [9])
    let append = try Syscalls.open(directory.file("log"), [.writeOnly, .append])
    _ = try copy(buffer, offset: 0, byteCount: 3, to: "/dev/fd/\(append.number)")
    #expect(try directory.contents("log") == [9, 1, 2, 3])
    let plain = try Syscalls.open(directory.file("log"), .writeOnly)
    _ = try copy(buffer, offset: 1, byteCount: 1, to: "/proc/self/fd/\(plain.number)")
    _ = try copy(buffer, offset: 0, byteCount: 1, to: "/proc/self/fd/\(plain.number)")
    #expect(try directory.contents("log") == [2, 1, 2, 3])
  }

  @Test("Devices are written through")
  func devices() throws {
    let source = try directory.write("in", Self.bytes)
    let buffer = try Buffer(mapping: source, access: .readOnly)
    #expect(try copy(buffer, offset: 0, byteCount: 9, to: "/dev/null").byteCount == 9)
    #expect(throws: OutputError.outOfSpace(path: "/dev/full", needed: 9)) {
      try copy(buffer, offset: 0, byteCount: 9, to: "/dev/full")
    }
    #expect(throws: OutputError.outOfSpace(path: "/dev/full", needed: 2)) {
      try save([1, 2], to: "/dev/full")
    }
  }

  @Test("A source that is too short by now leaves the old file", arguments: Access.allCases)
  func truncated(access: Access) throws {
    let source = try directory.write("in", Self.bytes)
    let out = try directory.write("out", [9])
    let buffer = try Buffer(mapping: source, access: access)
    #expect(unsafe truncate(source, 100_000) == 0)
    let error = MemoryError.truncated(path: source, needed: 3_000_001, found: 100_000)
    #expect(throws: OutputError.memory(error)) {
      try copy(buffer, offset: 0, byteCount: 3_000_001, to: out)
    }
    #expect(try directory.contents("out") == [9])
    #expect(directory.names == ["in", "out"])
  }

  @Test("A source that gets too short after the copy is asked once more before the commit")
  func truncatedLate() throws {
    let source = try directory.write("in", [1, 2, 3])
    let out = try directory.write("out", [9])
    let buffer = try Buffer(mapping: source, access: .readOnly)
    #expect(throws: OutputError.self) {
      var file = try OutputFile(try SaveTarget.resolve(out), reserving: 3)
      try file.copy(from: buffer, offset: 0, byteCount: 3)
      unsafe truncate(source, 2)
      try file.commit(checking: [buffer])
    }
    #expect(try directory.contents("out") == [9])
  }

  @Test("Large holes stay holes in a file, and are zeros in a stream")
  func holes() throws {
    let size = 40 << 20
    let source = try directory.write("in", [1])
    do {
      let file = try Syscalls.open(source, .writeOnly)
      try Syscalls.write(file.number, at: 20 << 20, unsafe [UInt8(2)].span.bytes)
      try Syscalls.write(file.number, at: 30 << 20, unsafe [UInt8(3)].span.bytes)
      try Syscalls.setSize(of: file.number, to: size)
    }
    let buffer = try Buffer(mapping: source, access: .readOnly)
    var file = try OutputFile(try SaveTarget.resolve(directory.file("out")), reserving: nil)
    try file.copy(from: buffer, offset: 1, byteCount: (30 << 20) - 1)
    try file.copy(from: buffer, offset: 30 << 20, byteCount: 10 << 20)
    try file.commit(checking: [buffer])
    var status = stat()
    #expect(unsafe stat(directory.file("out"), &status) == 0)
    #expect(status.st_size == size - 1)
    #expect(status.st_blocks < (4 << 20) / 512)
    let out = try Buffer(mapping: directory.file("out"), access: .readOnly)
    for (offset, value) in [(0, 0), ((20 << 20) - 1, 2), ((30 << 20) - 1, 3), (size - 2, 0)] {
      var found: [UInt8] = [99]
      var span = found.mutableSpan
      var bytes = unsafe span.mutableBytes
      try out.copyOut(Block(offset: offset, byteCount: 1), to: &bytes)
      #expect(found[0] == value, "\(offset)")
    }
    try directory.write("log", [UInt8](repeating: 9, count: 4 << 20))
    let log = try Syscalls.open(directory.file("log"), .writeOnly)
    _ = try copy(buffer, offset: 0, byteCount: 3 << 20, to: "/dev/fd/\(log.number)")
    let contents = try directory.contents("log")
    #expect(contents[0] == 1)
    #expect(contents[1..<3 << 20].allSatisfy { $0 == 0 })
    #expect(contents[(3 << 20)...].allSatisfy { $0 == 9 })
    #expect(contents.count == 4 << 20)
  }

  @Test("A hundred gigabytes of nothing take no time and no memory", .timeLimit(.minutes(1)))
  func nothing() throws {
    let source = try directory.write("in", [])
    do {
      let file = try Syscalls.open(source, .writeOnly)
      try Syscalls.setSize(of: file.number, to: 100 << 30)
    }
    let buffer = try Buffer(mapping: source, access: .readOnly)
    let saved = try copy(buffer, offset: 0, byteCount: 100 << 30, to: "/dev/null")
    #expect(saved.byteCount == 100 << 30)
  }

  @Test("A part outside of the buffer is refused")
  func outOfBounds() throws {
    let buffer = try Buffer(allocating: 10)
    for (offset, count) in [(0, 11), (10, 1), (-1, 1), (1, -1), (.max, 1), (1, .max)] {
      let error = MemoryError.outOfBounds(offset: offset, byteCount: count, available: 10)
      #expect(throws: OutputError.memory(error)) {
        try copy(buffer, offset: offset, byteCount: count, to: "/dev/null")
      }
    }
  }
}
