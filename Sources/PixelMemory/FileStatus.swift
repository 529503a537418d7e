/// What a directory entry or descriptor is.
public enum FileKind: String, Hashable, Sendable {
  case regular = "regular file"
  case directory
  case fifo
  case socket
  case characterDevice = "character device"
  case blockDevice = "block device"
  case symbolicLink = "symbolic link"
  case unknown = "special file"
}

/// A file behind all of its names: device and inode.
public struct FileIdentity: Hashable, Sendable {
  public let device: UInt64
  public let inode: UInt64

  package init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }
}

/// The part of `struct stat` that decisions are made on.
package struct FileStatus: Equatable, Sendable {
  package let identity: FileIdentity
  package let kind: FileKind
  /// In bytes.
  package let size: Int
  /// The bytes that the file takes, without its holes.
  package let takenByteCount: Int
  /// Permission, set-id and sticky bits.
  package let mode: UInt32
  package let owner: UInt32
  package let group: UInt32
  package let linkCount: Int
  /// When bytes, size or facts changed last: nanoseconds since 1970, as finely as the file system
  /// tells.
  package let changeTime: Int
}
