import CShims

/// Bytes that one file of the process must be given back, whatever ends the process apart from
/// SIGKILL. There is one list in a process, and one thread that works on it.
package enum Undo {
  /// Adds bytes to the list.
  ///
  /// - Throws: `outOfMemory`.
  package static func add(_ bytes: [UInt8], at offset: Int) throws(MemoryError) {
    let isAdded = unsafe bytes.withUnsafeBytes { bytes in
      unsafe imgtool_undo_add(offset, bytes.baseAddress, bytes.count)
    }
    if !isAdded { throw .outOfMemory(byteCount: bytes.count) }
  }

  /// From here on a signal that ends the process puts the bytes back first.
  ///
  /// - Parameters:
  ///   - file: a descriptor that is open for writing.
  ///   - keeper: the name of the file in `directory` that keeps the bytes for a later process; it goes
  ///     when they are back.
  /// - Throws: `system` for a name that is too long.
  package static func arm(
    file: Int32, keeper: String, in directory: Int32
  ) throws(MemoryError) {
    let name = FileName.bytes(keeper).map(CChar.init(bitPattern:)) + [0]
    guard unsafe imgtool_undo_arm(file, directory, name) else {
      throw .system(call: "open", path: keeper, errno: Errno.nameTooLong)
    }
  }

  /// Has a signal end a child first that writes to the file as well.
  package static func expectWrites(of process: Int32) { imgtool_undo_set_writer(process) }

  /// Puts the bytes back, as far as the file still reaches, and waits until they are on the disk.
  package static func putBack() throws(SystemError) {
    let code = imgtool_undo_put_back()
    if code != 0 { throw SystemError(call: "pwrite", code: code) }
  }

  /// Empties the list.
  package static func forget() { imgtool_undo_forget() }
}
