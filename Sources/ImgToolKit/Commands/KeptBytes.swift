import ImageFiles
import PixelMemory
import PixelViews

/// The bytes of a file that `verify --in-place` is going to change, kept on the disk beside it before
/// it does, so that every end of the process can be undone: by the process itself, also from its
/// handler of signals, or by the next one on this file.
///
/// They are kept in `NAME.imgtool-undo`, in lines of text: what it is, `file INODE SIZE`, then an
/// offset and the bytes there in hexadecimal for each piece, and `end`. Before each change a line
/// follows with an offset and what is going to be written there: only that is ever taken back.
final class KeptBytes {
  private static let suffix = ".imgtool-undo"
  static let title =
    "imgtool keeps here what it changes in a file; verify --in-place puts it back"

  let path: String
  let keeper: String
  private let file: FileDescriptor
  let fileNumber: Int32
  let status: FileStatus
  private let directory: FileDescriptor
  let directoryNumber: Int32
  let name: String
  private var log: FileDescriptor?
  private var logNumber: Int32 = -1
  private var logByteCount = 0

  /// Opens a file, waits for another verification of it to end, and puts back what an earlier one
  /// has left there when it was killed.
  init(of path: String, _ console: Console) throws(ToolError) {
    self.path = path
    do throws(SystemError) {
      // By links and hidden names of a directory the file is the same.
      let resolved = try Syscalls.resolvedPath(path)
      let place = SaveTarget.split(resolved)
      name = KeptBytes.name(for: place.name)
      keeper = SaveTarget.join(place.directory, name)
      file = try Syscalls.open(resolved, [.readWrite, .nonBlocking])
      fileNumber = file.number
      status = try Syscalls.status(of: file.number)
      directory = try Syscalls.open(place.directory, [.pathOnly, .directory])
      directoryNumber = directory.number
    } catch { throw ToolError(error, path: path) }
    do throws(SystemError) {
      try Syscalls.lock(fileNumber, exclusive: true, waits: false)
    } catch {
      // A file system without locks has to do without.
      if error.code == Errno.again {
        console.note("\(path): waiting for another program that has locked it")
        try? Syscalls.lock(fileNumber, exclusive: true, waits: true)
      }
    }
    try recover(console)
  }

  deinit { Undo.forget() }

  /// A name as long as the longest that a file can have loses its end.
  private static func name(for name: String) -> String {
    FileName.text(FileName.bytes(name).prefix(255 - suffix.utf8.count)) + suffix
  }

  /// What there is to say of a file whose bytes a killed verification has left changed.
  static func notice(of path: String) -> String? {
    let isLink = (try? Syscalls.readLink(path)) != nil
    let place = SaveTarget.split(isLink ? (try? Syscalls.resolvedPath(path)) ?? path : path)
    let name = name(for: place.name)
    let keeper = place.directory == "." ? name : SaveTarget.join(place.directory, name)
    guard (try? Syscalls.status(of: keeper, followingLinks: false).kind) == .regular else {
      return nil
    }
    do throws(SystemError) {
      let file = try Syscalls.open(path, [.readOnly, .nonBlocking])
      try Syscalls.lock(file.number, exclusive: false, waits: false)
    } catch {
      // A verification that is at work holds the lock.
      if error.code == Errno.again { return nil }
    }
    return "\(keeper): a verification was killed; "
      + "`imgtool verify \(ShellWord.file(path)) LAYOUT... --in-place` puts the old bytes back"
  }

  /// Keeps the bytes of some ranges; from here on every end of the process but SIGKILL puts them
  /// back, and that one the next verification.
  func keep(_ ranges: [Range<Int>], of buffer: Buffer) throws(ToolError) {
    var lines = [KeptBytes.title, "file \(status.identity.inode) \(status.size)"]
    for range in KeptBytes.merged(ranges) {
      let bytes: [UInt8]
      do throws(MemoryError) { bytes = try buffer.bytes(range) } catch {
        throw ToolError(error, name: path)
      }
      let offset = buffer.fileOffset + range.lowerBound
      try add(bytes, at: offset)
      lines.append("\(offset) \(VerifyPeer.hex(bytes))")
    }
    do throws(SystemError) {
      // Nobody else may read what stands in a file that they may not read.
      let file = try Undo.makeKeeper(
        name, in: directoryNumber, mode: 0o400 | status.mode & 0o200, file: fileNumber)
      logNumber = file.number
      log = consume file
      try append(lines + ["end"])
      try synchronizeDirectory()
    } catch {
      // What is kept is not complete, and nothing has been changed.
      try? Undo.putBack()
      Undo.forget()
      throw ToolError(
        "\(path): verify --in-place first keeps the bytes that it changes in \(keeper), which could not "
          + "be made: \(error.message)")
    }
  }

  /// The same bytes, each once.
  private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
    ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, range in
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
  }

  /// Keeps on the disk what is about to be written to the file.
  func expect(_ bytes: [UInt8], at offset: Int) throws(ToolError) {
    do throws(MemoryError) { try Undo.expect(bytes, at: offset) } catch { throw ToolError(error) }
    do throws(SystemError) { try append(["\(offset) \(VerifyPeer.hex(bytes))"]) } catch {
      throw ToolError(
        "\(path): verify --in-place first keeps what it writes in \(keeper): \(error.message)")
    }
  }

  private func append(_ lines: [String]) throws(SystemError) {
    let text = Array((lines + [""]).joined(separator: "\n").utf8)
    try Syscalls.write(logNumber, at: logByteCount, unsafe text.span.bytes)
    logByteCount += text.count
    try Syscalls.synchronize(logNumber)
  }

  private func synchronizeDirectory() throws(SystemError) {
    do throws(SystemError) {
      let readable = try Syscalls.open(".", [.readOnly, .directory], in: directoryNumber)
      try Syscalls.synchronize(readable.number)
    } catch {
      // Names may be made in a directory that may not be read, or that has no disk.
      if error.code == Errno.invalid { return }
      if error.code != Errno.noAccess { throw error }
      try Syscalls.synchronizeFileSystem(of: logNumber)
    }
  }

  /// Has a signal end the process that writes to the file as well, before the bytes are put back.
  func expectWrites(of process: Int32) { Undo.expectWrites(of: process) }

  /// The file is as it was, and what kept its bytes is gone.
  func putBack() throws(ToolError) {
    defer { Undo.forget() }
    do throws(SystemError) { try Undo.putBack() } catch {
      throw ToolError(
        "\(path): what was changed could not be put back: \(error.message); the bytes are in \(keeper), "
          + "and the next verify --in-place puts them back")
    }
  }

  func add(_ bytes: [UInt8], at offset: Int) throws(ToolError) {
    do throws(MemoryError) { try Undo.add(bytes, at: offset) } catch { throw ToolError(error) }
  }
}
