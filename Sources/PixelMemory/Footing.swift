import CShims

/// What a file system does to the tie between a file and a mapping of it.
enum Footing: Equatable, Sendable {
  /// All who have the file see the same pages.
  case local
  /// A file of an overlayfs that may be on a lower layer. Who opens it for writing first makes a copy
  /// on the upper layer; a mapping from before that keeps the lower file for ever.
  case lowerLayer
  /// Other machines, or a program, write to the file without this kernel's knowing.
  case remote(String)

  private static let overlay = 0x794C_7630

  /// By the magic numbers of `statfs(2)`.
  private static let remotes = [
    0x6969: "NFS", 0x517B: "SMB", 0xFE53_4D42: "SMB", 0xFF53_4D42: "CIFS", 0x6573_5546: "FUSE",
    0x0102_1997: "9P", 0x00C3_6400: "Ceph", 0x5346_414F: "AFS", 0x6B41_4653: "AFS",
    0x7375_7245: "Coda", 0x0BD0_0BD0: "Lustre", 0x0116_1970: "GFS2", 0x7461_636F: "OCFS2",
    0x786F_4256: "VirtualBox's shared folders", 0x564C: "NCP",
  ]

  /// - Parameters:
  ///   - access: how the file was opened: for writing it is on the upper layer by now.
  ///   - changeTime: when it had changed last before it was opened; `nil` if unknown.
  init(of descriptor: Int32, access: Access, changeTime: Int?) {
    let type = try? Syscalls.fileSystem(of: descriptor)
    if type == Footing.overlay, access != .readWrite,
      !imgtool_is_made_on_upper_layer(descriptor),
      !Footing.isOnUpperLayer(descriptor, changeTime: changeTime)
    {
      self = .lowerLayer
    } else {
      self = type.flatMap { Footing.remotes[$0] }.map(Footing.remote) ?? .local
    }
  }

  /// Whether an open file is on an overlay.
  static func isOverlay(_ descriptor: Int32) -> Bool {
    (try? Syscalls.fileSystem(of: descriptor)) == overlay
  }

  /// Whether a file has changed since the overlay was mounted: lower layers must not, while they are.
  ///
  /// Known where the overlay is the root of the first process, as in a container: that one was
  /// started when its root was there.
  private static func isOnUpperLayer(_ descriptor: Int32, changeTime: Int?) -> Bool {
    guard let changeTime, let mount = Syscalls.mount(of: descriptor),
      Syscalls.mount(of: "/") == mount, Syscalls.mount(of: "/proc/1/root") == mount,
      let start = Syscalls.startOfFirstProcess()
    else { return false }
    return changeTime > start
  }
}
