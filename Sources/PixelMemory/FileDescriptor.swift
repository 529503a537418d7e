/// Owns an open file descriptor and closes it at the end of its life.
package struct FileDescriptor: ~Copyable, Sendable {
  /// The number, for calls made while the owner lives.
  package let number: Int32

  /// Takes over a descriptor that nobody else closes.
  package init(owning number: Int32) { self.number = number }

  deinit { Syscalls.close(number) }

  /// A second number for the same open file, closed on `exec` (`fcntl F_DUPFD_CLOEXEC`).
  package func duplicated() throws(SystemError) -> FileDescriptor {
    try Syscalls.duplicate(number)
  }
}
