import CShims

/// Bytes that one file of the process must be given back, whatever ends the process apart from
/// SIGKILL. There is one list in a process, and one thread that works on it.
///
/// Only what the list expects to be written over them is ever taken back: a byte that somebody else
/// has written meanwhile stays.
package enum Undo {
  /// What of a file is other than it was.
  package struct Changes: Sendable {
    /// How many bytes hold what was expected to be written over them.
    package let byteCount: Int
    /// The offset of one that is neither what it was nor what was expected to be written.
    package let foreignOffset: Int?
  }

  /// Adds bytes to the list.
  ///
  /// - Throws: `outOfMemory`.
  package static func add(_ bytes: [UInt8], at offset: Int) throws(MemoryError) {
    let isAdded = unsafe bytes.withUnsafeBytes { bytes in
      unsafe imgtool_undo_add(offset, bytes.baseAddress, bytes.count)
    }
    if !isAdded { throw .outOfMemory(byteCount: bytes.count) }
  }

  /// Adds bytes that are going to be written to the file; also once the list is armed.
  ///
  /// - Throws: `outOfMemory`.
  package static func expect(_ bytes: [UInt8], at offset: Int) throws(MemoryError) {
    let isAdded = unsafe bytes.withUnsafeBytes { bytes in
      unsafe imgtool_undo_expect(offset, bytes.baseAddress, bytes.count)
    }
    if !isAdded { throw .outOfMemory(byteCount: bytes.count) }
  }

  /// From here on a signal that ends the process puts the bytes back first.
  ///
  /// - Parameters:
  ///   - file: a descriptor that is open for reading and writing.
  ///   - keeper: the name of the file in `directory` that keeps the bytes for a later process; it goes
  ///     when they are back.
  /// - Throws: the error of a name that is too long.
  package static func arm(
    file: Int32, keeper: String, in directory: Int32
  ) throws(SystemError) {
    let name = try Syscalls.bytes(of: keeper, call: "open")
    guard unsafe imgtool_undo_arm(file, directory, name) else {
      throw SystemError(call: "open", code: Errno.nameTooLong)
    }
  }

  /// Makes the keeper, which nothing may have the name of, and arms the list in the same moment
  /// (`openat(2)` with `O_CREAT`, `O_EXCL` and `O_NOFOLLOW`).
  package static func makeKeeper(
    _ keeper: String, in directory: Int32, mode: UInt32, file: Int32
  ) throws(SystemError) -> FileDescriptor {
    let name = try Syscalls.bytes(of: keeper, call: "open")
    return try Syscalls.own(
      try Syscalls.retrying("open") {
        unsafe imgtool_undo_create(file, directory, name, mode)
      })
  }

  /// Has a signal end a child first that writes to the file as well.
  package static func expectWrites(of process: Int32) { imgtool_undo_set_writer(process) }

  /// Compares an open file with the list, and changes nothing.
  package static func changes(of file: Int32) throws(SystemError) -> Changes {
    var (byteCount, foreign) = (0, 0)
    let code = unsafe imgtool_undo_look(file, &byteCount, &foreign)
    if code != 0 { throw SystemError(call: "pread", code: code) }
    return Changes(byteCount: byteCount, foreignOffset: foreign < 0 ? nil : foreign)
  }

  /// Puts the bytes back, as far as the file still reaches, and waits until they are on the disk.
  package static func putBack() throws(SystemError) {
    let code = imgtool_undo_put_back()
    if code != 0 { throw SystemError(call: "pwrite", code: code) }
  }

  /// Empties the list.
  package static func forget() { imgtool_undo_forget() }
}
