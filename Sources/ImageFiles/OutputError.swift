import PixelMemory

/// Why a file could not be saved. Whatever stood under its name before stands there still, unless
/// the name is one that is written through: a device, a pipe, an open descriptor.
public enum OutputError: Error, Equatable, Sendable {
  /// A system call failed with an `errno` that has no case of its own.
  case system(call: String, path: String, errno: Int32)
  /// The buffer that the bytes come from failed.
  case memory(MemoryError)
  /// The directory that the file belongs into is missing, or is no directory.
  case noDirectory(path: String)
  /// A file is replaced by renaming, and that needs a directory where files can be made; `errno`
  /// tells a lack of permission from a file system that is read-only.
  case directoryNotWritable(path: String, errno: Int32)
  /// The file that would be replaced is protected against writing.
  case fileNotWritable(path: String, errno: Int32)
  case isDirectory(path: String)
  /// The disk, or the quota, has no room; `needed` bytes if that is known.
  case outOfSpace(path: String, needed: Int?)
  /// A limit on the size of files (`ulimit -f`, or the file system's) is below the `byteCount`.
  case tooLarge(path: String, byteCount: Int)
  /// The name is one of a file that the process maps, and nobody said that it may be replaced.
  case mapped(path: String)
  /// The function that takes the bytes refused some of them.
  case refused

  /// - Parameter byteCount: how large the file was to be, or had become.
  init(_ error: SystemError, path: String, byteCount: Int? = nil) {
    switch error.code {
    case Errno.noSpace, Errno.quotaExceeded: self = .outOfSpace(path: path, needed: byteCount)
    case Errno.fileTooBig: self = .tooLarge(path: path, byteCount: byteCount ?? 0)
    case Errno.interrupted: self = .memory(.interrupted)
    default: self = .system(call: error.call, path: path, errno: error.code)
    }
  }
}

/// Runs system calls on behalf of `path`.
func attributing<Result: ~Copyable>(
  to path: String, _ body: () throws(SystemError) -> Result
) throws(OutputError) -> Result {
  do throws(SystemError) {
    return try body()
  } catch {
    throw OutputError(error, path: path)
  }
}
