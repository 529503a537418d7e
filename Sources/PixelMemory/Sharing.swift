/// Whether reading an image, or a part of a buffer, reads its file, or the memory of a caller, as it is
/// now. What is not known is not shared.
public enum Sharing: Hashable, Sendable {
  case shared
  /// Pages of the part became the process's own.
  case detached(DetachedPages)
  /// The bytes have no file: they were allocated.
  case ownMemory
  /// The bytes were made from others, which they do not follow: they were decoded, copied, or read
  /// from a pipe. The reason is a sentence without its period.
  case copy(reason: String)
  /// The path leads to another file by now, and the buffer keeps the old one.
  case replaced(path: String)
  case unknown(Doubt)

  /// Why it cannot be known.
  public enum Doubt: Hashable, Sendable {
    /// The kernel's table of pages cannot be read, mostly because `/proc` is not mounted.
    case pageTable(errno: Int32)
    /// A file of an overlayfs that may be on a lower layer, not opened for writing.
    case lowerLayer(path: String)
    /// The file system is shared with other machines, or is a program.
    case remote(path: String, fileSystem: String)
  }

  /// Why the part is not shared, or not known to be; `nil` when it is.
  public var reason: String? {
    switch self {
    case .shared: nil
    case .detached(let pages):
      "\(pages.count) page\(pages.count == 1 ? "" : "s") became the image's own: "
        + pages.ranges.prefix(3).map { "bytes \($0.lowerBound) to \($0.upperBound - 1)" }
        .joined(separator: ", ") + (pages.ranges.count > 3 ? " …" : "")
    case .ownMemory: "the image is on memory of its own"
    case .copy(let reason): "the image is a copy: \(reason)"
    case .replaced(let path): "\(path) is another file now; the image keeps the old one"
    case .unknown(.pageTable(let code)):
      "it is unknown which pages became the image's own: /proc/self/pagemap: "
        + "\(Syscalls.message(for: code)); mount /proc, or map the file without copy-on-write, under "
        + "which alone there are some"
    case .unknown(.lowerLayer):
      "it is unknown whether the image follows its file, which may be on a lower layer of an overlay "
        + "file system, where the first program that writes to it gets a copy; read-write access maps "
        + "that one"
    case .unknown(.remote(_, let fileSystem)):
      "it is unknown whether the image follows its file: on \(fileSystem) others write without "
        + "this machine's seeing it at once; use a copy on a local disk"
    }
  }

  /// The pages that became the process's own, where they were counted.
  package var detachedPageCount: Int? {
    switch self {
    case .shared, .replaced: 0
    case .detached(let pages): pages.count
    case .ownMemory, .copy, .unknown: nil
    }
  }
}

extension Buffer {
  /// Why the bytes are a copy of others; `nil` where they are none, as far as the buffer knows.
  package var copyReason: String? {
    if case .spooled(let name) = origin { "\(name) is a pipe" } else { nil }
  }

  /// Whether reading a range reads the file, or the memory of a caller, as it is now.
  ///
  /// - Throws: `truncated`, `deviceFault`.
  /// - Complexity: as ``detachedPages(in:)`` for a file, O(1) otherwise.
  public func sharing(in range: Range<Int>) throws(MemoryError) -> Sharing {
    try checkFault()
    let path: String
    let identity: FileIdentity
    switch origin {
    case .file(let name, let file): (path, identity) = (name, file)
    case .foreign: return .shared
    case .heap: return .ownMemory
    case .spooled: return .copy(reason: copyReason ?? "")
    }
    switch footing {
    case .local: break
    case .lowerLayer: return .unknown(.lowerLayer(path: path))
    case .remote(let name): return .unknown(.remote(path: path, fileSystem: name))
    }
    do throws(MemoryError) {
      let pages = try detachedPages(in: range)
      if !pages.isEmpty { return .detached(pages) }
    } catch {
      guard case .system(_, _, let code) = error else { throw error }
      // A mapping that is not a private one has no pages of its own.
      if access == .copyOnWrite { return .unknown(.pageTable(errno: code)) }
    }
    if isNamed, let now = try? Syscalls.status(of: path), now.identity != identity {
      return .replaced(path: path)
    }
    return .shared
  }
}
