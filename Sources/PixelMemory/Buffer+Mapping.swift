extension Buffer {
  /// Maps the whole of a regular file.
  ///
  /// The buffer is as long as the file is now; what is appended later is not part of it. Nothing is
  /// read yet. A path that is not a regular file is answered without opening it, so that a FIFO
  /// without a writer does not block.
  ///
  /// - Throws: `notMappable`, `empty`, `readOnly` (a file that may be read but not written, under
  ///   `readWrite`), `outOfMemory` (no room in the address space), `system`.
  public convenience init(mapping path: String, access: Access) throws(MemoryError) {
    let seen = try attributing(to: path) { () throws(SystemError) in
      try Syscalls.status(of: path)
    }
    if seen.kind != .regular { throw .notMappable(path: path, kind: seen.kind) }
    let file = try Buffer.open(path, access: access)
    try self.init(
      mapping: file, name: path, access: access, place: Place(), seen: seen)
  }

  /// Maps an open regular file, such as a redirected standard input, from where its offset stands
  /// to its end. The offset stays where it is, and the descriptor the caller's.
  ///
  /// - Throws: as for a path; `readOnly` under `readWrite` when it was not opened for writing.
  public convenience init(
    mappingDescriptor descriptor: Int32, name: String, access: Access
  ) throws(MemoryError) {
    let seen = try attributing(to: name) { () throws(SystemError) in
      try Syscalls.status(of: descriptor)
    }
    // To open a pipe once more would wait for one who writes to it.
    if seen.kind != .regular { throw .notMappable(path: name, kind: seen.kind) }
    let copy = try attributing(to: name) { () throws(SystemError) in
      // Of an overlay's file nobody knows on which layer it was when it was opened.
      if FileSystem(of: descriptor) == .overlay, access != .readWrite,
        let again = try? Syscalls.open(Syscalls.procPath(of: descriptor), .readOnly)
      {
        return again
      }
      return try Syscalls.duplicate(descriptor)
    }
    var place = Place(isNamed: false)
    place.offset = try attributing(to: name) { () throws(SystemError) in
      try Syscalls.position(of: descriptor)
    }
    try self.init(mapping: copy, name: name, access: access, place: place, seen: seen)
  }

  private convenience init(
    mapping file: consuming FileDescriptor, name: String, access: Access, place: Place,
    seen: FileStatus
  ) throws(MemoryError) {
    var place = place
    let number = file.number
    let status = try attributing(to: name) { () throws(SystemError) in
      try Syscalls.status(of: number)
    }
    if status.kind != .regular { throw .notMappable(path: name, kind: status.kind) }
    if status.size <= place.offset {
      throw place.offset > 0
        ? .exhausted(path: name, offset: place.offset) : .empty(path: name)
    }
    place.footing = Footing(
      of: number, access: access,
      changeTime: status.identity == seen.identity ? seen.changeTime : nil)
    try self.init(
      owning: file, size: status.size, access: access,
      origin: .file(path: name, identity: status.identity), place: place)
  }

  private static func open(_ path: String, access: Access) throws(MemoryError) -> FileDescriptor {
    let flags: Syscalls.OpenFlags = access == .readWrite ? .readWrite : .readOnly
    do throws(SystemError) {
      // Between the look and this the file may have become a FIFO; it must not block either.
      return try Syscalls.open(path, flags.union(.nonBlocking))
    } catch {
      switch error.code {
      case Errno.again:
        // Another process holds a lease; it is given up when we wait.
        return try attributing(to: path) { () throws(SystemError) in
          try Syscalls.open(path, flags)
        }
      case Errno.noAccess, Errno.notPermitted, Errno.readOnlyFileSystem, Errno.textBusy:
        if access == .readWrite, (try? Syscalls.open(path, [.readOnly, .nonBlocking])) != nil {
          throw .readOnly(path: path)
        }
        throw MemoryError(error, path: path)
      default:
        throw MemoryError(error, path: path)
      }
    }
  }

  /// A live mapping of a file in this process.
  package struct LiveMapping: Hashable, Sendable {
    package let identity: FileIdentity
    /// As it was given; the file may have another name, or none, by now.
    package let path: String
    package let access: Access
  }

  private static let registry = Locked<[ObjectIdentifier: LiveMapping]>([:])

  /// Every file that this process maps now: a save must not write over one of them unasked.
  package static var live: [LiveMapping] { registry.withLock { Array($0.values) } }

  func registerIfMapped() {
    guard case .file(let path, let identity) = origin else { return }
    let mapping = LiveMapping(identity: identity, path: path, access: access)
    Buffer.registry.withLock { $0[ObjectIdentifier(self)] = mapping }
  }

  func unregisterIfMapped() {
    guard case .file = origin else { return }
    Buffer.registry.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(self)) }
  }
}
