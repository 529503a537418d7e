/// Why bytes could not be had, read or written.
public enum MemoryError: Error, Equatable, Sendable {
  /// A system call failed with an `errno` that has no case of its own.
  case system(call: String, path: String?, errno: Int32)
  /// The file got shorter than the part of it that is in use. Sticky: what was there is gone.
  case truncated(path: String, needed: Int, found: Int)
  /// The device under a mapping did not deliver a page or had no room for one. Sticky.
  case deviceFault(path: String)
  /// Memory that a caller lent is a mapping of a file that was cut, or whose device failed, in or
  /// after these bytes.
  case lost(offset: Int)
  /// The file, or what came through the pipe, has no bytes.
  case empty(path: String)
  /// Only regular files are mapped.
  case notMappable(path: String, kind: FileKind)
  /// A block reaches outside of the buffer.
  case outOfBounds(offset: Int, byteCount: Int, available: Int)
  /// The memory cannot be had.
  case outOfMemory(byteCount: Int)
  /// A store into a buffer, or a file, that may only be read.
  case readOnly(path: String?)
  /// The caller of a long call said that it should stop.
  case interrupted

  package init(_ error: SystemError, path: String?) {
    // A call that a signal interrupted is made again, unless the work is to stop.
    self =
      error.code == Errno.interrupted
      ? .interrupted : .system(call: error.call, path: path, errno: error.code)
  }
}

/// Runs system calls on behalf of `path`.
func attributing<Result: ~Copyable>(
  to path: String?, _ body: () throws(SystemError) -> Result
) throws(MemoryError) -> Result {
  do throws(SystemError) {
    return try body()
  } catch {
    throw MemoryError(error, path: path)
  }
}
