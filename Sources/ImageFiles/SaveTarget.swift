import PixelMemory

/// What the path of a save names after its links are resolved.
package struct SaveTarget: Equatable, Sendable {
  package enum Kind: Equatable, Sendable {
    /// Nothing yet; also what a dangling link points to.
    case new
    /// A file, which a save replaces whole.
    case regular(FileStatus)
    /// Bytes are written through to it: a descriptor of this process, or a device or FIFO that is
    /// opened by its path when `descriptor` is `nil`.
    case stream(descriptor: Int32?, FileStatus)
    /// A function of the caller takes the bytes.
    case function
  }

  /// As it was given.
  package let path: String
  /// The directory that holds the name. Not resolved: the kernel does that.
  package let directory: String
  package let name: String
  package let kind: Kind

  /// The file behind the name; what a redirected standard output leads to as well.
  package var identity: FileIdentity? {
    switch kind {
    case .new, .function: nil
    case .regular(let status), .stream(_, let status): status.identity
    }
  }

  /// Whether bytes that were written cannot be taken back.
  package var isStream: Bool {
    switch kind {
    case .new, .regular: false
    case .stream, .function: true
    }
  }

  /// Where in the file the first byte of a save lands; `nil` where nothing has a place, as in a pipe.
  var position: Int? {
    switch kind {
    case .new, .regular: return 0
    case .function: return nil
    case .stream(let descriptor, let status):
      guard let descriptor, status.kind == .regular,
        let appends = try? Syscalls.appends(descriptor)
      else { return nil }
      return appends ? status.size : try? Syscalls.position(of: descriptor)
    }
  }

  /// Whether it is an empty file without a name, in which nothing is written over.
  var isUnnamed: Bool {
    guard case .stream(_?, let status) = kind else { return false }
    return status.kind == .regular && status.linkCount == 0 && status.size == 0
  }

  /// Whether the bytes go to our standard output, so that reports must not.
  package var isStandardOutput: Bool {
    if case .stream(descriptor: 1, _) = kind { true } else { false }
  }

  /// Looks at a path without opening or changing anything; `-` is standard output.
  ///
  /// Links are followed one by one and not by `realpath`: one that leads to an open descriptor
  /// (`/dev/stdout`, `/proc/self/fd/3`) must be written through, although it may lead to a file.
  ///
  /// - Throws: `isDirectory`, `noDirectory`, `system` (`EBADF` for a descriptor that is not open,
  ///   `ELOOP`, `ENAMETOOLONG` …).
  package static func resolve(_ path: String) throws(OutputError) -> SaveTarget {
    if path == "-" { return try descriptor(1, path: path) }
    var current = path
    for _ in 0..<40 {
      let (directory, name) = split(current)
      if name.isEmpty || name == "." || name == ".." {
        if (try? Syscalls.status(of: current)) == nil { throw .noDirectory(path: current) }
        throw .isDirectory(path: path)
      }
      // Where /proc is not mounted, the names of open descriptors are known all the same.
      if let number = Int32(name), ["/proc/self/fd", "/dev/fd"].contains(directory),
        (try? Syscalls.status(of: directory)) == nil
      {
        return try descriptor(number, path: path)
      }
      let place = try open(directory)
      let status: FileStatus
      do {
        status = try Syscalls.status(of: name, followingLinks: false, in: place.number)
      } catch {
        if error.code != Errno.noEntry { throw OutputError(error, path: path) }
        if let number = Int32(name), isOwnDescriptors(place) {
          return try descriptor(number, path: path)
        }
        return SaveTarget(path: path, directory: directory, name: name, kind: .new)
      }
      switch status.kind {
      case .regular:
        return SaveTarget(path: path, directory: directory, name: name, kind: .regular(status))
      case .directory:
        throw .isDirectory(path: path)
      case .symbolicLink:
        if let number = Int32(name), isOwnDescriptors(place) {
          return try descriptor(number, path: path)
        }
        let link = try attributing(to: path) { () throws(SystemError) in
          try Syscalls.readLink(name, in: place.number)
        }
        let next = link.hasPrefix("/") ? link : join(directory, link)
        // The link of another process's pipe shows no path.
        if (try? Syscalls.status(of: next, followingLinks: false)) == nil,
          let behind = try? Syscalls.status(of: current), behind.kind != .regular
        {
          return SaveTarget(
            path: path, directory: directory, name: name,
            kind: .stream(descriptor: nil, behind))
        }
        current = next
      default:
        return SaveTarget(
          path: path, directory: directory, name: name, kind: .stream(descriptor: nil, status))
      }
    }
    throw .system(call: "open", path: path, errno: Errno.linkLoop)
  }

  static func descriptor(_ number: Int32, path: String) throws(OutputError) -> SaveTarget {
    let status = try attributing(to: path) { () throws(SystemError) in
      try Syscalls.status(of: number)
    }
    return SaveTarget(
      path: path, directory: "/dev/fd", name: "\(number)",
      kind: .stream(descriptor: number, status))
  }

  /// A directory, only to look up names in it.
  static func open(_ directory: String) throws(OutputError) -> FileDescriptor {
    do {
      return try Syscalls.open(directory, [.pathOnly, .directory])
    } catch {
      switch error.code {
      case Errno.noEntry, Errno.notDirectory: throw .noDirectory(path: directory)
      default: throw OutputError(error, path: directory)
      }
    }
  }

  /// Whether a directory is the one of this process's descriptors, by whatever name.
  private static func isOwnDescriptors(_ directory: borrowing FileDescriptor) -> Bool {
    guard let identity = try? Syscalls.status(of: directory.number).identity else { return false }
    return ["/proc/self/fd", "/proc/thread-self/fd"].contains { path in
      (try? Syscalls.status(of: path).identity) == identity
    }
  }

  /// The directory and the name of a path.
  package static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    let name = String(path[path.utf8.index(after: slash)...])
    let directory = String(path[..<slash])
    return (directory.isEmpty ? "/" : directory, name)
  }

  /// A path from a directory.
  package static func join(_ directory: String, _ path: String) -> String {
    directory == "/" ? "/\(path)" : "\(directory)/\(path)"
  }
}
