/// The kinds of file systems that the library treats in ways of their own.
enum FileSystem: Equatable, Sendable {
  /// Counts who has a file open or mapped, whatever way they came to it.
  case counting
  /// The same in memory (tmpfs), where a look at a hole through a mapping takes a page for it.
  case inMemory
  /// Lies over others, which have the pages: what it counts is not all.
  case overlay
  /// Other machines, or a program, change its files without this kernel's knowing.
  case remote(String)
  case other

  /// By the magic numbers of `statfs(2)`, most of them in `<linux/magic.h>`.
  private static let known: [Int: FileSystem] = [
    0xEF53: .counting, 0x5846_5342: .counting, 0x9123_683E: .counting,
    0x0102_1994: .inMemory, 0x794C_7630: .overlay,
    0x6969: .remote("NFS"), 0x517B: .remote("SMB"), 0xFE53_4D42: .remote("SMB"),
    0xFF53_4D42: .remote("CIFS"), 0x6573_5546: .remote("FUSE"), 0x0102_1997: .remote("9P"),
    0x00C3_6400: .remote("Ceph"), 0x5346_414F: .remote("AFS"), 0x6B41_4653: .remote("AFS"),
    0x7375_7245: .remote("Coda"), 0x0BD0_0BD0: .remote("Lustre"), 0x0116_1970: .remote("GFS2"),
    0x7461_636F: .remote("OCFS2"), 0x786F_4256: .remote("VirtualBox's shared folders"),
    0x564C: .remote("NCP"),
  ]

  /// The one that an open file is on.
  init(of descriptor: Int32) {
    let magic = try? Syscalls.fileSystemMagic(of: descriptor)
    self = magic.flatMap { FileSystem.known[$0] } ?? .other
  }

  /// Whether a write lease is given only when nobody else has a file open or mapped.
  var countsOpenFiles: Bool { self == .counting || self == .inMemory }
}
