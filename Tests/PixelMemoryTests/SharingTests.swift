import Synchronization
import Testing

@testable import PixelMemory

@Suite struct SharingTests {
  static let page = Syscalls.pageByteCount

  @Test("Reading detaches nothing; an edit under cow detaches the pages that it touches")
  func copyOnWrite() throws {
    let page = Self.page
    let file = try TemporaryFile(pattern(20 * page + 5))
    let buffer = try Buffer(mapping: file.path, access: .copyOnWrite)
    let all = 0..<buffer.byteCount
    _ = try buffer.bytes(0, buffer.byteCount)
    let before = try buffer.detachedPages(in: all)
    #expect(before.isEmpty)
    #expect(before.totalCount == 21)
    try buffer.store([0, 0], at: 3 * page - 1)
    try buffer.store([0], at: 20 * page + 4)
    let after = try buffer.detachedPages(in: all)
    #expect(after.count == 3)
    #expect(after.ranges == [2 * page..<4 * page, 20 * page..<20 * page + 5])
    #expect(try buffer.detachedPages(in: 4 * page..<20 * page).isEmpty)
    #expect(try buffer.detachedPages(in: 4 * page - 1..<4 * page).count == 1)
    #expect(try buffer.detachedPages(in: 0..<0).totalCount == 0)
  }

  @Test("Ranges are few, the count is whole")
  func manyRanges() throws {
    let file = try TemporaryFile(pattern(100 * Self.page))
    let buffer = try Buffer(mapping: file.path, access: .copyOnWrite)
    for index in stride(from: 0, to: 100, by: 2) { try buffer.store([0], at: index * Self.page) }
    let pages = try buffer.detachedPages(in: 0..<buffer.byteCount)
    #expect(pages.count == 50)
    #expect(pages.ranges.count == DetachedPages.rangeLimit)
  }

  @Test("Under ro and rw nothing is ever detached", arguments: [Access.readOnly, .readWrite])
  func shared(access: Access) throws {
    let file = try TemporaryFile(pattern(4 * Self.page))
    let buffer = try Buffer(mapping: file.path, access: access)
    if access == .readWrite { try buffer.store(pattern(4 * Self.page), at: 0) }
    _ = try buffer.bytes(0, 4 * Self.page)
    #expect(try buffer.detachedPages(in: 0..<4 * Self.page).isEmpty)
  }

  @Test("A large mapping is looked through in parts")
  func large() throws {
    let byteCount = 300 << 20
    let file = try TemporaryFile(sparse: byteCount)
    let buffer = try Buffer(mapping: file.path, access: .copyOnWrite)
    try buffer.store([1], at: byteCount - 1)
    try buffer.store([1], at: 128 << 20)
    let pages = try buffer.detachedPages(in: 0..<byteCount)
    #expect(pages.count == 2)
    #expect(pages.ranges.last == byteCount - Self.page..<byteCount)
    #expect(pages.totalCount == byteCount / Self.page)
  }

  @Test("Memory of our own is all detached, memory of a caller is not")
  func memory() throws {
    let own = try Buffer(allocating: 3 * Self.page)
    #expect(try own.detachedPages(in: 0..<own.byteCount).count == 3)
    #expect(try own.detachedPages(in: 0..<own.byteCount).ranges == [0..<3 * Self.page])
    let none = try own.detachedPages(in: Self.page..<Self.page)
    #expect(none.isEmpty && none.ranges == [] && none.totalCount == 0)
    let base = UnsafeMutableRawPointer.allocate(byteCount: 10, alignment: 8)
    defer { unsafe base.deallocate() }
    let foreign = unsafe Buffer(foreign: base, byteCount: 10, access: .readOnly)
    #expect(try foreign.detachedPages(in: 0..<10).isEmpty)
  }

  @Test("Private memory counts what the process took, not what it maps")
  func privateMemory() throws {
    let byteCount = 64 << 20
    let file = try TemporaryFile(sparse: byteCount)
    let before = try #require(PrivateMemory.current()).byteCount
    let buffer = try Buffer(mapping: file.path, access: .copyOnWrite)
    var scratch = try Scratch(byteCount: 1 << 20)
    for offset in stride(from: 0, to: byteCount, by: 1 << 20) {
      var bytes = scratch.mutableBytes
      try buffer.copyOut(Block(offset: offset, byteCount: 1 << 20), to: &bytes)
    }
    let read = try #require(PrivateMemory.current()).byteCount
    #expect(read - before < byteCount / 2)
    for offset in stride(from: 0, to: byteCount, by: 1 << 20) {
      try buffer.copyIn(Block(offset: offset, byteCount: 1 << 20), from: scratch.bytes)
    }
    let written = try #require(PrivateMemory.current()).byteCount
    #expect(written - read > byteCount / 2)
  }

  @Test("Pages that are let go come back; edits are never let go")
  func forget() throws {
    let page = Self.page
    let file = try TemporaryFile(pattern(4 * page))
    for access in Access.allCases {
      let buffer = try Buffer(mapping: file.path, access: access)
      buffer.willRead(0..<4 * page)
      buffer.forget(0..<4 * page)
      #expect(try buffer.bytes(0, 4 * page) == pattern(4 * page))
    }
    for access in [Access.copyOnWrite, .readWrite] {
      let buffer = try Buffer(mapping: file.path, access: access)
      try buffer.store([200], at: page)
      buffer.forget(0..<Int.max)
      #expect(try buffer.bytes(page, 1) == [200])
      if access == .readWrite { #expect(try file.contents()[page] == 200) }
    }
    let heap = try Buffer(allocating: page)
    try heap.store([5], at: 0)
    heap.forget(0..<page)
    #expect(try heap.bytes(0, 1) == [5])
  }

  @Test("A first edit and a forget on another thread wait for each other")
  func forgetRace() throws {
    let file = try TemporaryFile(pattern(4 * Self.page))
    for isStore in [true, false] {
      let buffer = try Buffer(mapping: file.path, access: .copyOnWrite)
      let gate = try #require(buffer.editGate)
      let isLocked = Atomic<Bool>(false)
      let isDone = Atomic<Bool>(false)
      let other = Results<ThreadState>(count: 1)
      Parallel.forEach(count: 2, threads: 2) { index in
        if index == 0 {
          gate.lock()
          isLocked.store(true, ordering: .releasing)
          // The other thread waits at the gate, or has gone past it.
          let isSettled = waits {
            isDone.load(ordering: .acquiring) || other.all[0]?.isIdle == true
          }
          let isEarly = isDone.load(ordering: .acquiring)
          #expect(isSettled && !isEarly)
          gate.unlock()
        } else {
          let isReady = waits { isLocked.load(ordering: .acquiring) }
          #expect(isReady)
          other.set(0, .current)
          if isStore { try? buffer.store([0], at: 0) } else { buffer.forget(0..<Self.page) }
          isDone.store(true, ordering: .releasing)
        }
      }
      #expect(try buffer.bytes(0, 1) == (isStore ? [0] : [1]))
    }
  }
}
