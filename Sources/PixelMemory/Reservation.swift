/// Disk space for the holes of a sparse file under `readWrite`. An edit takes it before its first
/// store, so that none can fail for want of it, and gives it back when the edit fails.
///
/// No byte changes. A file system without `fallocate` takes the space by making the pages of the
/// holes ready for stores; on kernels before 5.14 nothing is reserved there, and a store without
/// room is a `deviceFault`.
package final class Reservation {
  let buffer: Buffer
  let descriptor: Int32
  /// Where the buffer ends in the file. All ranges below are the file's, not the buffer's.
  private let end: Int
  /// Where the bytes end that were asked for.
  private var needed = 1
  /// What got blocks, in the order in which it got them.
  var taken: [Range<Int>] = []
  /// What is taken next, together with what follows it.
  private var pending: Range<Int>?
  /// Whether the cache takes in single pages meanwhile.
  private var isNarrow = false

  /// How much is taken at once. What was taken of a piece cannot be told from what had blocks but
  /// no data before, so a piece goes back as a whole.
  private static let pieceByteCount = 16 << 20

  /// Runs below this many bytes get no blocks around them.
  private static let longRun = 1 << 20
  /// The most that the page cache holds as one, at a multiple of it.
  private static let folioByteCount = 2 << 20

  /// - Returns: `nil` for a buffer whose stores cannot meet a hole.
  @inline(__always)
  package static func on(_ buffer: Buffer) -> Reservation? {
    guard buffer.access == .readWrite, let descriptor = buffer.descriptor else { return nil }
    return Reservation(buffer, descriptor)
  }

  private init(_ buffer: Buffer, _ descriptor: Int32) {
    self.buffer = buffer
    self.descriptor = descriptor
    end = buffer.fileOffset + buffer.byteCount
    buffer.space.withLock { $0.editCount += 1 }
  }

  deinit {
    if isNarrow { buffer.advise(.normal) }
    buffer.space.withLock { $0.editCount -= 1 }
  }

  /// Whether a range of the buffer is known to have blocks. The first question about a file is one
  /// about its first hole, so that all of a file without any is known.
  ///
  /// - Throws: `system`, `truncated`.
  package func covers(_ range: Range<Int>) throws(MemoryError) -> Bool {
    try backs(range.moved(by: buffer.fileOffset))
  }

  private func backs(_ range: Range<Int>) throws(MemoryError) -> Bool {
    try buffer.space.withLock { space throws(MemoryError) in
      if !space.isProbed {
        try buffer.checkFault(using: needed)
        space.add(0..<(try nextHole(from: 0)?.lowerBound ?? end))
        space.isProbed = true
      }
      return space.backs(range)
    }
  }

  /// Takes space for the rows of a block. Gaps of less than a page between them get it as well.
  ///
  /// - Throws: as ``take()``.
  package func add(_ block: Block) throws(MemoryError) {
    guard let span = block.span, !span.isEmpty else { return }
    needed = max(needed, span.upperBound)
    if abs(block.stride) - block.rowByteCount < Syscalls.pageByteCount { return try add(span) }
    for row in 0..<block.rowCount {
      let start = block.offset + row * block.stride
      try add(start..<start + block.rowByteCount)
    }
  }

  private func add(_ range: Range<Int>) throws(MemoryError) {
    // A store makes the file system find blocks for all of its page.
    let page = Syscalls.pageByteCount
    let range = range.moved(by: buffer.fileOffset)
    let start = range.lowerBound - range.lowerBound % page
    let pages = start..<min(range.upperBound.roundedUp(to: page), end)
    if try backs(pages) { return }
    if let next = pending, next.lowerBound <= pages.upperBound,
      pages.lowerBound <= next.upperBound
    {
      pending = next.joined(with: pages)
    } else {
      try take()
      pending = pages
    }
  }

  /// Takes the space for what was added so far.
  ///
  /// - Throws: `system` with `ENOSPC` or `EDQUOT` when there is no room; `truncated`.
  package func take() throws(MemoryError) {
    guard let range = pending else { return }
    pending = nil
    try buffer.checkFault(using: needed)
    try buffer.space.withLock { space throws(MemoryError) in
      var position = range.lowerBound
      while position < range.upperBound {
        let hole = try nextHole(from: position) ?? end..<end
        let holeEnd = min(hole.upperBound, range.upperBound)
        position = hole.lowerBound
        if position < holeEnd, range.count < Reservation.longRun { narrow(position..<holeEnd) }
        while position < holeEnd {
          let pieceEnd = min(holeEnd, position + Reservation.pieceByteCount)
          try take(position..<pieceEnd)
          position = pieceEnd
        }
      }
      space.add(range.lowerBound..<position)
    }
  }

  private func nextHole(from position: Int) throws(MemoryError) -> Range<Int>? {
    try attributing(to: buffer.origin.path) { () throws(SystemError) in
      try Syscalls.nextHole(in: descriptor, from: position, size: end)
    }
  }

  /// Keeps a store into a hole from reaching the holes around it.
  ///
  /// The page cache reads ahead, in units of many pages where it can, and the first store into one
  /// finds blocks for all of it: more than the edit needs, and no more than the disk has left.
  private func narrow(_ hole: Range<Int>) {
    if !isNarrow { buffer.advise(.random) }
    isNarrow = true
    guard buffer.isCached(at: hole.lowerBound) else { return }
    let unit = Reservation.folioByteCount
    let around = hole.lowerBound / unit * unit..<hole.upperBound.roundedUp(to: unit)
    buffer.forget(around.moved(by: -buffer.fileOffset))
    Syscalls.dropCache(of: descriptor, around)
  }

  private func take(_ piece: Range<Int>) throws(MemoryError) {
    let before = takenByteCount
    do throws(SystemError) {
      defer { if takenByteCount > before { taken.append(piece) } }
      // Taking space must not make a file long again that another process cuts meanwhile.
      try Syscalls.allocate(
        descriptor, from: piece.lowerBound, byteCount: piece.count, keepingSize: true)
    } catch {
      guard error.code == Errno.notSupported else {
        throw MemoryError(error, path: buffer.origin.path)
      }
      try buffer.makeReadyForStores(piece.moved(by: -buffer.fileOffset))
    }
  }

  private var takenByteCount: Int { (try? Syscalls.status(of: descriptor))?.takenByteCount ?? 0 }
}

