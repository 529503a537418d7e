import CShims
import Glibc

// The two doors: nothing else in the package dereferences mapped or foreign memory. The language
// keeps that: outside of this file the bytes of a buffer are an `Address`, which has no pointer.

/// Where a byte of a buffer stands in this process.
///
/// Other files compare addresses and count the bytes between two, and can neither read nor write
/// through one: the pointer is this file's own. From here it goes to the doors, to the system calls
/// about a mapping as a whole, and to ``Buffer/pointerForCallers(at:)``. An address takes as much room
/// as its pointer, and what it is asked compiles to the same instructions.
@safe struct Address: Strideable, @unchecked Sendable {
  fileprivate let pointer: UnsafeMutableRawPointer

  /// Takes a pointer in. None comes out again.
  init(_ pointer: UnsafeMutableRawPointer) { unsafe self.pointer = unsafe pointer }

  /// The address of a number, as `/proc` has it; `nil` for 0.
  init?(_ number: UInt) {
    guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: number) else { return nil }
    unsafe self.init(pointer)
  }

  func advanced(by byteCount: Int) -> Address { unsafe Address(pointer + byteCount) }

  func distance(to other: Address) -> Int { unsafe other.pointer - pointer }

  /// The number of the page that holds the byte, from the first page of the process on.
  var page: Int { unsafe Int(bitPattern: pointer) / Syscalls.pageByteCount }

  /// The bytes from the start of that page.
  var positionInPage: Int { unsafe Int(bitPattern: pointer) & (Syscalls.pageByteCount - 1) }
}

extension Scratch {
  /// Takes back what a buffer was made of.
  init(takingBack start: Address, byteCount: Int) {
    unsafe self.init(owning: start.pointer, byteCount: byteCount)
  }
}

/// Calls about a mapping as a whole: they move pages, and read or write no byte of them here.
extension Syscalls {
  static func unmap(_ start: Address, byteCount: Int) {
    _ = unsafe munmap(start.pointer, byteCount)
  }

  /// Gives back memory of `malloc`.
  static func deallocate(_ start: Address) { unsafe deallocate(start.pointer) }

  /// Has a mapping of a file survive that the file is cut; `nil` without memory for the list.
  static func watch(_ start: Address, byteCount: Int, _ descriptor: Int32) -> OpaquePointer? {
    unsafe imgtool_guard_watch(start.pointer, byteCount, descriptor)
  }

  /// Stores through a shared mapping reach the disk (`msync(2)`). A failure is told once.
  static func synchronize(_ start: Address, byteCount: Int) throws(SystemError) {
    _ = try retrying("msync") { unsafe msync(start.pointer, byteCount, MS_SYNC) }
  }

  /// `madvise(2)`; `start` must start a page.
  static func advise(
    _ start: Address, byteCount: Int, _ advice: Advice
  ) throws(SystemError) {
    _ = try retrying("madvise") { unsafe madvise(start.pointer, byteCount, advice.rawValue) }
  }

  /// Whether a page of a mapping is in the page cache (`mincore(2)`); `page` must start it.
  static func isCached(_ page: Address) -> Bool {
    var residence: UInt8 = 0
    return unsafe mincore(page.pointer, pageByteCount, &residence) == 0 && residence & 1 == 1
  }
}

extension Buffer {
  /// The pointer to a byte, for those outside of this package: callers of the C interface, and arrays
  /// of other libraries on the same bytes.
  ///
  /// They may read through it, and under `readWrite` and `copyOnWrite` write, while they keep the
  /// buffer alive, and take on what the doors do for everybody else: a file that is cut reads as
  /// zeros there, and an edit under `copyOnWrite` is not counted as one. Code of this package passes
  /// it on and does not dereference it.
  /// - Precondition: the buffer has the byte, or ends there.
  @unsafe public func pointerForCallers(at offset: Int = 0) -> UnsafeMutableRawPointer {
    precondition((0...byteCount).contains(offset), "offset outside of the buffer")
    return unsafe start.pointer + offset
  }
}

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
      if let filling { try fill(span, isEdit: false, filling) }
      defer { if let filling { finish(span, filling) } }
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
        return unsafe copy(start.pointer + block.offset, to: target, byteCount)
      }
      var source = unsafe start.pointer + block.offset
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
    if let filling { try fill(0..<self.byteCount, isEdit: true, filling) }
    defer { if let filling { finish(0..<self.byteCount, filling) } }
    noteEdit()
    let isThere = unsafe scratch.withUnsafeBytes { source in
      var source = source.baseAddress!
      if block.stride == block.rowByteCount || block.rowCount == 1 {
        return unsafe copy(source, to: start.pointer + block.offset, byteCount)
      }
      var target = unsafe start.pointer + block.offset
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

  /// Has bytes made that are not there yet, or not any more.
  private func fill(
    _ range: Range<Int>, isEdit: Bool, _ filling: Filling
  ) throws(MemoryError) {
    try filling.begin(range, isEdit: isEdit) { bytes, offset in
      precondition(offset >= 0 && offset + bytes.byteCount <= byteCount, "too many bytes made")
      unsafe bytes.withUnsafeBytes {
        if let base = $0.baseAddress {
          unsafe (start.pointer + offset).copyMemory(from: base, byteCount: $0.count)
        }
      }
    }
  }

  private func finish(_ range: Range<Int>, _ filling: Filling) {
    filling.finish(range) { pages in
      // Private memory of the process: it comes back as zeros, and is made again before it is read.
      try? Syscalls.advise(
        start.advanced(by: pages.lowerBound), byteCount: pages.count, .dontNeed)
    }
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
