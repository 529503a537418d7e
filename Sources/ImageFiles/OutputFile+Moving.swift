import PixelMemory

extension OutputFile {
  /// A way to copy from file to file without private memory.
  enum Mover {
    case copyFileRange
    case sendFile

    /// Copies as far as the kernel does it this way, and tells where it stopped.
    func move(
      from source: Int32, _ range: Range<Int>, to target: Int32, path: String
    ) throws(OutputError) -> Int {
      let mostAtOnce = 1 << 28
      var position = range.lowerBound
      while position < range.upperBound {
        let count = min(range.upperBound - position, mostAtOnce)
        do {
          let moved =
            switch self {
            case .copyFileRange:
              try Syscalls.copyRange(from: source, at: position, to: target, byteCount: count)
            case .sendFile:
              try Syscalls.sendFile(from: source, at: position, to: target, byteCount: count)
            }
          // The end of the file, or a file system that cannot: the door finds out which.
          if moved == 0 { return position }
          position += moved
        } catch {
          switch error.code {
          case Errno.noSpace, Errno.quotaExceeded, Errno.fileTooBig, Errno.inputOutput,
            Errno.brokenPipe:
            throw OutputError(error, path: path, byteCount: range.upperBound)
          default:
            // Another way may do; if none does, `write` tells the error.
            return position
          }
        }
      }
      return position
    }
  }

  /// The first hole of a file that starts in a range and is worth to be kept one.
  static func nextLargeHole(in source: Int32, _ range: Range<Int>) -> Range<Int>? {
    var position = range.lowerBound
    while position < range.upperBound {
      let found = try? Syscalls.nextHole(in: source, from: position, size: range.upperBound)
      guard let hole = found?.clamped(to: range) else { return nil }
      if hole.count >= 1 << 20 { return hole }
      position = hole.upperBound
    }
    return nil
  }

  /// The ways that give the bytes as they are now. A pipe or socket would be given the pages of the
  /// file instead, and its reader see edits made after the save.
  static func movers(for target: SaveTarget) -> [Mover] {
    switch target.kind {
    case .new, .regular: [.copyFileRange, .sendFile]
    case .stream(_, let status):
      switch status.kind {
      case .regular: [.copyFileRange, .sendFile]
      case .characterDevice: [.sendFile]
      default: []
      }
    }
  }
}
