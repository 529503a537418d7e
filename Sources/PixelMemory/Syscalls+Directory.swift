import CShims
import Glibc

extension Syscalls {
  /// Gives an open file without a name one in `directory` (`linkat(2)`).
  package static func link(
    _ descriptor: Int32, as name: String, in directory: Int32
  ) throws(SystemError) {
    // AT_EMPTY_PATH would need a capability.
    let path = procPath(of: descriptor)
    let name = try bytes(of: name, call: "linkat")
    _ = try retrying("linkat") {
      unsafe linkat(AT_FDCWD, path, directory, name, AT_SYMLINK_FOLLOW)
    }
  }

  /// Renames inside of a directory, over a file that has the name (`renameat(2)`).
  package static func rename(
    _ name: String, to newName: String, in directory: Int32
  ) throws(SystemError) {
    let name = try bytes(of: name, call: "rename")
    let newName = try bytes(of: newName, call: "rename")
    _ = try retrying("rename") { unsafe renameat(directory, name, directory, newName) }
  }

  /// Takes a name out of a directory (`unlinkat(2)`).
  package static func unlink(
    _ name: String, in directory: Int32 = AT_FDCWD
  ) throws(SystemError) {
    let name = try bytes(of: name, call: "unlink")
    _ = try retrying("unlink") { unsafe unlinkat(directory, name, 0) }
  }

  /// Whether the process may write a file, by its effective user (`faccessat(2)`).
  package static func checkWritable(
    _ name: String, in directory: Int32
  ) throws(SystemError) {
    let name = try bytes(of: name, call: "access")
    _ = try retrying("access") { unsafe faccessat(directory, name, W_OK, AT_EACCESS) }
  }

  /// Everything on the file system of a descriptor reaches the disk (`syncfs(2)`).
  package static func synchronizeFileSystem(of descriptor: Int32) throws(SystemError) {
    _ = try retrying("syncfs") { imgtool_syncfs(descriptor) }
  }

  /// `fchmod(2)`.
  package static func setMode(of descriptor: Int32, to mode: UInt32) throws(SystemError) {
    _ = try retrying("fchmod") { fchmod(descriptor, mode) }
  }

  /// `fchown(2)`; `nil` leaves as it is.
  package static func setOwner(
    of descriptor: Int32, to owner: UInt32?, group: UInt32?
  ) throws(SystemError) {
    _ = try retrying("fchown") { fchown(descriptor, owner ?? .max, group ?? .max) }
  }

  /// The kernel's limit for a value and for a list of names.
  /// The names of a file's extended attributes; a link is not followed (`llistxattr(2)`).
  package static func attributeNames(of path: String) throws(SystemError) -> [String] {
    let path = try bytes(of: path, call: "listxattr")
    var names = [CChar](
      repeating: 0,
      count: try retrying("listxattr") { unsafe imgtool_llistxattr(path, nil, 0) })
    if names.isEmpty { return [] }
    let count = try retrying("listxattr") {
      unsafe imgtool_llistxattr(path, &names, names.count)
    }
    return names.prefix(count).map(UInt8.init(bitPattern:)).split(separator: 0).map {
      FileName.text($0)
    }
  }

  /// The value of an extended attribute (`lgetxattr(2)`).
  package static func attribute(_ name: String, of path: String) throws(SystemError) -> [UInt8] {
    let path = try bytes(of: path, call: "getxattr")
    let name = try bytes(of: name, call: "getxattr")
    var value = [UInt8](
      repeating: 0,
      count: try retrying("getxattr") { unsafe imgtool_lgetxattr(path, name, nil, 0) })
    if value.isEmpty { return [] }
    let count = try retrying("getxattr") {
      unsafe imgtool_lgetxattr(path, name, &value, value.count)
    }
    value.removeSubrange(count...)
    return value
  }

  /// `fsetxattr(2)`.
  package static func setAttribute(
    _ name: String, of descriptor: Int32, to value: [UInt8]
  ) throws(SystemError) {
    let name = try bytes(of: name, call: "setxattr")
    _ = try retrying("setxattr") {
      unsafe imgtool_fsetxattr(descriptor, name, value, value.count)
    }
  }

  /// `fremovexattr(2)`.
  package static func removeAttribute(
    _ name: String, of descriptor: Int32
  ) throws(SystemError) {
    let name = try bytes(of: name, call: "removexattr")
    _ = try retrying("removexattr") { unsafe imgtool_fremovexattr(descriptor, name) }
  }
}
