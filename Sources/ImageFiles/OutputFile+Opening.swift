import PixelMemory

extension OutputFile {
  /// A descriptor keeps its offset and flags, which a second `open` by its path would not.
  static func openStream(
    _ target: SaveTarget, _ descriptor: Int32?
  ) throws(OutputError) -> FileDescriptor {
    let path = target.path
    let file = try attributing(to: path) { () throws(SystemError) in
      if let descriptor { return try Syscalls.duplicate(descriptor) }
      return try Syscalls.open(path, .writeOnly)
    }
    let number = file.number
    let status = try attributing(to: path) { () throws(SystemError) in
      try Syscalls.status(of: number)
    }
    try checkUnmapped(status.identity, path: path, isStream: true)
    return file
  }

  static func checkUnmapped(
    _ identity: FileIdentity?, path: String, isStream: Bool = false
  ) throws(OutputError) {
    guard let identity else { return }
    if Buffer.live.contains(where: { $0.identity == identity }) {
      throw .mapped(path, identity, isStream: isStream)
    }
  }

  /// The right to rename over a file is the directory's; a file that is protected against writing
  /// is not meant to be lost that way.
  static func checkWritable(
    _ target: SaveTarget, in directory: OutputDirectory
  ) throws(OutputError) {
    do {
      try Syscalls.checkWritable(target.name, in: directory.number)
    } catch {
      switch error.code {
      case Errno.noAccess, Errno.notPermitted, Errno.readOnlyFileSystem:
        throw .fileNotWritable(path: target.path, errno: error.code)
      default: throw OutputError(error, path: target.path)
      }
    }
  }

  /// The mode that the temporary is made with. For a new file the kernel takes the `umask` and the
  /// directory's default list off it, as for any file; one that replaces another stays private
  /// until it has that one's mode.
  private static func firstMode(for target: SaveTarget) -> UInt32 {
    if case .new = target.kind { 0o666 } else { 0o600 }
  }

  /// A file without a name; `nil` where the file system, or a missing `/proc`, allows none.
  static func makeUnnamed(
    _ target: SaveTarget, in directory: OutputDirectory
  ) throws(OutputError) -> FileDescriptor? {
    // The name is given through /proc later.
    if (try? Syscalls.status(of: "/proc/self/fd")) == nil { return nil }
    do {
      return try Syscalls.open(
        ".", [.temporary, .writeOnly], mode: firstMode(for: target), in: directory.number)
    } catch {
      switch error.code {
      case Errno.notSupported, Errno.isDirectory, Errno.invalid, Errno.noEntry: return nil
      // Of ext4 in a directory that was removed; a file with a name says what it is.
      case Errno.notPermitted: return nil
      default: throw failure(error, toMakeFileFor: target)
      }
    }
  }

  static func make(
    _ name: TemporaryName, for target: SaveTarget, in directory: OutputDirectory
  ) throws(OutputError) -> FileDescriptor {
    name.isInUse = true
    do {
      return try Syscalls.open(
        name.name, [.writeOnly, .create, .exclusive, .noFollow], mode: firstMode(for: target),
        in: directory.number)
    } catch {
      name.isInUse = false
      throw failure(error, toMakeFileFor: target)
    }
  }

  /// Whether a directory has a name, which one that was removed has not.
  private static func isThere(_ directory: String) -> Bool {
    guard let status = try? Syscalls.status(of: directory) else { return false }
    return status.kind == .directory && status.linkCount > 0
  }

  private static func failure(
    _ error: SystemError, toMakeFileFor target: SaveTarget
  ) -> OutputError {
    switch error.code {
    case Errno.noAccess, Errno.notPermitted, Errno.readOnlyFileSystem:
      .directoryNotWritable(path: target.directory, errno: error.code)
    // What /proc says of names that it will not make.
    case Errno.noEntry where isThere(target.directory):
      .directoryNotWritable(path: target.directory, errno: Errno.notPermitted)
    case Errno.noEntry, Errno.notDirectory: .noDirectory(path: target.directory)
    default: OutputError(error, path: target.path)
    }
  }

  /// Takes disk space; tells how long the file is now.
  static func reserve(_ byteCount: Int, in file: Int32, path: String) throws(OutputError) -> Int {
    if byteCount <= 0 { return 0 }
    do {
      try Syscalls.allocate(file, from: 0, byteCount: byteCount)
      return byteCount
    } catch {
      switch error.code {
      case Errno.noSpace, Errno.quotaExceeded, Errno.fileTooBig, Errno.inputOutput:
        throw OutputError(error, path: path, byteCount: byteCount)
      default:
        // Not every file system can; the write loop meets the same limits.
        return 0
      }
    }
  }
}
