import CShims
import PixelMemory

/// A directory that files are made and renamed in.
final class OutputDirectory: Sendable {
  let path: String
  private let descriptor: FileDescriptor
  let number: Int32

  init(_ path: String) throws(OutputError) {
    self.path = path
    let descriptor = try SaveTarget.open(path)
    number = descriptor.number
    self.descriptor = descriptor
  }

  /// Names in the directory reach the disk; `file` is open in the same file system.
  func synchronize(with file: Int32) throws(SystemError) {
    do throws(SystemError) {
      let readable = try Syscalls.open(".", [.readOnly, .directory], in: number)
      try Syscalls.synchronize(readable.number)
    } catch {
      // Names may be made in a directory that may not be read.
      if error.code != Errno.noAccess { throw error }
      try Syscalls.synchronizeFileSystem(of: file)
    }
  }
}

/// A short name of a file on its way to its real one; whoever ends, it or the process, takes the
/// file along.
final class TemporaryName {
  let name: String
  /// Whether a file may have the name: from before it is made until it is renamed.
  var isInUse = false
  private let directory: OutputDirectory
  private let slot: Int32

  /// Finds a name that nobody can guess. The file is not made yet.
  init(in directory: OutputDirectory) {
    self.directory = directory
    name = ".imgtool-" + String(Syscalls.randomBits(), radix: 36)
    slot = unsafe imgtool_temporary_arm(directory.number, name)
  }

  deinit {
    if isInUse { try? Syscalls.unlink(name, in: directory.number) }
    imgtool_temporary_disarm(slot)
  }
}
