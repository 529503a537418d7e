extension Buffer {
  /// Reads a pipe, socket or terminal to its end into memory that nobody else can shorten, and maps
  /// that with access `copyOnWrite`. The descriptor stays the caller's.
  ///
  /// The memory is a sealed memfd; it counts as shared, not as private memory of the process.
  ///
  /// - Parameters:
  ///   - descriptor: what is read, from where it stands.
  ///   - name: what errors call it.
  ///   - prefix: bytes that were read from it already.
  ///   - limit: the most bytes that are taken; the memory available at the start if `nil`.
  /// - Throws: `outOfMemory` when more than `limit` arrives, `empty`, `notMappable` for a directory
  ///   or a device other than a terminal, whose bytes never end, `system`.
  public convenience init(
    spooling descriptor: Int32, name: String, behind prefix: [UInt8] = [], limit: Int? = nil
  ) throws(MemoryError) {
    let kind = try attributing(to: name) { () throws(SystemError) in
      try Syscalls.status(of: descriptor).kind
    }
    switch kind {
    case .regular, .fifo, .socket: break
    case .characterDevice where Syscalls.isTerminal(descriptor): break
    default: throw .notMappable(path: name, kind: kind)
    }
    let file = try attributing(to: name) { () throws(SystemError) in
      try Syscalls.memoryFile(named: "imgtool")
    }
    try attributing(to: name) { () throws(SystemError) in
      try Syscalls.write(file.number, unsafe prefix.span.bytes)
    }
    let most = limit ?? Syscalls.availableMemory() ?? Int.max
    let found = try Buffer.spool(descriptor, name: name, to: file.number, most: most)
    let byteCount = found + prefix.count
    if byteCount == 0 { throw .empty(path: name) }
    let number = file.number
    try attributing(to: name) { () throws(SystemError) in try Syscalls.sealSize(of: number) }
    try self.init(
      owning: file, size: byteCount, access: .copyOnWrite, origin: .spooled(name: name))
  }

  private static func spool(
    _ source: Int32, name: String, to target: Int32, most: Int
  ) throws(MemoryError) -> Int {
    var scratch = try Scratch(byteCount: 1 << 20)
    var byteCount = 0
    while true {
      let count = try attributing(to: name) { () throws(SystemError) in
        var bytes = scratch.mutableBytes
        return try Syscalls.readWaiting(source, into: &bytes)
      }
      if count == 0 { return byteCount }
      if count > most - byteCount { throw .outOfMemory(byteCount: byteCount + count) }
      do throws(SystemError) {
        try Syscalls.write(target, scratch.bytes.extracting(first: count))
      } catch {
        if error.code == Errno.noSpace { throw .outOfMemory(byteCount: byteCount + count) }
        throw MemoryError(error, path: name)
      }
      byteCount += count
    }
  }
}
