extension Buffer {
  /// Stores into a range reach the disk: of a file, all of them; of memory that is a caller's shared
  /// mapping of one, those in its pages.
  ///
  /// - Throws: as ``flush()``.
  package func flush(_ range: Range<Int>) throws(MemoryError) {
    guard case .foreign = origin else { return try flush() }
    let first = start.advanced(by: range.lowerBound)
    let excess = first.positionInPage
    try attributing(to: nil) { () throws(SystemError) in
      try Syscalls.synchronize(first.advanced(by: -excess), byteCount: range.count + excess)
    }
  }

  /// Stores reach the disk, under `readWrite`; nothing otherwise (`msync(MS_SYNC)`, `fsync`).
  ///
  /// - Throws: `system`. The kernel tells a lost page once and forgets it: the file is damaged
  ///   then, and a second try that succeeds would prove nothing.
  public func flush() throws(MemoryError) {
    guard access == .readWrite, let descriptor else { return }
    try attributing(to: origin.path) { () throws(SystemError) in
      try Syscalls.synchronize(mappingStart, byteCount: fileOffset + byteCount)
      try Syscalls.synchronize(descriptor)
    }
    try checkFault()
  }

  /// Lets go of pages in a range that will not be read again soon, when that cannot lose an edit:
  /// not after a store under `copyOnWrite`, and not in memory that has no file behind it.
  package func forget(_ range: Range<Int>) {
    guard descriptor != nil else { return }
    if access == .copyOnWrite {
      // A first store on another thread waits here, or is seen.
      editGate?.lock()
      if !hasPrivateEdits { try? advise(range, .dontNeed) }
      editGate?.unlock()
    } else {
      try? advise(range, .dontNeed)
    }
  }

  /// Gets the pages of a range ready for reading, in one go instead of a fault for each few of
  /// them. Best effort: what goes wrong is met again, and told, by the door.
  package func willRead(_ range: Range<Int>) {
    guard descriptor != nil, !hasHolesInMemory else { return }
    do throws(SystemError) {
      try advise(range, .populateForReading)
    } catch {
      if error.code == Errno.invalid { try? advise(range, .willNeed) }
    }
  }

  func advise(_ range: Range<Int>, _ advice: Syscalls.Advice) throws(SystemError) {
    let range = range.clamped(to: 0..<byteCount)
    if range.isEmpty { return }
    let first = fileOffset + range.lowerBound
    let pageStart = first - first % Syscalls.pageByteCount
    try Syscalls.advise(
      mappingStart.advanced(by: pageStart),
      byteCount: fileOffset + range.upperBound - pageStart, advice)
  }

  /// Changes bytes of the file as another program would: through a second descriptor.
  ///
  /// - Throws: `outOfBounds`; `readOnly` when the file may not be written, or there is none.
  package func poke(offset: Int, bytes: [UInt8]) throws(MemoryError) {
    let block = Block(offset: offset, byteCount: bytes.count)
    guard offset >= 0, let end = block.span?.upperBound, end <= byteCount else {
      throw .outOfBounds(offset: offset, byteCount: bytes.count, available: byteCount)
    }
    guard let descriptor else { throw .readOnly(path: nil) }
    do throws(SystemError) {
      let second = try openAgain(descriptor)
      try Syscalls.write(second.number, at: fileOffset + offset, unsafe bytes.span.bytes)
    } catch {
      switch error.code {
      case Errno.noAccess, Errno.notPermitted, Errno.readOnlyFileSystem, Errno.textBusy:
        throw .readOnly(path: origin.path)
      default: throw MemoryError(error, path: origin.path)
      }
    }
  }

  /// A descriptor of its own for the file, for writing: not by the path, which may be another file's
  /// by now, unless `/proc` is not mounted and the path still leads there.
  private func openAgain(_ descriptor: Int32) throws(SystemError) -> FileDescriptor {
    do throws(SystemError) {
      return try Syscalls.open(Syscalls.procPath(of: descriptor), .writeOnly)
    } catch {
      guard error.code == Errno.noEntry, isNamed, case .file(let path, let identity) = origin,
        let file = try? Syscalls.open(path, [.writeOnly, .nonBlocking]),
        (try? Syscalls.status(of: file.number).identity) == identity
      else { throw error }
      return file
    }
  }
}
