/// Private memory for rows on their way through a door, aligned to 64 bytes.
///
/// Rows can be as large as a file wants them to be, so the memory is asked for and can be refused;
/// an array would end the process instead.
@safe public struct Scratch: ~Copyable, @unchecked Sendable {
  private var memory: UnsafeMutableRawPointer?
  private var capacity: Int
  package private(set) var byteCount: Int

  /// No bytes yet; ``ensure(byteCount:)`` takes some.
  package init() {
    unsafe memory = nil
    capacity = 0
    byteCount = 0
  }

  /// Takes memory; its contents are arbitrary.
  ///
  /// - Throws: `MemoryError.outOfMemory` when there is not that much of it, or the count is negative.
  package init(byteCount: Int) throws(MemoryError) {
    guard byteCount >= 0, let memory = unsafe Syscalls.allocate(byteCount: byteCount) else {
      throw .outOfMemory(byteCount: byteCount)
    }
    unsafe self.memory = unsafe memory
    self.capacity = byteCount
    self.byteCount = byteCount
  }

  /// Takes memory that is all zeros.
  ///
  /// - Throws: `MemoryError.outOfMemory` when there is not that much of it, or the count is negative.
  package init(zeroed byteCount: Int) throws(MemoryError) {
    try self.init(byteCount: byteCount)
    if let memory = unsafe memory {
      unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }
  }

  /// Takes over memory that was taken from another scratch.
  ///
  /// - Precondition: `byteCount` is not more than that one had.
  @unsafe init(owning memory: UnsafeMutableRawPointer, byteCount: Int) {
    unsafe self.memory = unsafe memory
    self.capacity = byteCount
    self.byteCount = byteCount
  }

  deinit { release() }

  /// The memory, which whoever takes it gives back to the system; a first byte is always there.
  @unsafe consuming func take() -> UnsafeMutableRawPointer {
    // Only `init()` has taken none.
    let memory = unsafe memory!
    discard self
    return unsafe memory
  }

  private borrowing func release() {
    if let memory = unsafe memory { unsafe Syscalls.deallocate(memory) }
  }

  package var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = unsafe RawSpan(
        _unsafeBytes: UnsafeRawBufferPointer(start: memory, count: byteCount))
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  package var mutableBytes: MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      let span = unsafe MutableRawSpan(
        _unsafeBytes: UnsafeMutableRawBufferPointer(start: memory, count: byteCount))
      return unsafe _overrideLifetime(span, mutating: &self)
    }
  }

  /// The bytes from an offset on.
  ///
  /// - Precondition: the offset is not negative, and not after the end.
  @_lifetime(&self)
  package mutating func mutableBytes(from offset: Int) -> MutableRawSpan {
    precondition((0...byteCount).contains(offset), "offset outside of the memory")
    let span = unsafe MutableRawSpan(
      _unsafeBytes: UnsafeMutableRawBufferPointer(
        start: memory.map { unsafe $0 + offset }, count: byteCount - offset))
    return unsafe _overrideLifetime(span, mutating: &self)
  }

  /// Copies bytes of a range to the start.
  ///
  /// - Precondition: the range lies within the memory.
  package mutating func moveToStart(_ range: Range<Int>) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= byteCount, "range outside of the memory")
    if let memory = unsafe memory {
      unsafe memory.copyMemory(from: memory + range.lowerBound, byteCount: range.count)
    }
  }

  /// Makes the memory exactly `byteCount` long. Contents are not kept when it has to grow.
  ///
  /// - Throws: `MemoryError.outOfMemory`, also for a negative count; the old memory is kept then.
  package mutating func ensure(byteCount: Int) throws(MemoryError) {
    if byteCount < 0 { throw .outOfMemory(byteCount: byteCount) }
    if byteCount > capacity {
      guard let larger = unsafe Syscalls.allocate(byteCount: byteCount) else {
        throw .outOfMemory(byteCount: byteCount)
      }
      release()
      unsafe memory = unsafe larger
      capacity = byteCount
    }
    self.byteCount = byteCount
  }
}
