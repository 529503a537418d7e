import PixelMemory

extension OutputFile {
  /// A mapped file whose bytes the kernel copies.
  struct Source: Sendable {
    let buffer: Buffer
    let descriptor: Int32
    /// Where the bytes end that are wanted of it.
    let end: Int

    /// Asks whether the file still has all of them, and when it changed last.
    @discardableResult
    func check() throws(OutputError) -> Int {
      do throws(MemoryError) {
        try Interruption.check()
        return try buffer.checkFault(using: end)
      } catch { throw .memory(error) }
    }

    /// The first hole that starts in a range and is worth keeping as a hole. The end of a file that is
    /// cut for a moment looks like a hole; so one counts only in a file that held still.
    func nextLargeHole(in range: Range<Int>) throws(OutputError) -> Range<Int>? {
      let before = try check()
      let start = buffer.fileOffset
      let hole = OutputFile.nextLargeHole(
        in: descriptor, start + range.lowerBound..<start + range.upperBound)
      guard try check() == before, let hole else { return nil }
      return hole.lowerBound - start..<hole.upperBound - start
    }
  }

  /// What is copied between two looks at the file's size.
  static let partByteCount = 1 << 18

  /// A way to copy from file to file without private memory.
  enum Mover {
    case copyFileRange
    case sendFile

    /// Copies as far as the kernel does it this way, and tells where it stopped.
    ///
    /// The file is looked at after each part: one that was cut is an error, and a part of one that
    /// changed meanwhile is copied again, as the doors do it.
    ///
    /// - Parameter rewinds: what was written can be written over.
    func move(
      _ range: Range<Int>, of source: Source, to target: Int32, path: String, rewinds: Bool
    ) throws(OutputError) -> Int {
      var position = range.lowerBound
      var before = try source.check()
      var copies = 0
      while position < range.upperBound {
        let count = min(range.upperBound - position, OutputFile.partByteCount)
        let moved: Int
        do throws(SystemError) {
          moved =
            switch self {
            case .copyFileRange:
              try Syscalls.copyRange(
                from: source.descriptor, at: source.buffer.fileOffset + position, to: target,
                byteCount: count)
            case .sendFile:
              try Syscalls.sendFile(
                from: source.descriptor, at: source.buffer.fileOffset + position, to: target,
                byteCount: count)
            }
        } catch {
          switch error.code {
          case Errno.noSpace, Errno.quotaExceeded, Errno.fileTooBig, Errno.brokenPipe:
            throw OutputError(error, path: path, byteCount: range.upperBound)
          default:
            // Another way may do; if none does, the door or `write` tells whose error it is.
            return position
          }
        }
        // The end of the file, or a file system that cannot: the door finds out which.
        if moved == 0 { return position }
        let after = try source.check()
        copies += 1
        if after != before, rewinds, copies < Buffer.copyLimit {
          try attributing(to: path) { () throws(SystemError) in
            try Syscalls.skip(target, byteCount: -moved)
          }
        } else {
          position += moved
          copies = 0
        }
        before = after
      }
      return position
    }
  }

  /// Copies a large range in the kernel by several threads, and tells how many bytes from its start
  /// on are there. What is left of it (an end of the file, an error) is for the caller to meet in
  /// order.
  mutating func copyTogether(
    _ range: Range<Int>, of source: Source, threads: Int
  ) throws(OutputError) -> Int {
    guard threads > 1, !target.isStream, range.count >= OutputFile.leastForThreads else { return 0 }
    let (number, start) = (number, byteCount)
    let part = OutputFile.partByteCount
    var done = range.count
    do throws(Stopped) {
      try Parallel.forEach(count: (range.count - 1) / part + 1, threads: threads) {
        index throws(Stopped) in
        var position = index * part
        let end = min(range.count, position + part)
        var before = try? source.check()
        var copies = 0
        while position < end {
          let moved = try? Syscalls.copyRange(
            from: source.descriptor,
            at: source.buffer.fileOffset + range.lowerBound + position, to: number,
            at: start + position, byteCount: end - position)
          guard let moved, moved > 0, let after = try? source.check() else {
            throw Stopped(position: position)
          }
          copies += 1
          if after == before || copies == Buffer.copyLimit {
            position += moved
            copies = 0
          }
          before = after
        }
      }
    } catch { done = error.position }
    try attributing(to: target.path) { () throws(SystemError) in
      try Syscalls.skip(number, byteCount: done)
    }
    wasMoved(done)
    return done
  }

  /// Where a thread could not go on; all before it is copied.
  private struct Stopped: Error { let position: Int }

  /// Below it, threads cost more than they bring.
  private static let leastForThreads = 1 << 24

  /// The first hole of a file that starts in a range and is worth keeping as a hole.
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
    case .function: []
    case .stream(_, let status):
      switch status.kind {
      case .regular: [.copyFileRange, .sendFile]
      case .characterDevice: [.sendFile]
      default: []
      }
    }
  }
}
