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
  /// A standard input stands at the end of its file, or after it.
  case exhausted(path: String, offset: Int)
  /// Only regular files are mapped.
  case notMappable(path: String, kind: FileKind)
  /// A block reaches outside of the buffer.
  case outOfBounds(offset: Int, byteCount: Int, available: Int)
  /// The memory cannot be had.
  case outOfMemory(byteCount: Int)
  /// A store into a buffer, or a file, that may only be read.
  case readOnly(path: String?)
  /// Bytes that are made of a file when they are asked for could not be made, and why.
  case unmade(path: String?, reason: String)
  /// The caller of a long call said that it should stop.
  case interrupted

  package init(_ error: SystemError, path: String?) {
    // A call that a signal interrupted is made again, unless the work is to stop.
    self =
      error.code == Errno.interrupted
      ? .interrupted : .system(call: error.call, path: path, errno: error.code)
  }
}

extension MemoryError: CustomStringConvertible, DescribedError {
  public var description: String { line }

  /// The system's number for what went wrong (`ENOENT`, `ENOMEM` …); `nil` where it was not the
  /// system that refused.
  public var errno: Int32? {
    switch self {
    case .system(_, _, let errno): errno
    case .deviceFault: Errno.inputOutput
    case .notMappable(_, let kind): kind == .directory ? Errno.isDirectory : Errno.noDevice
    case .outOfMemory: Errno.noMemory
    case .truncated, .lost, .empty, .exhausted, .outOfBounds, .readOnly, .unmade, .interrupted: nil
    }
  }

  package var subject: String? {
    switch self {
    case .system(_, let path, _), .readOnly(let path), .unmade(let path, _):
      path?.isEmpty == true ? nil : path
    case .truncated(let path, _, _), .deviceFault(let path), .empty(let path),
      .exhausted(let path, _), .notMappable(let path, _):
      path
    case .lost, .outOfBounds, .outOfMemory, .interrupted: nil
    }
  }

  package var finding: String {
    switch self {
    case .system(_, "", _): "the name is empty; a path is expected"
    case .system(let call, nil, let errno): "\(SystemError(call: call, code: errno))"
    case .system(_, _, let errno): Syscalls.message(for: errno)
    case .truncated(_, let needed, let found):
      "the file was cut while in use: \(needed.bytes) \(needed == 1 ? "was" : "were") needed, "
        + "it has \(found) now"
    case .deviceFault:
      "a page of the file could not be read or written: the device failed, or the file was cut "
        + "for a moment"
    case .lost(let offset):
      "the memory at byte \(offset), or after it, maps a file that was cut while in use, or whose "
        + "device failed"
    case .empty: "the file is empty; at least one byte is expected"
    case .exhausted(_, let offset): "nothing is left after offset \(offset)"
    case .notMappable(_, let kind):
      "a \(kind.rawValue) cannot be mapped; a regular file is expected"
    case .outOfBounds(let offset, let byteCount, let available):
      "\(byteCount.bytes) at offset \(offset) lie\(byteCount == 1 ? "s" : "") outside of the "
        + "buffer, which has \(available)"
    case .outOfMemory(let byteCount): "out of memory: cannot allocate \(byteCount.bytes)"
    case .readOnly(let path):
      "the \(path == nil ? "buffer" : "file") may be read but not written"
    case .unmade(_, let reason): reason
    case .interrupted: "interrupted: the caller asked for it"
    }
  }
}

extension Int {
  /// A number of bytes in words.
  package var bytes: String { self == 1 ? "1 byte" : "\(self) bytes" }
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
