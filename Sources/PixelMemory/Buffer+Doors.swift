import CShims

// The two doors: nothing else in the package dereferences mapped or foreign memory.
extension Buffer {
  /// Copies rows out of the buffer into private memory, packed: row after row without gaps.
  ///
  /// A file that another process cuts and makes whole again within the copy shows zeros in between,
  /// and afterwards only the time of its last change tells. So a file that changed meanwhile is
  /// copied again, `copyLimit` times at most: one that is written all the time never holds still.
  ///
  /// - Throws: `outOfBounds`; `interrupted`; `truncated`, `deviceFault` or `lost` when the file does
  ///   not hold the bytes any more, in which case the scratch holds garbage.
  /// - Precondition: `scratch` has room for `rowCount * rowByteCount` bytes.
  /// - Complexity: O(bytes); one `memcpy` where rows follow each other, one for each row otherwise.
  public func copyOut(
    _ block: Block, to scratch: inout MutableRawSpan
  ) throws(MemoryError) {
    let (span, byteCount) = try check(block)
    precondition(scratch.byteCount >= byteCount, "scratch is smaller than the block")
    if byteCount == 0 { return }
    try Interruption.check()
    // Without a file of our own nothing can be cut and made whole meanwhile.
    guard unsafe guardEntry != nil else {
      return try copyRows(of: block, byteCount: byteCount, to: &scratch)
    }
    var before = try checkFault(using: span.upperBound)
    for _ in 0..<Buffer.copyLimit {
      if hasHolesInMemory, !hasPrivateEdits {
        try readRows(of: block, byteCount: byteCount, to: &scratch)
      } else {
        try copyRows(of: block, byteCount: byteCount, to: &scratch)
      }
      let after = try checkFault(using: span.upperBound)
      // Own stores move the time as well.
      if after == before || hasStored.load(ordering: .relaxed) { return }
      before = after
    }
  }

  /// How often a part of a file is copied at most, until it held still meanwhile.
  package static let copyLimit = 4

  private func copyRows(
    of block: Block, byteCount: Int, to scratch: inout MutableRawSpan
  ) throws(MemoryError) {
    let isThere = unsafe scratch.withUnsafeMutableBytes { target in
      var target = target.baseAddress!
      if block.stride == block.rowByteCount || block.rowCount == 1 {
        return unsafe copy(base + block.offset, to: target, byteCount)
      }
      var source = unsafe base + block.offset
      for row in 0..<block.rowCount {
        guard unsafe copy(source, to: target, block.rowByteCount) else { return false }
        // A pointer past the last row may not exist.
        if row + 1 < block.rowCount { unsafe source += block.stride }
        unsafe target += block.rowByteCount
      }
      return true
    }
    if !isThere { throw .lost(offset: block.offset) }
  }

  /// One copy through a door; false where memory of a caller lost its file. What becomes of our own
  /// mappings, ``checkFault(using:)`` tells.
  private func copy(
    _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ byteCount: Int
  ) -> Bool {
    if case .foreign = origin { return unsafe imgtool_foreign_copy(target, source, byteCount) }
    unsafe target.copyMemory(from: source, byteCount: byteCount)
    return true
  }

  /// The same by `pread(2)`. Bytes that the file lost are zeros, as they are behind a mapping.
  private func readRows(
    of block: Block, byteCount: Int, to scratch: inout MutableRawSpan
  ) throws(MemoryError) {
    guard let descriptor else { return }
    let isOneRun = block.stride == block.rowByteCount || block.rowCount == 1
    let (runs, runByteCount) = isOneRun ? (1, byteCount) : (block.rowCount, block.rowByteCount)
    for run in 0..<runs {
      var done = 0
      while done < runByteCount {
        let offset = fileOffset + block.offset + run * block.stride + done
        var rest = scratch._mutatingExtracting(
          run * runByteCount + done..<(run + 1) * runByteCount)
        let count: Int
        do throws(SystemError) {
          count = try Syscalls.read(descriptor, at: offset, into: &rest)
        } catch { throw MemoryError(error, path: origin.path) }
        if count == 0 {
          unsafe rest.withUnsafeMutableBytes {
            _ = unsafe $0.initializeMemory(as: UInt8.self, repeating: 0)
          }
          break
        }
        done += count
      }
    }
  }

  /// Copies packed rows from private memory into the buffer.
  ///
  /// Under `copyOnWrite` the touched pages become the process's own; under `readWrite` the file
  /// changes, for every process that maps it, at once.
  ///
  /// - Throws: `readOnly` under that access, `outOfBounds`, `interrupted`; `truncated`, `deviceFault` or
  ///   `lost` when the file has no room for the bytes any more. Some of the rows may have been stored then.
  /// - Precondition: `scratch` has at least `rowCount * rowByteCount` bytes.
  /// - Complexity: O(bytes).
  public func copyIn(_ block: Block, from scratch: RawSpan) throws(MemoryError) {
    if access == .readOnly { throw .readOnly(path: origin.path) }
    let (span, byteCount) = try check(block)
    precondition(scratch.byteCount >= byteCount, "scratch is smaller than the block")
    if byteCount == 0 { return }
    try Interruption.check()
    noteEdit()
    let isThere = unsafe scratch.withUnsafeBytes { source in
      var source = source.baseAddress!
      if block.stride == block.rowByteCount || block.rowCount == 1 {
        return unsafe copy(source, to: base + block.offset, byteCount)
      }
      var target = unsafe base + block.offset
      for row in 0..<block.rowCount {
        guard unsafe copy(source, to: target, block.rowByteCount) else { return false }
        if row + 1 < block.rowCount { unsafe target += block.stride }
        unsafe source += block.rowByteCount
      }
      return true
    }
    if !isThere { throw .lost(offset: block.offset) }
    try checkFault(using: span.upperBound)
  }

  /// The bytes that a block touches and how many its rows have.
  @inline(__always)
  private func check(_ block: Block) throws(MemoryError) -> (span: Range<Int>, byteCount: Int) {
    guard let byteCount = block.byteCount, let span = block.span else {
      throw .outOfBounds(offset: block.offset, byteCount: .max, available: self.byteCount)
    }
    guard span.lowerBound >= 0, span.upperBound <= self.byteCount else {
      throw .outOfBounds(
        offset: span.lowerBound, byteCount: span.count, available: self.byteCount)
    }
    return (span, byteCount)
  }

  private func noteEdit() {
    if access == .readWrite { hasStored.store(true, ordering: .relaxed) }
    // `forget` keeps the gate while it drops pages, and drops none after the flag is set.
    guard access == .copyOnWrite, !isEdited.load(ordering: .acquiring) else { return }
    editGate?.lock()
    isEdited.store(true, ordering: .releasing)
    editGate?.unlock()
  }
}
