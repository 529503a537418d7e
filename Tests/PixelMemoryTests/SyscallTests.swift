import Glibc
import Testing

@testable import PixelMemory

@Suite struct SyscallTests {
  @Test("A copy inside the kernel goes to its place and moves no offset")
  func copyRange() throws {
    let (source, target) = (try TemporaryFile(pattern(100)), try TemporaryFile(pattern(10)))
    let from = try Syscalls.open(source.path, .readOnly)
    let to = try Syscalls.open(target.path, .readWrite)
    #expect(lseek(from.number, 7, SEEK_SET) == 7 && lseek(to.number, 3, SEEK_SET) == 3)
    #expect(
      try Syscalls.copyRange(from: from.number, at: 90, to: to.number, at: 8, byteCount: 50) == 10)
    #expect(try target.contents() == Array(pattern(8)) + Array(pattern(100)[90...]))
    #expect(lseek(from.number, 0, SEEK_CUR) == 7 && lseek(to.number, 0, SEEK_CUR) == 3)
    // At the offset of the target, which moves.
    #expect(try Syscalls.copyRange(from: from.number, at: 0, to: to.number, byteCount: 2) == 2)
    #expect(try target.contents().prefix(6) == [1, 2, 3, 1, 2, 6])
    #expect(lseek(from.number, 0, SEEK_CUR) == 7 && lseek(to.number, 0, SEEK_CUR) == 5)
    #expect(throws: SystemError(call: "copy_file_range", code: EBADF)) {
      try Syscalls.copyRange(from: from.number, at: 0, to: from.number, at: 0, byteCount: 1)
    }
  }

  @Test("An attribute without a value is one")
  func emptyAttribute() throws {
    let file = try TemporaryFile([])
    let open = try Syscalls.open(file.path, .readWrite)
    for value in [[], Array("value".utf8)] {
      try Syscalls.setAttribute("user.imgtool", of: open.number, to: value)
      #expect(try Syscalls.attribute("user.imgtool", of: file.path) == value)
      #expect(try Syscalls.attributeNames(of: file.path).contains("user.imgtool"))
    }
    try Syscalls.removeAttribute("user.imgtool", of: open.number)
    #expect(throws: SystemError(call: "getxattr", code: ENODATA)) {
      try Syscalls.attribute("user.imgtool", of: file.path)
    }
  }

  @Test("A path is told without its links, and one that leads nowhere is an error")
  func resolvedPath() throws {
    let file = try TemporaryFile([])
    let link = file.path + "-link"
    try #require(unsafe symlink(file.path, link) == 0)
    defer { unsafe unlink(link) }
    #expect(try Syscalls.resolvedPath(link) == Syscalls.resolvedPath(file.path))
    #expect(throws: SystemError(call: "realpath", code: ENOENT)) {
      try Syscalls.resolvedPath(file.path + "-no")
    }
  }

  @Test("A line of numbers is found by its name, and is absent where there is none")
  func kibibytes() throws {
    let file = try TemporaryFile(Array("A: 1 kB\nAB:   20 kB\nC: none\n".utf8))
    #expect(Syscalls.kibibytes(of: "A:", in: file.path) == 1024)
    #expect(Syscalls.kibibytes(of: "AB:", in: file.path) == 20480)
    #expect(Syscalls.kibibytes(of: "B:", in: file.path) == nil)
    #expect(Syscalls.kibibytes(of: "C:", in: file.path) == nil)
    #expect(Syscalls.kibibytes(of: "A:", in: file.path + "-no") == nil)
  }

  @Test("A small file is read up to the limit and not beyond")
  func contents() throws {
    let file = try TemporaryFile(pattern(10_000))
    #expect(try Syscalls.contents(of: file.path, limit: 10_000) == pattern(10_000))
    #expect(throws: SystemError(call: "read", code: EFBIG)) {
      try Syscalls.contents(of: file.path, limit: 9_999)
    }
  }

  @Test("A character device is told by its kind")
  func characterDevice() throws {
    #expect(try Syscalls.status(of: "/dev/null").kind == .characterDevice)
  }

  /// A block device without a disk behind it; `nil` without the privilege to make one.
  private static func makeBlockDevice() -> String? {
    let path = "/tmp/imgtool-test-node-\(getpid())-\(Syscalls.randomBits())"
    return unsafe mknod(path, S_IFBLK | 0o600, 0x7f00) == 0 ? path : nil
  }

  private static let canMakeDevices: Bool = {
    guard let path = makeBlockDevice() else { return false }
    return unsafe unlink(path) == 0
  }()

  @Test(
    "A block device is told by its kind, and is not mapped",
    .enabled(if: canMakeDevices, "making a device file needs privileges"))
  func blockDevice() throws {
    let path = try #require(Self.makeBlockDevice())
    defer { unsafe unlink(path) }
    #expect(try Syscalls.status(of: path).kind == .blockDevice)
    #expect(throws: MemoryError.notMappable(path: path, kind: .blockDevice)) {
      try Buffer(mapping: path, access: .readOnly)
    }
  }

  @Test(
    "Where the system gives no thread, none starts and the work is done",
    .enabled(if: geteuid() == 0, "only root can become somebody else"))
  func noThreads() async {
    await #expect(processExitsWith: .success) {
      try #require(setgid(65534) == 0 && setuid(65534) == 0)
      var limit = rlimit(rlim_cur: 0, rlim_max: 0)
      try #require(unsafe setrlimit(__rlimit_resource_t(6), &limit) == 0)
      try #require(!Syscalls.startUnjoinedThread { exit(3) })
      let results = Results<Int>(count: 9)
      Parallel.forEach(count: 9, threads: 4) { results.set($0, $0) }
      try #require(results.all == (0..<9).map { $0 })
      // At once: a sanitizer that looks for leaks at the end would need a thread for it.
      _exit(0)
    }
  }
}
