import Glibc

/// A failed system call: which one, and the `errno` that it left.
///
/// The calls below throw it; each floor wraps it into its own error, with the path.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  package let call: String
  package let code: Int32

  package init(call: String, code: Int32) {
    self.call = call
    self.code = code
  }

  /// The words of the C library for the code, as `strerror` has them.
  package var message: String { Syscalls.message(for: code) }

  package var description: String { "\(message) (\(call))" }
}

/// The values of `errno` that callers tell apart.
package enum Errno {
  package static let again = EAGAIN
  package static let badDescriptor = EBADF
  package static let badAddress = EFAULT
  package static let brokenPipe = EPIPE
  package static let crossDevice = EXDEV
  package static let exists = EEXIST
  package static let fileTooBig = EFBIG
  package static let inputOutput = EIO
  package static let interrupted = EINTR
  package static let invalid = EINVAL
  package static let isDirectory = EISDIR
  package static let linkLoop = ELOOP
  package static let nameTooLong = ENAMETOOLONG
  package static let noAccess = EACCES
  package static let noData = ENODATA
  package static let noDevice = ENODEV
  package static let noEntry = ENOENT
  package static let noMemory = ENOMEM
  package static let noSpace = ENOSPC
  package static let notDirectory = ENOTDIR
  package static let notPermitted = EPERM
  package static let notSupported = EOPNOTSUPP
  package static let noSystemCall = ENOSYS
  package static let noSuchDevice = ENXIO
  package static let quotaExceeded = EDQUOT
  package static let range = ERANGE
  package static let readOnlyFileSystem = EROFS
  package static let textBusy = ETXTBSY
}

/// Every C call of the library, typed: failures are thrown as `SystemError`, and a call that a
/// signal interrupted is made again, unless an ``Interruption`` ends the work.
package enum Syscalls {
  /// Runs `call` until no signal interrupts it; a result of -1 is a failure. `EINTR` is thrown
  /// where the signal made the caller of the work say stop.
  static func retrying<Result: FixedWidthInteger & SignedInteger>(
    _ name: String, _ call: () -> Result
  ) throws(SystemError) -> Result {
    while true {
      let result = call()
      if result != -1 { return result }
      let code = errno
      if code != EINTR || Interruption.isAskedNow { throw SystemError(call: name, code: code) }
    }
  }

  /// A path as C takes it: the bytes of the name that ``FileName`` keeps in the text. A zero byte
  /// inside would silently name another file.
  static func bytes(of path: String, call: String) throws(SystemError) -> [CChar] {
    let bytes = FileName.bytes(path)
    if bytes.contains(0) { throw SystemError(call: call, code: EINVAL) }
    return bytes.map(CChar.init(bitPattern:)) + [0]
  }

  /// The words of the C library for an `errno` (`strerrordesc_np`).
  package static func message(for code: Int32) -> String {
    unsafe String(cString: strerror(code))
  }
}
