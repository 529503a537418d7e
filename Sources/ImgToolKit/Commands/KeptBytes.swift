import ImageFiles
import PixelMemory
import PixelViews

/// The bytes of a file that `verify --in-place` is going to change, kept on the disk beside it before
/// it does, so that every end of the process can be undone: by the process itself, also from its
/// handler of signals, or by the next one on this file.
///
/// They are kept in `NAME.imgtool-undo`, in lines of text: what it is, `file INODE SIZE`, then an
/// offset and the bytes there in hexadecimal for each piece, and `end`.
final class KeptBytes {
  private static let suffix = ".imgtool-undo"
  private static let title =
    "imgtool keeps here what it changes in a file; verify --in-place puts it back"
  private static let mostBytes = 1 << 22

  private let path: String
  private let keeper: String
  private let file: FileDescriptor
  private let fileNumber: Int32
  private let identity: FileIdentity
  private let size: Int
  private let directory: FileDescriptor
  private let directoryNumber: Int32
  private let name: String

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
      let status = try Syscalls.status(of: file.number)
      (identity, size) = (status.identity, status.size)
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
    var bytes = FileName.bytes(name)
    bytes.removeLast(max(0, bytes.count + suffix.utf8.count - 255))
    return FileName.text(bytes) + suffix
  }

  /// Keeps the bytes of some ranges; from here on every end of the process but SIGKILL puts them
  /// back, and that one the next verification.
  func keep(_ ranges: [Range<Int>], of buffer: Buffer) throws(ToolError) {
    var lines = [KeptBytes.title, "file \(identity.inode) \(size)"]
    for range in ranges {
      let bytes: [UInt8]
      do throws(MemoryError) { bytes = try buffer.bytes(range) } catch {
        throw ToolError(error, name: path)
      }
      try add(bytes, at: buffer.fileOffset + range.lowerBound)
      lines.append("\(buffer.fileOffset + range.lowerBound) \(VerifyPeer.hex(bytes))")
    }
    try arm()
    do throws(OutputError) {
      var output = try OutputFile(try SaveTarget.resolve(keeper), reserving: nil)
      let text = Array((lines + ["end", ""]).joined(separator: "\n").utf8)
      try output.write(unsafe text.span.bytes)
      try output.commit(durable: true)
    } catch {
      Undo.forget()
      throw ToolError(
        "\(path): verify --in-place first keeps the bytes that it changes in \(keeper), which could not "
          + "be made: \(ToolError(error).message)")
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

  private func add(_ bytes: [UInt8], at offset: Int) throws(ToolError) {
    do throws(MemoryError) { try Undo.add(bytes, at: offset) } catch { throw ToolError(error) }
  }

  private func arm() throws(ToolError) {
    do throws(MemoryError) {
      try Undo.arm(file: fileNumber, keeper: name, in: directoryNumber)
    } catch { throw ToolError(error) }
  }

  /// Puts back what an earlier process has left when it was killed.
  private func recover(_ console: Console) throws(ToolError) {
    let text: [UInt8]
    do throws(SystemError) {
      text = try Syscalls.contents(of: keeper, limit: KeptBytes.mostBytes)
    } catch {
      if error.code == Errno.noEntry { return }
      throw ToolError(error, path: keeper)
    }
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    guard lines.count >= 3, lines[0] == KeptBytes.title, lines.last == "end" else {
      throw ToolError(
        "\(keeper): verify --in-place keeps bytes under this name, and the file there is not its own; "
          + "give it another name")
    }
    guard lines[1] == "file \(identity.inode) \(size)" else {
      throw ToolError(
        "\(keeper): these are bytes of another file than \(path) is now, or of one of another length; "
          + "remove it when they are not needed")
    }
    var count = 0
    for line in lines.dropFirst(2).dropLast() {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 2, let offset = Int(words[0]), offset >= 0 else {
        throw ToolError("\(keeper): \(Values.quoted(line)) is not an offset with its bytes")
      }
      let bytes = try Values.hexBytes(words[1], keeper)
      try add(bytes, at: offset)
      count += bytes.count
    }
    try arm()
    try putBack()
    console.note(
      "\(path): an earlier verify --in-place was killed; \(count.bytes) that it may have changed were "
        + "put back from \(keeper)")
  }
}
