import PixelMemory

/// What became of a save.
package struct SavedFile: Equatable, Sendable {
  package let byteCount: Int
  /// Bytes that went through private memory.
  package let bytesCopied: Int
  /// The file that has the name now; `nil` for a stream.
  package let identity: FileIdentity?
  /// The file that lost the name; `nil` if the file is new, and for a stream.
  package let replaced: FileIdentity?
  /// The replaced file has other names, which still lead to the old bytes.
  package let brokeHardLink: Bool
  /// What the new file could not take over from the replaced one, such as `owner`, `group` or the
  /// name of an extended attribute.
  package let lostMetadata: [String]
}

extension OutputFile {
  /// Gives the file its name, whole.
  ///
  /// - Parameters:
  ///   - durable: bytes and name reach the disk before this returns.
  ///   - buffers: where the bytes came from; they are asked whether they were all there.
  /// - Throws: `memory`, `mapped`, `outOfSpace`, `system`. The old file is untouched then; only an
  ///   error of syncing the directory comes when the new file has the name already.
  @discardableResult
  package consuming func commit(
    durable: Bool = false, checking buffers: [Buffer] = []
  ) throws(OutputError) -> SavedFile {
    do throws(MemoryError) {
      // The last chance: what is interrupted later is complete.
      try Interruption.check()
      for buffer in buffers { try buffer.checkFault() }
    } catch { throw .memory(error) }
    switch place {
    case .function:
      return saved(replacing: nil, lostMetadata: [])
    case .stream:
      return try finishStream(durable: durable)
    case .unnamed(let directory):
      return try finish(nil, in: directory, durable: durable)
    case .named(let name, let directory):
      return try finish(name, in: directory, durable: durable)
    }
  }

  private func finishStream(durable: Bool) throws(OutputError) -> SavedFile {
    if endsInHole {
      let number = number
      try attributing(to: target.path) { () throws(SystemError) in
        try Syscalls.setSize(of: number, to: try Syscalls.position(of: number))
      }
    }
    if durable {
      do {
        try Syscalls.synchronize(number)
      } catch {
        // Pipes and terminals have no disk.
        if error.code != Errno.invalid && error.code != Errno.notSupported {
          throw OutputError(error, path: target.path)
        }
      }
    }
    return saved(replacing: nil, lostMetadata: [])
  }

  private func finish(
    _ temporary: TemporaryName?, in directory: OutputDirectory, durable: Bool
  ) throws(OutputError) -> SavedFile {
    let number = number
    if byteCount < reservedByteCount || endsInHole {
      try attributing(to: target.path) { () throws(SystemError) in
        try Syscalls.setSize(of: number, to: byteCount)
      }
    }
    var replaced = try currentFile(in: directory)
    var lost = try takeOverMetadata(of: replaced ?? fileAtStart)
    // Once: the kernel forgets a failure after it has told it, and the temporary goes with it.
    if durable {
      try attributing(to: target.path) { () throws(SystemError) in
        try Syscalls.synchronize(number)
      }
    }
    var hasName = false
    if temporary == nil, replaced == nil {
      hasName = try linkAsNew(in: directory)
      if !hasName {
        // Somebody was faster.
        replaced = try currentFile(in: directory)
        lost = try takeOverMetadata(of: replaced)
      }
    }
    if !hasName {
      let name = if let temporary { temporary } else { try link(in: directory) }
      try rename(name, in: directory)
    }
    if durable {
      try attributing(to: directory.path) { () throws(SystemError) in
        try directory.synchronize(with: number)
      }
    }
    return saved(replacing: replaced, lostMetadata: lost)
  }

  /// The file that was to be replaced, and may be gone.
  private var fileAtStart: FileStatus? {
    if case .regular(let status) = target.kind { status } else { nil }
  }

  /// The file that has the name at this moment, checked for being a mapped one once more.
  private func currentFile(in directory: OutputDirectory) throws(OutputError) -> FileStatus? {
    let status: FileStatus
    do {
      status = try Syscalls.status(of: target.name, followingLinks: false, in: directory.number)
    } catch {
      if error.code == Errno.noEntry { return nil }
      throw OutputError(error, path: target.path)
    }
    switch status.kind {
    case .regular: break
    case .directory: throw .isDirectory(path: target.path)
    default: throw .system(call: "rename", path: target.path, errno: Errno.exists)
    }
    if !replacesMapped { try OutputFile.checkUnmapped(status.identity, path: target.path) }
    return status
  }

  /// False when the name is taken.
  private func linkAsNew(in directory: OutputDirectory) throws(OutputError) -> Bool {
    do {
      try Syscalls.link(number, as: target.name, in: directory.number)
      return true
    } catch {
      if error.code == Errno.exists { return false }
      throw OutputError(error, path: target.path)
    }
  }

  private func link(in directory: OutputDirectory) throws(OutputError) -> TemporaryName {
    let temporary = TemporaryName(in: directory)
    temporary.isInUse = true
    try attributing(to: target.path) { () throws(SystemError) in
      try Syscalls.link(number, as: temporary.name, in: directory.number)
    }
    return temporary
  }

  private func rename(
    _ temporary: TemporaryName, in directory: OutputDirectory
  ) throws(OutputError) {
    try attributing(to: target.path) { () throws(SystemError) in
      try Syscalls.rename(temporary.name, to: target.name, in: directory.number)
    }
    temporary.isInUse = false
  }

  private func saved(replacing replaced: FileStatus?, lostMetadata: [String]) -> SavedFile {
    SavedFile(
      byteCount: byteCount, bytesCopied: bytesCopied,
      identity: target.isStream ? nil : try? Syscalls.status(of: number).identity,
      replaced: replaced?.identity, brokeHardLink: (replaced?.linkCount ?? 1) > 1,
      lostMetadata: lostMetadata)
  }
}
