import Glibc
import PixelMemory
import Testing

@testable import ImageFiles

/// Tests run on threads that block every signal.
func unblockSignals() {
  var all = sigset_t()
  unsafe sigfillset(&all)
  unsafe pthread_sigmask(SIG_UNBLOCK, &all, nil)
}

@Suite struct OutputFaultTests {
  let directory = TemporaryDirectory()

  /// A small file system of its own in the directory.
  private func mountSmall(_ options: String = "size=64k") throws -> Mount {
    try Mount("tmpfs", on: directory.path, type: "tmpfs", flags: 0, options: options)
  }

  final class Mount {
    private let path: String

    init(_ source: String, on path: String, type: String, flags: UInt, options: String) throws {
      self.path = path
      let code = unsafe mount(source, path, type, flags, options)
      try #require(code == 0, "mount: \(Syscalls.message(for: errno))")
    }

    deinit { unsafe umount2(path, Int32(MNT_DETACH)) }

    /// Whether this process may mount.
    static let isAllowed: Bool = {
      let directory = TemporaryDirectory()
      let mount = try? Mount(
        "tmpfs", on: directory.path, type: "tmpfs", flags: 0, options: "size=64k")
      return mount != nil
    }()
  }

  @Test(
    "A full disk is told before the first byte, or by the first that does not fit",
    .enabled(if: Mount.isAllowed, "mounting needs privileges"))
  func fullDisk() throws {
    let mount = try mountSmall()
    let old = [UInt8](repeating: 9, count: 30_000)
    let new = [UInt8](repeating: 1, count: 50_000)
    let path = try directory.write("a", old)
    #expect(throws: OutputError.outOfSpace(path: path, needed: 50_000)) {
      _ = try OutputFile(try SaveTarget.resolve(path), reserving: 50_000)
    }
    #expect(throws: OutputError.outOfSpace(path: path, needed: 50_000)) {
      try save(new, to: path, reserving: 0)
    }
    #expect(throws: OutputError.outOfSpace(path: directory.file("b"), needed: 50_000)) {
      try save(new, to: directory.file("b"))
    }
    #expect(try directory.contents("a") == old)
    #expect(directory.names == ["a"])
    _ = try save(Array(new[..<30_000]), to: path)
    #expect(try directory.contents("a") == Array(new[..<30_000]))
    _ = mount
  }

  @Test(
    "A full disk stops a copy inside of the kernel as well",
    .enabled(if: Mount.isAllowed, "mounting needs privileges"))
  func fullDiskCopy() throws {
    let source = TemporaryDirectory()
    let buffer = try Buffer(
      mapping: try source.write("in", [UInt8](repeating: 1, count: 100_000)), access: .readOnly)
    let mount = try mountSmall()
    let path = try directory.write("a", [9])
    #expect(throws: OutputError.outOfSpace(path: path, needed: 100_000)) {
      var file = try OutputFile(try SaveTarget.resolve(path), reserving: nil)
      try file.copy(from: buffer, offset: 0, byteCount: 100_000)
      try file.commit()
    }
    #expect(try directory.contents("a") == [9])
    #expect(directory.names == ["a"])
    _ = mount
  }

  @Test("The limit on file size is an error, before the first byte or at the limit")
  func sizeLimit() async throws {
    let path = try directory.write("a", [9])
    await #expect(processExitsWith: .success) { [path = path as String] in
      unblockSignals()
      SignalPolicy.install()
      var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
      unsafe setrlimit(__rlimit_resource_t(1), &limit)
      let bytes = [UInt8](repeating: 1, count: 5000)
      for reserving in [0, 5000] {
        do {
          _ = try save(bytes, to: path, reserving: reserving)
          exit(1)
        } catch let error as OutputError {
          if error != .tooLarge(path: path, byteCount: 5000) { exit(2) }
        }
      }
    }
    #expect(try directory.contents("a") == [9])
    #expect(directory.names == ["a"])
  }

  @Test(
    "A file that is mounted keeps its name and its bytes",
    .enabled(if: Mount.isAllowed, "mounting needs privileges"))
  func mountedFile() throws {
    let path = try directory.write("a", [9])
    let other = try directory.write("b", [8])
    let mount = try Mount(path, on: other, type: "", flags: UInt(MS_BIND), options: "")
    #expect(throws: OutputError.system(call: "rename", path: other, errno: EBUSY)) {
      try save([1], to: other)
    }
    #expect(try directory.contents("b") == [9])
    #expect(directory.names == ["a", "b"])
    _ = mount
  }

  @Test("A missing directory is told by its name")
  func missingDirectory() throws {
    #expect(throws: OutputError.noDirectory(path: directory.file("no"))) {
      try save([1], to: directory.file("no/a"))
    }
  }

  @Test(
    "A read-only file system is told by the directory",
    .enabled(if: Mount.isAllowed, "mounting needs privileges"))
  func readOnlyFileSystem() throws {
    let mount = try mountSmall("ro")
    let error = OutputError.directoryNotWritable(path: directory.path, errno: EROFS)
    #expect(throws: error) { try save([1], to: directory.file("c")) }
    _ = mount
  }

  @Test(
    "The rights of file and directory both count",
    .enabled(if: geteuid() == 0, "only root can become somebody else"))
  func rights() async throws {
    let path = try directory.write("a", [9], mode: 0o666)
    try directory.write("protected", [9], mode: 0o444)
    await #expect(processExitsWith: .success) {
      [path = path as String, place = directory.path as String] in
      try #require(setgid(65534) == 0 && setuid(65534) == 0)
      #expect(throws: OutputError.directoryNotWritable(path: place, errno: EACCES)) {
        try save([1], to: path)
      }
    }
    #expect(unsafe chmod(directory.path, 0o777) == 0)
    await #expect(processExitsWith: .success) {
      [path = path as String, place = directory.path as String] in
      try #require(setgid(65534) == 0 && setuid(65534) == 0)
      let protected = "\(place)/protected"
      #expect(throws: OutputError.fileNotWritable(path: protected, errno: EACCES)) {
        try save([1], to: protected)
      }
      // Ours now, and said so: only root gives files away.
      let saved = try save([1], to: path)
      try #require(saved.lostMetadata == ["group", "owner"])
    }
    #expect(try directory.contents("a") == [1])
    #expect(try Syscalls.status(of: path).mode == 0o666)
    #expect(try directory.contents("protected") == [9])
  }

  @Test("Where files need names, the temporary is private and beside the target")
  func named() throws {
    let path = try directory.write("a", [9], mode: 0o644)
    for isCommitted in [false, true] {
      do {
        var file = try OutputFile(
          try SaveTarget.resolve(path), reserving: 3, replacingMapped: false,
          allowingUnnamed: false)
        try file.write(unsafe [UInt8(1), 2, 3].span.bytes)
        let temporary = try #require(directory.names.first)
        #expect(directory.names.count == 2)
        #expect(try Syscalls.status(of: directory.file(temporary)).mode == 0o600)
        #expect(try directory.contents("a") == [9])
        if isCommitted { try file.commit() }
      }
      #expect(directory.names == ["a"])
    }
    #expect(try directory.contents("a") == [1, 2, 3])
    #expect(try Syscalls.status(of: path).mode == 0o644)
  }

  @Test(
    "A signal takes the temporary along, and ends the process as it would have",
    arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
  func signals(number: Int32) async throws {
    let path = try directory.write("a", [9])
    await #expect(processExitsWith: .signal(number)) {
      [path = path as String, number = number as Int32] in
      unblockSignals()
      SignalPolicy.install()
      var file = try OutputFile(
        try SaveTarget.resolve(path), reserving: nil, replacingMapped: false,
        allowingUnnamed: false)
      try file.write(unsafe [UInt8(1)].span.bytes)
      Syscalls.raise(signal: number)
      try file.commit()
    }
    #expect(directory.names == ["a"])
    #expect(try directory.contents("a") == [9])
  }

  @Test("A signal that is ignored at the start stays ignored")
  func ignoredSignal() async throws {
    await #expect(processExitsWith: .success) {
      unblockSignals()
      signal(SIGHUP, SIG_IGN)
      SignalPolicy.install()
      Syscalls.raise(signal: SIGHUP)
    }
  }

  @Test("A closed pipe ends the process quietly")
  func closedPipe() async throws {
    await #expect(processExitsWith: .signal(SIGPIPE)) {
      unblockSignals()
      SignalPolicy.install()
      let number: Int32
      do {
        let pipe = try Syscalls.pipe()
        number = dup(pipe.writing.number)
      }
      _ = try save([1], to: "/dev/fd/\(number)")
    }
  }

  @Test("Several writers of a new file all succeed")
  func newForSeveral() throws {
    let failed = Tally()
    for round in 0..<100 {
      let path = directory.file("\(round)")
      Parallel.forEach(count: 4, threads: 4) { index in
        if (try? save([1, 2, 3], to: path)) == nil { failed.count() }
      }
    }
    #expect(failed.total == 0)
    #expect(directory.names.count == 100)
  }

  @Test("A reader finds a whole file while several writers save it")
  func writers() throws {
    let path = try directory.write("a", [UInt8](repeating: 0, count: 50_000))
    let (torn, whole) = (Tally(), Tally())
    Parallel.forEach(count: 400, threads: 4) { index in
      if index % 2 == 0 {
        let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: 50_000)
        if (try? save(bytes, to: path)) == nil { torn.count() }
      } else {
        let bytes = (try? Syscalls.contents(of: path, limit: 1 << 20)) ?? []
        if bytes.count != 50_000 || Set(bytes).count != 1 { torn.count() } else { whole.count() }
      }
    }
    #expect(torn.total == 0 && whole.total == 200)
    #expect(directory.names == ["a"])
  }
}
