import PixelMemory

/// Why a file could not be saved. Whatever stood under its name before stands there still, unless
/// the name is one that is written through: a device, a pipe, an open descriptor.
public enum OutputError: Error, Equatable, Sendable {
  /// A system call failed with an `errno` that has no case of its own.
  case system(call: String, path: String, errno: Int32)
  /// The buffer that the bytes come from failed.
  case memory(MemoryError)
  /// The directory that the file belongs into is missing, or is not a directory.
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
  /// The name is one of a file that the process maps, under another name unless `name` is `nil`, and
  /// nobody said that it may be replaced.
  case mapped(path: String, as: String? = nil)
  /// The output is redirected into a file that the process maps, under another name unless `name` is
  /// `nil`, where nothing can be replaced.
  case mappedStream(path: String, as: String? = nil)
  /// The function that takes the bytes refused some of them.
  case refused

  /// A path of a mapped file, with another name under which that was mapped.
  package static func mapped(
    _ path: String, _ identity: FileIdentity?, isStream: Bool
  ) -> OutputError {
    let name = Buffer.live.first { $0.identity == identity && $0.path != path }?.path
    return isStream ? .mappedStream(path: path, as: name) : .mapped(path: path, as: name)
  }

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

extension OutputError: CustomStringConvertible, DescribedError {
  public var description: String { line }

  /// The system's number for what went wrong; `nil` where it was not the system that refused.
  public var errno: Int32? {
    switch self {
    case .system(_, _, let errno), .directoryNotWritable(_, let errno),
      .fileNotWritable(_, let errno):
      errno
    case .memory(let error): error.errno
    case .noDirectory: Errno.noEntry
    case .isDirectory: Errno.isDirectory
    case .outOfSpace: Errno.noSpace
    case .tooLarge: Errno.fileTooBig
    case .mapped, .mappedStream, .refused: nil
    }
  }

  package var subject: String? {
    switch self {
    case .system(_, let path, _), .noDirectory(let path), .directoryNotWritable(let path, _),
      .fileNotWritable(let path, _), .isDirectory(let path), .outOfSpace(let path, _),
      .tooLarge(let path, _), .mapped(let path, _), .mappedStream(let path, _):
      path.isEmpty ? nil : path == "-" ? "standard output" : path
    case .memory(let error): error.subject
    case .refused: nil
    }
  }

  package var finding: String {
    switch self {
    case .system(_, "", _), .noDirectory(""): "the name is empty; a path is expected"
    case .system(_, _, Errno.noSuchDevice):
      "a socket, or a device that is not there, cannot be opened for writing"
    case .system(_, _, let errno): Syscalls.message(for: errno)
    case .memory(let error): error.finding
    case .noDirectory: "no such directory; nothing was written"
    case .directoryNotWritable(_, let errno):
      "a file is saved by renaming, and this directory takes no new file: "
        + Syscalls.message(for: errno)
    case .fileNotWritable(_, let errno):
      "the file is protected: \(Syscalls.message(for: errno))"
    case .isDirectory: "is a directory; a file name is expected"
    case .outOfSpace(_, let needed):
      "no space left on the device\(needed.map { " for \($0.bytes)" } ?? ""); nothing was changed"
    case .tooLarge(_, let byteCount):
      "\(byteCount.bytes) are more than the limit on file sizes; nothing was changed"
    case .mapped(_, let name):
      "this is \(name.map { "\($0), " } ?? "")the file of an open image, which a save replaces only when "
        + "asked to"
    case .mappedStream(_, let name):
      "output redirected into the mapped file\(name.map { " \($0)" } ?? "") cannot replace it"
    case .refused: "the function did not take all bytes; what it has is not a file"
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
