import CShims
import Glibc

extension Syscalls {
  /// How a file is opened; a combination of the C flags. `O_CLOEXEC` and `O_NOCTTY` are always on.
  package struct OpenFlags: OptionSet, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    package static let readOnly = OpenFlags([])
    package static let writeOnly = OpenFlags(rawValue: O_WRONLY)
    package static let readWrite = OpenFlags(rawValue: O_RDWR)
    package static let create = OpenFlags(rawValue: O_CREAT)
    package static let exclusive = OpenFlags(rawValue: O_EXCL)
    package static let nonBlocking = OpenFlags(rawValue: O_NONBLOCK)
    package static let directory = OpenFlags(rawValue: O_DIRECTORY)
    package static let noFollow = OpenFlags(rawValue: O_NOFOLLOW)
    package static let truncate = OpenFlags(rawValue: O_TRUNC)
    package static let append = OpenFlags(rawValue: O_APPEND)
    /// `O_PATH`: names a directory without the right to list it.
    package static let pathOnly = OpenFlags(rawValue: 0o10000000)
    /// `O_TMPFILE`: a file without a name in the directory that is opened.
    package static let temporary = OpenFlags(rawValue: 0o20000000 | O_DIRECTORY)
  }

  /// `openat(2)`; `directory` is `nil` for paths from the working directory.
  package static func open(
    _ path: String, _ flags: OpenFlags, mode: UInt32 = 0, in directory: Int32? = nil
  ) throws(SystemError) -> FileDescriptor {
    let path = try bytes(of: path, call: "open")
    let allFlags = flags.rawValue | O_CLOEXEC | O_NOCTTY
    let number = try retrying("open") {
      unsafe openat(directory ?? AT_FDCWD, path, allFlags, mode)
    }
    return try own(number)
  }

  /// Takes over a new descriptor. Where a program is started without its standard output, the next
  /// file that is opened gets that number, and what is printed lands in the file; so it moves.
  static func own(_ number: Int32) throws(SystemError) -> FileDescriptor {
    let file = FileDescriptor(owning: number)
    return number > 2 ? file : try file.duplicated()
  }

  static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

  package static func duplicate(_ descriptor: Int32) throws(SystemError) -> FileDescriptor {
    FileDescriptor(owning: try retrying("fcntl") { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) })
  }

  /// `fstat(2)`.
  package static func status(of descriptor: Int32) throws(SystemError) -> FileStatus {
    var status = stat()
    _ = try retrying("fstat") { unsafe fstat(descriptor, &status) }
    return FileStatus(status)
  }

  /// `fstatat(2)`; links are followed unless `followingLinks` is false.
  package static func status(
    of path: String, followingLinks: Bool = true, in directory: Int32? = nil
  ) throws(SystemError) -> FileStatus {
    let path = try bytes(of: path, call: "stat")
    var status = stat()
    let flags = followingLinks ? 0 : AT_SYMLINK_NOFOLLOW
    _ = try retrying("stat") { unsafe fstatat(directory ?? AT_FDCWD, path, &status, flags) }
    return FileStatus(status)
  }

  /// The target of a symbolic link (`readlinkat(2)`).
  package static func readLink(
    _ path: String, in directory: Int32? = nil
  ) throws(SystemError) -> String {
    let path = try bytes(of: path, call: "readlink")
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = try retrying("readlink") {
      unsafe readlinkat(directory ?? AT_FDCWD, path, &target, target.count)
    }
    return FileName.text(target.prefix(count).map(UInt8.init(bitPattern:)))
  }

  /// The absolute path without links, `.` and `..` (`realpath(3)`).
  package static func resolvedPath(_ path: String) throws(SystemError) -> String {
    let path = try bytes(of: path, call: "realpath")
    guard let resolved = unsafe realpath(path, nil) else {
      throw SystemError(call: "realpath", code: errno)
    }
    defer { unsafe free(resolved) }
    return unsafe text(of: resolved)
  }

  /// Makes a file exactly `byteCount` long (`ftruncate(2)`).
  package static func setSize(of descriptor: Int32, to byteCount: Int) throws(SystemError) {
    _ = try retrying("ftruncate") { ftruncate(descriptor, byteCount) }
  }

  /// Takes disk space for a range, so that writing there cannot run out of it (`fallocate(2)`).
  ///
  /// - Parameter keepingSize: the file does not grow, even where the range ends after it.
  package static func allocate(
    _ descriptor: Int32, from offset: Int, byteCount: Int, keepingSize: Bool = false
  ) throws(SystemError) {
    _ = try retrying("fallocate") {
      imgtool_fallocate(descriptor, keepingSize ? 1 : 0, offset, byteCount)
    }
  }

  /// Turns a range into a hole again: its blocks go back to the file system, and it reads as zeros
  /// (`fallocate(2)` with `FALLOC_FL_PUNCH_HOLE`). The file keeps its size.
  package static func punchHole(
    _ descriptor: Int32, from offset: Int, byteCount: Int
  ) throws(SystemError) {
    _ = try retrying("fallocate") { imgtool_punch_hole(descriptor, offset, byteCount) }
  }

  /// The next hole in a file and its end, from `offset` on; `nil` when there is none
  /// (`lseek(2)` with `SEEK_HOLE` and `SEEK_DATA`). The file offset stays as it was.
  package static func nextHole(
    in descriptor: Int32, from offset: Int, size: Int
  ) throws(SystemError) -> Range<Int>? {
    // A redirected standard input shares its offset with the shell.
    let before = lseek(descriptor, 0, SEEK_CUR)
    defer { lseek(descriptor, before, SEEK_SET) }
    let (seekData, seekHole): (Int32, Int32) = (3, 4)
    let hole = try retrying("lseek") { lseek(descriptor, offset, seekHole) }
    if hole >= size { return nil }
    do throws(SystemError) {
      return hole..<(try retrying("lseek") { lseek(descriptor, hole, seekData) })
    } catch {
      // No data after the hole.
      if error.code == ENXIO { return hole..<size }
      throw error
    }
  }

  /// Where the file offset stands (`lseek(2)`).
  package static func position(of descriptor: Int32) throws(SystemError) -> Int {
    try retrying("lseek") { lseek(descriptor, 0, SEEK_CUR) }
  }

  /// Whether what is written goes to the end of the file, wherever the offset stands
  /// (`fcntl F_GETFL`).
  package static func appends(_ descriptor: Int32) throws(SystemError) -> Bool {
    try retrying("fcntl") { fcntl(descriptor, F_GETFL) } & O_APPEND != 0
  }

  /// The magic number of the file system that an open file is on (`fstatfs(2)`).
  static func fileSystemMagic(of descriptor: Int32) throws(SystemError) -> Int {
    try retrying("fstatfs") { imgtool_file_system(descriptor) }
  }

  /// Whether a file has holes that get memory when they are looked at through a mapping, where `read`
  /// does without.
  static func hasHolesInMemory(_ descriptor: Int32) -> Bool {
    guard FileSystem(of: descriptor) == .inMemory, let status = try? status(of: descriptor)
    else { return false }
    return status.takenByteCount < status.size
  }

  /// The mount that an open file is on (`statx(2)`); `nil` where the kernel does not say.
  static func mount(of descriptor: Int32) -> UInt64? {
    let number = unsafe imgtool_mount(descriptor, "")
    return number == 0 ? nil : number
  }

  /// The mount that a path leads to; `nil` where it is not known.
  static func mount(of path: String) -> UInt64? {
    let number = unsafe imgtool_mount(AT_FDCWD, path)
    return number == 0 ? nil : number
  }

  /// Moves the file offset forward; what is skipped reads as zeros (`lseek(2)`).
  package static func skip(_ descriptor: Int32, byteCount: Int) throws(SystemError) {
    _ = try retrying("lseek") { lseek(descriptor, byteCount, SEEK_CUR) }
  }

  /// Takes a lock that cooperating programs heed (`flock(2)`); `EAGAIN` where it is taken and the
  /// call does not wait.
  package static func lock(
    _ descriptor: Int32, exclusive: Bool, waits: Bool
  ) throws(SystemError) {
    _ = try retrying("flock") { imgtool_lock(descriptor, exclusive, waits) }
  }

  /// Whether somebody may have a file open or mapped; not where the kernel knows that nobody does.
  package static func mayBeOpen(_ path: String) -> Bool {
    guard let file = try? open(path, [.readOnly, .nonBlocking, .noFollow]),
      FileSystem(of: file.number).countsOpenFiles
    else { return true }
    return imgtool_may_be_open_elsewhere(file.number)
  }

  /// The number of a device (`makedev(3)`).
  static func device(major: UInt64, minor: UInt64) -> UInt64 {
    (major & ~0xfff) << 32 | (major & 0xfff) << 8 | (minor & ~0xff) << 12 | minor & 0xff
  }

  /// The path of an open file as the kernel knows it, for `open` and `linkat`.
  package static func procPath(of descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

  /// Data and metadata reach the disk (`fsync(2)`). A failure is told once: never try again.
  package static func synchronize(_ descriptor: Int32) throws(SystemError) {
    _ = try retrying("fsync") { fsync(descriptor) }
  }

  package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
}

extension FileStatus {
  init(_ status: stat) {
    identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFIFO: .fifo
      case S_IFSOCK: .socket
      case S_IFCHR: .characterDevice
      case S_IFBLK: .blockDevice
      case S_IFLNK: .symbolicLink
      default: .unknown
      }
    size = Int(status.st_size)
    takenByteCount = Int(status.st_blocks) &* 512
    mode = status.st_mode & 0o7777
    owner = status.st_uid
    group = status.st_gid
    linkCount = Int(status.st_nlink)
    changeTime = status.st_ctim.tv_sec &* 1_000_000_000 &+ status.st_ctim.tv_nsec
  }
}
