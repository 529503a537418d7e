import CShims

extension Buffer {
  /// Takes a lock on the mapped file (`flock(2)`), which lasts until the buffer's end: shared for
  /// reading, exclusive under `readWrite`. Only those who ask for the lock heed it.
  ///
  /// - Parameter waiting: called once, when somebody else holds the lock and it is waited for.
  /// - Throws: `notMappable` when no file stands behind the buffer, `system`.
  package func lock(waiting: () -> Void) throws(MemoryError) {
    guard let descriptor, case .file(let path, _) = origin else {
      throw .notMappable(path: origin.path ?? "memory", kind: .fifo)
    }
    let isExclusive = access == .readWrite
    try attributing(to: path) { () throws(SystemError) in
      do throws(SystemError) {
        try Syscalls.lock(descriptor, exclusive: isExclusive, waits: false)
      } catch {
        guard error.code == Errno.again else { throw error }
        waiting()
        try Syscalls.lock(descriptor, exclusive: isExclusive, waits: true)
      }
    }
  }

  /// A lease on the mapped file, where the kernel gives one: on a file of the user's own that nobody
  /// has opened or mapped for writing.
  package func lease() -> FileLease? {
    guard let descriptor, case .file = origin, imgtool_lease_take(descriptor) == 0 else {
      return nil
    }
    return FileLease(self, descriptor)
  }
}

/// A kernel read lease (`F_SETLEASE` of `fcntl(2)`): while it holds, nobody has opened the file for
/// writing, so its bytes have stood still. Callers that want to open it so wait for the end of the lease, at
/// most for the seconds of `/proc/sys/fs/lease-break-time`.
package final class FileLease: Sendable {
  private let buffer: Buffer
  private let descriptor: Int32

  fileprivate init(_ buffer: Buffer, _ descriptor: Int32) {
    self.buffer = buffer
    self.descriptor = descriptor
  }

  deinit { imgtool_lease_drop(descriptor) }

  package var holds: Bool { imgtool_lease_holds(descriptor) }
}
