import PixelMemory

/// An empty file that has no name and is gone when the process is, however that ends: in the
/// directory of another file where its file system can (`O_TMPFILE`), else in memory.
package final class UnnamedFile: Sendable {
  private let file: FileDescriptor

  /// - Parameters:
  ///   - path: the file that it is made beside.
  ///   - byteCount: what it is to hold; memory has to have room for that.
  /// - Throws: `system`, `memory`.
  package init(beside path: String, for byteCount: Int) throws(OutputError) {
    let directory = SaveTarget.split(path).directory
    if let file = try? Syscalls.open(directory, [.temporary, .readWrite], mode: 0o600) {
      self.file = file
      return
    }
    if let available = Syscalls.availableMemory(), byteCount > available {
      throw .memory(.outOfMemory(byteCount: byteCount))
    }
    file = try attributing(to: path) { () throws(SystemError) in
      try Syscalls.memoryFile(named: "imgtool")
    }
  }

  /// Where this process finds it.
  package var path: String { Syscalls.procPath(of: file.number) }

  /// Where others of the same user do, as long as it lives.
  package var pathForOthers: String { "/proc/\(Syscalls.processID)/fd/\(file.number)" }

  /// Copies the bytes of a buffer into it, with the holes of its file.
  package func fill(from buffer: Buffer) throws(OutputError) {
    var output = try OutputFile(try SaveTarget.resolve(path), reserving: nil)
    try output.copy(from: buffer, offset: 0, byteCount: buffer.byteCount)
    try output.commit(checking: [buffer])
  }
}
