import CShims

extension Buffer {
  /// Asks whether every byte that was used so far was really there. A save asks before it commits.
  ///
  /// A file that is cut inside of its last page raises no signal, the bytes read as zeros; so its
  /// size is looked at as well. A file that only lost bytes that nobody used is not at fault.
  ///
  /// - Throws: `truncated`, `deviceFault`, for ever after the first time.
  /// - Complexity: one `fstat`.
  package func checkFault() throws(MemoryError) {
    try checkFault(using: usedEnd.load(ordering: .acquiring))
  }

  /// Why bytes of a range are not those of the file any more, without asking for them: whoever has
  /// them from us as memory reads zeros in their place. `nil` while all are there.
  ///
  /// - Throws: `system`.
  package func loss(of range: Range<Int>) throws(MemoryError) -> MemoryError? {
    do throws(MemoryError) { try checkFault() } catch {
      switch error {
      case .truncated, .deviceFault: return error
      default: throw error
      }
    }
    guard let descriptor, let path = origin.path else { return nil }
    let size = try attributing(to: path) { () throws(SystemError) in
      try Syscalls.status(of: descriptor).size
    }
    let needed = fileOffset + range.upperBound
    return size >= needed ? nil : .truncated(path: path, needed: needed, found: size)
  }

  /// The same for bytes that end at `end` and have been copied just now, by whatever way.
  ///
  /// - Returns: when the file changed last; 0 without a file.
  @discardableResult
  package func checkFault(using end: Int) throws(MemoryError) -> Int {
    var used = usedEnd.load(ordering: .relaxed)
    while end > used {
      (_, used) = usedEnd.compareExchange(
        expected: used, desired: end, ordering: .acquiringAndReleasing)
    }
    guard let entry = unsafe guardEntry, let descriptor, let path = origin.path else { return 0 }
    let status = try attributing(to: path) { () throws(SystemError) in
      try Syscalls.status(of: descriptor)
    }
    if unsafe imgtool_guard_fault(entry) == 0 {
      if status.size - fileOffset >= end { return status.changeTime }
      unsafe imgtool_guard_mark(entry, Int32(IMGTOOL_FAULT_TRUNCATED))
    }
    guard unsafe imgtool_guard_fault(entry) == Int32(IMGTOOL_FAULT_TRUNCATED) else {
      throw .deviceFault(path: path)
    }
    throw .truncated(
      path: path, needed: fileOffset + usedEnd.load(ordering: .acquiring), found: status.size)
  }
}
