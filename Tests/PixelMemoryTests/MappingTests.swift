import Glibc
import Testing

@testable import PixelMemory

@Suite struct MappingTests {
  @Test("A file is mapped whole, and known by device and inode")
  func origin() throws {
    let file = try TemporaryFile([1, 2, 3])
    let buffer = try Buffer(mapping: file.path, access: .readOnly)
    let identity = try Syscalls.status(of: file.path).identity
    #expect(buffer.byteCount == 3)
    #expect(buffer.access == .readOnly)
    #expect(buffer.origin == .file(path: file.path, identity: identity))
  }

  @Test(
    "What is no regular file is answered at once", .timeLimit(.minutes(1)),
    arguments: Access.allCases)
  func specialFiles(access: Access) throws {
    let fifo = "/tmp/imgtool-test-fifo-\(getpid())-\(access.rawValue)"
    unsafe mkfifo(fifo, 0o600)
    defer { unsafe unlink(fifo) }
    let table: [(String, MemoryError)] = [
      ("/tmp", .notMappable(path: "/tmp", kind: .directory)),
      (fifo, .notMappable(path: fifo, kind: .fifo)),
      ("/dev/zero", .notMappable(path: "/dev/zero", kind: .characterDevice)),
      ("/tmp/no/such", .system(call: "stat", path: "/tmp/no/such", errno: ENOENT)),
      ("/tmp\0x", .system(call: "stat", path: "/tmp\0x", errno: EINVAL)),
      ("", .system(call: "stat", path: "", errno: ENOENT)),
    ]
    for (path, error) in table {
      #expect(throws: error, "\(path)") { try Buffer(mapping: path, access: access) }
    }
    let empty = try TemporaryFile([])
    #expect(throws: MemoryError.empty(path: empty.path)) {
      try Buffer(mapping: empty.path, access: access)
    }
    #expect(throws: MemoryError.empty(path: "/proc/self/status")) {
      try Buffer(mapping: "/proc/self/status", access: .readOnly)
    }
  }

  @Test("A file that may not be written is refused under rw, and only there")
  func notWritable() throws {
    // Not even root writes into a running program.
    let path = "/proc/self/exe"
    #expect(throws: MemoryError.readOnly(path: path)) {
      try Buffer(mapping: path, access: .readWrite)
    }
    #expect(try Buffer(mapping: path, access: .copyOnWrite).bytes(1, 3) == Array("ELF".utf8))
  }

  @Test("An open file is mapped from its offset on, which stays")
  func descriptor() throws {
    let file = try TemporaryFile(pattern(100))
    let open = try Syscalls.open(file.path, .readWrite)
    #expect(lseek(open.number, 10, SEEK_SET) == 10)
    let buffer = try Buffer(mappingDescriptor: open.number, name: "-", access: .readWrite)
    #expect(buffer.byteCount == 90)
    #expect(try buffer.bytes(0, 3) == [11, 12, 13])
    #expect(try buffer.sharing(in: 0..<90) == .shared)
    try buffer.reserve(0..<90)
    try buffer.poke(offset: 89, bytes: [7])
    #expect(try buffer.bytes(89, 1) == [7])
    try buffer.flush()
    #expect(lseek(open.number, 0, SEEK_CUR) == 10)
    #expect(lseek(open.number, 100, SEEK_SET) == 100)
    #expect(throws: MemoryError.exhausted(path: "-", offset: 100)) {
      try Buffer(mappingDescriptor: open.number, name: "-", access: .readWrite)
    }
    let readable = try Syscalls.open(file.path, .readOnly)
    #expect(throws: MemoryError.readOnly(path: "-")) {
      try Buffer(mappingDescriptor: readable.number, name: "-", access: .readWrite)
    }
    let pipe = try Syscalls.pipe()
    #expect(throws: MemoryError.notMappable(path: "-", kind: .fifo)) {
      try Buffer(mappingDescriptor: pipe.reading.number, name: "-", access: .readOnly)
    }
  }

  @Test("Live mappings are known for as long as they live")
  func live() throws {
    let file = try TemporaryFile([1])
    let identity = try Syscalls.status(of: file.path).identity
    func count() -> Int { Buffer.live.count { $0.identity == identity } }
    #expect(count() == 0)
    do {
      let first = try Buffer(mapping: file.path, access: .readOnly)
      let second = try Buffer(mapping: file.path, access: .copyOnWrite)
      #expect(count() == 2)
      #expect(first.byteCount == second.byteCount)
    }
    #expect(count() == 0)
  }

  @Test("A poke reaches the mapped file, also when its name is gone")
  func poke() throws {
    let file = try TemporaryFile(pattern(10))
    for access in Access.allCases {
      let buffer = try Buffer(mapping: file.path, access: access)
      try buffer.poke(offset: 9, bytes: [99])
      #expect(try buffer.bytes(9, 1) == [99])
      try buffer.poke(offset: 9, bytes: [10])
      #expect(throws: MemoryError.outOfBounds(offset: 9, byteCount: 2, available: 10)) {
        try buffer.poke(offset: 9, bytes: [1, 2])
      }
    }
    let buffer = try Buffer(mapping: file.path, access: .readOnly)
    unsafe unlink(file.path)
    try buffer.poke(offset: 0, bytes: [77])
    #expect(try buffer.bytes(0, 1) == [77])
    #expect(throws: MemoryError.readOnly(path: nil)) {
      try Buffer(allocating: 1).poke(offset: 0, bytes: [1])
    }
  }

  @Test("A poke into a file that may not be written is refused as such")
  func pokeNotWritable() async throws {
    // Not even root writes into a running program.
    let path = "/proc/self/exe"
    let buffer = try Buffer(mapping: path, access: .readOnly)
    #expect(throws: MemoryError.readOnly(path: path)) { try buffer.poke(offset: 0, bytes: [0]) }
    #expect(try buffer.bytes(1, 3) == Array("ELF".utf8))
    let file = try TemporaryFile(pattern(10))
    await #expect(processExitsWith: .success) { [path = file.path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 4, rlim_max: 4)
      unsafe setrlimit(__rlimit_resource_t(1), &limit)
      let buffer = try Buffer(mapping: path, access: .readOnly)
      #expect(throws: MemoryError.system(call: "pwrite", path: path, errno: EFBIG)) {
        try buffer.poke(offset: 4, bytes: [99])
      }
    }
    #expect(try file.contents() == pattern(10))
  }

  @Test("Only a file is locked, flushed to or leased; memory says what it is")
  func memoryIsNoFile() throws {
    let heap = try Buffer(allocating: 1)
    #expect(heap.origin.path == nil)
    #expect(throws: MemoryError.notMappable(path: "memory", kind: .fifo)) { try heap.lock {} }
    #expect(heap.lease() == nil)
    try heap.flush()
  }

  @Test("A flush under cow leaves the file as it is")
  func flush() throws {
    let file = try TemporaryFile(pattern(10))
    let buffer = try Buffer(mapping: file.path, access: .copyOnWrite)
    try buffer.store([99], at: 0)
    try buffer.flush()
    #expect(try file.contents() == pattern(10))
    #expect(try buffer.bytes(0, 1) == [99])
  }

  @Test("A file that is opened never becomes a closed standard output")
  func closedOutput() async {
    await #expect(processExitsWith: .success) {
      let file = try TemporaryFile([1, 2])
      close(1)
      let buffer = try Buffer(mapping: file.path, access: .readWrite)
      let isSafe = unsafe write(1, "x", 1) == -1
      let bytes = try buffer.bytes(0, 2)
      unsafe unlink(file.path)
      exit(isSafe && bytes == [1, 2] ? 0 : 1)
    }
  }

  @Test("Memory that cannot be had is an error")
  func outOfMemory() throws {
    #expect(throws: MemoryError.outOfMemory(byteCount: 1 << 60)) {
      try Buffer(allocating: 1 << 60)
    }
  }
}