extension Buffer {
  /// Takes disk space for the holes of a sparse file under `readWrite`, so that stores into the
  /// range cannot fail for want of it. No byte changes. An edit of an image does so by itself.
  ///
  /// - Throws: `system` with `ENOSPC` or `EDQUOT` when there is no room; then nothing stays taken.
  package func reserve(_ range: Range<Int>) throws(MemoryError) {
    guard let reservation = Reservation.on(self) else { return }
    let range = range.clamped(to: 0..<byteCount)
    do throws(MemoryError) {
      try reservation.add(Block(offset: range.lowerBound, byteCount: range.count))
      try reservation.take()
    } catch {
      reservation.giveBack()
      throw error
    }
  }

  fileprivate func makeReadyForStores(_ range: Range<Int>) throws(MemoryError) {
    do throws(SystemError) {
      try advise(range, .populateForWriting)
    } catch {
      // Older kernels do not know the advice.
      if error.code != Errno.invalid {
        throw .system(call: error.call, path: origin.path, errno: Errno.noSpace)
      }
    }
  }
}

extension Buffer {
  fileprivate func advise(_ advice: Syscalls.Advice) { try? advise(0..<byteCount, advice) }

  /// - Parameter offset: in the file.
  fileprivate func isCached(at offset: Int) -> Bool {
    Syscalls.isCached(mappingStart.advanced(by: offset - offset % Syscalls.pageByteCount))
  }
}

extension Range<Int> {
  fileprivate func moved(by distance: Int) -> Range<Int> {
    lowerBound + distance..<upperBound + distance
  }
}

extension Int {
  func roundedUp(to step: Int) -> Int { (self + step - 1) / step * step }
}
