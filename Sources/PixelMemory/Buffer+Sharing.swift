/// The pages of a mapped file that became the process's own.
public struct DetachedPages: Hashable, Sendable {
  public let count: Int
  /// Pages looked at.
  public let totalCount: Int
  /// In bytes.
  public let pageByteCount: Int
  /// Where the first detached pages stand in the buffer, neighbors joined; at most
  /// `DetachedPages.rangeLimit` of them.
  public let ranges: [Range<Int>]

  public static let rangeLimit = 16

  public var isEmpty: Bool { count == 0 }
}

extension Buffer {
  /// Looks up in the kernel's page table which pages of a range no longer follow the file.
  ///
  /// In a private mapping an edit gives the process a page of its own: one that is present, or
  /// swapped out, and not a page of a file (`/proc/self/pagemap`, bits 63, 62 and 61). Memory that
  /// was allocated has no file, and all of it counts as detached; memory of a caller is what the
  /// caller sees, and none of it counts.
  ///
  /// - Throws: `truncated`, `deviceFault`, or `system` where `/proc` is not mounted.
  /// - Complexity: O(pages), about 30 GB of mapping in a second.
  public func detachedPages(in range: Range<Int>) throws(MemoryError) -> DetachedPages {
    try checkFault()
    let range = range.clamped(to: 0..<byteCount)
    let page = Syscalls.pageByteCount
    // Of the mapping, whose first page is the one that the file starts with.
    let pages =
      range.isEmpty
      ? 0..<0
      : (fileOffset + range.lowerBound) / page..<(fileOffset + range.upperBound - 1) / page + 1
    var tally = Tally(page: page, start: fileOffset, byteCount: byteCount)
    switch origin {
    case .foreign:
      break
    case .heap:
      tally.add(pages)
    case .file, .spooled:
      try scanPageTable(pages) { tally.add($0..<$0 + 1) }
    }
    return DetachedPages(
      count: tally.count, totalCount: pages.count, pageByteCount: page, ranges: tally.ranges)
  }

  private func scanPageTable(
    _ pages: Range<Int>, _ found: (Int) -> Void
  ) throws(MemoryError) {
    let path = "/proc/self/pagemap"
    let entriesAtOnce = 1 << 15
    let entryByteCount = MemoryLayout<UInt64>.size
    let table = try attributing(to: path) { () throws(SystemError) in
      try Syscalls.open(path, .readOnly)
    }
    var scratch = try Scratch(byteCount: entriesAtOnce * entryByteCount)
    let firstPage = mappingStart.page
    var next = pages.lowerBound
    while next < pages.upperBound {
      try scratch.ensure(byteCount: min(entriesAtOnce, pages.upperBound - next) * entryByteCount)
      let position = (firstPage + next) * entryByteCount
      let byteCount = try attributing(to: path) { () throws(SystemError) in
        var bytes = scratch.mutableBytes
        return try Syscalls.read(table.number, at: position, into: &bytes)
      }
      let count = byteCount / entryByteCount
      if count == 0 { throw .system(call: "pread", path: path, errno: Errno.inputOutput) }
      let entries = scratch.bytes
      for index in 0..<count {
        let entry = unsafe entries.unsafeLoad(
          fromByteOffset: index * entryByteCount, as: UInt64.self)
        // Present or swapped, and not of a file.
        if entry >> 62 != 0, entry >> 61 & 1 == 0 { found(next + index) }
      }
      next += count
    }
  }
}

/// Counts pages and keeps the first ranges of them.
private struct Tally {
  let page: Int
  /// Where the buffer starts in the first page or a later one.
  let start: Int
  let byteCount: Int
  var count = 0
  var ranges: [Range<Int>] = []

  init(page: Int, start: Int, byteCount: Int) {
    self.page = page
    self.start = start
    self.byteCount = byteCount
  }

  mutating func add(_ pages: Range<Int>) {
    if pages.isEmpty { return }
    count += pages.count
    let start = max(0, pages.lowerBound * page - start)
    let end = min(pages.upperBound * page - self.start, byteCount)
    if let last = ranges.last, last.upperBound == start {
      ranges[ranges.count - 1] = last.lowerBound..<end
    } else if ranges.count < DetachedPages.rangeLimit {
      ranges.append(start..<end)
    }
  }
}
