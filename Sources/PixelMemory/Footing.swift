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

  /// - Parameters:
  ///   - access: how the file was opened: for writing it is on the upper layer by now.
  ///   - changeTime: when it had changed last before it was opened; `nil` if unknown.
  init(of descriptor: Int32, access: Access, changeTime: Int?) {
    switch FileSystem(of: descriptor) {
    case .overlay
    where access != .readWrite && !imgtool_is_made_on_upper_layer(descriptor)
      && !Footing.isOnUpperLayer(descriptor, changeTime: changeTime):
      self = .lowerLayer
    case .remote(let name): self = .remote(name)
    case .counting, .inMemory, .overlay, .other: self = .local
    }
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
